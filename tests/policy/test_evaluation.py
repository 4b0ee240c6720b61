from __future__ import annotations

from typing import Any

import pytest

from range.policy.decision import Verdict, wording
from range.policy.evaluation import decide
from range.policy.request import Request, asked
from tests.policy.documents import ACCOUNT, ALICE, CALLERS, ROLE, SESSION, cases, layers

CASES = cases("evaluation")
NAMES = {"user": ALICE, "session": SESSION}


def request_of(row: dict[str, Any]) -> Request:
    on = row.get("arn", "arn:aws:s3:::examplebucket/notes.txt")
    owner = row.get("owner") or (None if ":iam::" in on else ACCOUNT)
    return asked(CALLERS[row.get("who", "user")], row.get("action", "s3:GetObject"), on, owner, row.get("context"))


def filled_in(row: Any, who: str) -> Any:
    if isinstance(row, dict):
        return {key: filled_in(value, who) for key, value in row.items()}
    if isinstance(row, list):
        return [filled_in(each, who) for each in row]
    names = {"ME": NAMES.get(who), "ROLE": ROLE, "ROOT": f"arn:aws:iam::{ACCOUNT}:root"}
    return names.get(row, row) if isinstance(row, str) else row


@pytest.mark.parametrize("row", CASES, ids=[row["what"] for row in CASES])
def test_requests_are_decided_as_aws_documents(row: dict[str, Any]) -> None:
    request = request_of(row)

    decision = decide(request, layers(filled_in(row, row.get("who", "user"))))

    assert decision.verdict == row["verdict"], decision
    if "message" in row:
        assert wording(request, decision).endswith(row["message"])
    if "doubt" in row:
        assert row["doubt"] in "; ".join(decision.doubts)
    assert bool(decision.doubts) == (decision.verdict is Verdict.UNKNOWN)


def test_every_case_says_where_it_is_from() -> None:
    assert [row["what"] for row in CASES if not row.get("source")] == []


def test_a_denial_names_the_statement_and_an_allowance_its_chain() -> None:
    row = {"identity": [{"Sid": "Own", "Effect": "Allow", "Action": "*", "Resource": "*"}]}
    allowed = decide(request_of({}), layers(row))
    row["identity"].append({"Sid": "Never", "Effect": "Deny", "Action": "*", "Resource": "*"})
    denied = decide(request_of({}), layers(row))

    assert [rule.cited for _, rule in allowed.chain] == ["managed policy, Own"]
    assert denied.denier is not None
    assert denied.denier.cited == "managed policy, Never"


def test_the_wording_is_that_of_aws() -> None:
    request = request_of({})

    assert wording(request, decide(request, layers({}))) == (
        f"User: {ALICE} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::examplebucket/notes.txt "
        "because no identity-based policy allows the s3:GetObject action"
    )


def test_a_decision_isnt_asked_whether_it_is_true() -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(decide(request_of({}), layers({})))
