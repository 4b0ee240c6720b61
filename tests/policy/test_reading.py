from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from range.policy.document import Effect, Named
from range.policy.kinds import Kind
from range.policy.reading import MalformedPolicy, found, read
from tests.policy.documents import cases, text

RIGHT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
MALFORMED = cases("malformed")


def document(row: dict[str, Any]) -> str:
    return str(row["text"]) if "text" in row else json.dumps(json.loads(text(row["statement"])), ensure_ascii=False)


@pytest.mark.parametrize("row", MALFORMED, ids=[str(number) for number, _ in enumerate(MALFORMED)])
def test_aws_refuses_a_malformed_document_in_its_own_words(row: dict[str, Any]) -> None:
    with pytest.raises(MalformedPolicy) as refused:
        read(document(row), Kind(row["kind"]))

    assert (refused.value.code, refused.value.message) == (row["code"], row["message"])


@pytest.mark.parametrize("row", MALFORMED, ids=[str(number) for number, _ in enumerate(MALFORMED)])
def test_what_aws_would_refuse_is_doubted_where_it_is_found(row: dict[str, Any]) -> None:
    assert bool(found(document(row), Kind(row["kind"])).doubts) != row.get("means", False)


def test_single_values_need_no_brackets() -> None:
    policy = read('{"Version": "2012-10-17", "Statement": ' + json.dumps(RIGHT) + "}", Kind.MANAGED)

    assert policy.statements[0].actions == Named(("s3:GetObject",))
    assert policy.statements[0].effect is Effect.ALLOW


def test_a_condition_takes_true_and_numbers_without_quotes() -> None:
    condition = {"Bool": {"aws:SecureTransport": False}, "NumericLessThan": {"s3:max-keys": [10, 2.5]}}
    (statement,) = read(text({**RIGHT, "Condition": condition}), Kind.MANAGED).statements

    assert [clause.values for clause in statement.clauses] == [("false",), ("10", "2.5")]


@pytest.mark.parametrize(
    ("kind", "code", "message"),
    [
        (Kind.MANAGED, "LimitExceeded", "Cannot exceed quota for PolicySize: 6144"),
        (Kind.ROLE, "LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role blue"),
        (Kind.TRUST, "LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"),
        (Kind.KEY, "LimitExceededException", "the policy is longer than 32768 characters"),
    ],
)
def test_a_document_that_is_too_long_is_refused_before_it_is_read(kind: Kind, code: str, message: str) -> None:
    with pytest.raises(MalformedPolicy) as refused:
        read("x" * 40_000, kind, "role blue")

    assert (refused.value.code, refused.value.message) == (code, message)


def test_blanks_dont_count_in_the_length_of_a_managed_policy() -> None:
    assert read(text(RIGHT) + " " * 10_000, Kind.MANAGED).statements != ()


def test_two_statements_of_an_identity_policy_have_two_sids() -> None:
    twice = text({"Sid": "A", **RIGHT}, {"Sid": "A", **RIGHT})

    with pytest.raises(MalformedPolicy, match="must be unique"):
        read(twice, Kind.MANAGED)
    assert read(twice.replace("}]", ', "Principal": "*"}]', 1).replace("}, {", ', "Principal": "*"}, {'), Kind.RESOURCE)


def test_the_hint_names_what_is_wrong_and_what_would_be_right() -> None:
    with pytest.raises(MalformedPolicy) as refused:
        read(text({**RIGHT, "Efect": "Deny"}), Kind.MANAGED)

    assert "unknown element 'Efect'; valid: Action," in str(refused.value)


def test_ten_thousand_statements_are_read_in_a_second() -> None:
    many = text(
        *({**RIGHT, "Action": f"s3:Get{number}*", "Resource": f"arn:aws:s3:::{number}/*"} for number in range(10_000))
    )
    began = time.process_time()

    assert len(found(many, Kind.MANAGED).statements) == 10_000
    assert time.process_time() - began < 2


def test_what_nests_without_end_is_refused() -> None:
    with pytest.raises(MalformedPolicy, match="Syntax errors"):
        read("[" * 2_000 + "{" * 2_000, Kind.MANAGED)


@pytest.mark.parametrize("lookalike", ["ѕ3:GetObject", "ｓ3:GetObject", "s3:GetOb\u200bject", "\u212ams:Decrypt"])
def test_lookalikes_of_actions_are_doubted(lookalike: str) -> None:
    assert found(text({**RIGHT, "Action": lookalike}), Kind.MANAGED).doubts


WORDS = ["Version", "Statement", "Effect", "Action", "Resource", "Principal", "Condition", "AWS", "Bool", "x"]
VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["Allow", "*", "2012-10-17", "s3:*"])
JSON = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=12,
)


def is_refused(written: str, kind: Kind) -> bool:
    try:
        read(written, kind)
    except MalformedPolicy:
        return True
    return False


@given(written=JSON, kind=st.sampled_from(Kind))
def test_whatever_is_written_is_read_or_refused_and_what_is_doubted_is_refused(written: Any, kind: Kind) -> None:
    whole = json.dumps(written)

    assert is_refused(whole, kind) >= bool(found(whole, kind).doubts)
