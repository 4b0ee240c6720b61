"""Laws that hold for all policies, on random ones."""

from __future__ import annotations

import time
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.figures import pace_s
from range.policy.decision import Verdict
from range.policy.evaluation import decide
from range.policy.patterns import by_parts, crosses, glob, pattern
from range.policy.request import Request
from tests.policy.documents import layers
from tests.policy.strategies import Written, allows, denies, documents, requests, worlds

LAYERS = ["identity", "boundary", "session", "resource", "endpoint"]
LAW = settings(max_examples=200, deadline=None)
RANK = {Verdict.DENIED: 0, Verdict.UNKNOWN: 1, Verdict.ALLOWED: 2}


def verdict(request: Request, row: Written) -> Verdict:
    return decide(request, layers(row)).verdict


@LAW
@given(request=requests, row=worlds, deny=denies, layer=st.sampled_from(LAYERS))
def test_another_deny_never_lets_anything_more_through(
    request: Request, row: Written, deny: Written, layer: str
) -> None:
    assume(layer in row)
    if layer in ("resource", "endpoint"):
        deny = {**deny, "Principal": "*"}
    more = {**row, layer: [*row[layer], deny]}

    assert RANK[verdict(request, more)] <= RANK[verdict(request, row)]


@LAW
@given(request=requests, row=worlds, seed=st.integers(0, 1_000))
def test_the_order_of_statements_doesnt_matter(request: Request, row: Written, seed: int) -> None:
    shuffled = {name: Random(seed).sample(row[name], len(row[name])) if name in LAYERS else row[name] for name in row}

    assert verdict(request, shuffled) == verdict(request, row)


@LAW
@given(request=requests, row=worlds, boundary=documents, name=st.sampled_from(["boundary", "session"]))
def test_a_boundary_or_a_session_policy_only_narrows(
    request: Request, row: Written, boundary: list[Written], name: str
) -> None:
    free = {key: value for key, value in row.items() if key != name}

    assert RANK[verdict(request, {**free, name: boundary})] <= RANK[verdict(request, free)]


@LAW
@given(request=requests, row=worlds, level=st.lists(documents, min_size=1, max_size=2))
def test_another_level_of_service_control_policies_only_narrows(
    request: Request, row: Written, level: list[list[Written]]
) -> None:
    narrower = {**row, "service_control": [*row.get("service_control", []), level]}

    assert RANK[verdict(request, narrower)] <= RANK[verdict(request, row)]


@LAW
@given(request=requests, row=worlds, allow=allows)
def test_another_allow_of_the_identity_never_takes_anything_away(
    request: Request, row: Written, allow: Written
) -> None:
    more = {**row, "identity": [*row["identity"], allow]}

    assert RANK[verdict(request, more)] >= RANK[verdict(request, row)]


@LAW
@given(request=requests, row=worlds)
def test_a_policy_says_the_same_in_one_document_and_in_several(request: Request, row: Written) -> None:
    apart = tuple(layers({"identity": [each]}).identity[0] for each in row["identity"])

    assert decide(request, replace(layers(row), identity=apart)).verdict == verdict(request, row)


def obvious(wanted: str, text: str) -> bool:
    """Match wildcards the slow and obvious way."""
    if not wanted:
        return not text
    if wanted[0] == "*":
        return any(obvious(wanted[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and wanted[0] in ("?", text[0]) and obvious(wanted[1:], text[1:])


def obvious_by_parts(wanted: str, text: str) -> bool:
    """Match an ARN part by part."""
    patterns, parts = wanted.split(":", 5), text.split(":", 5)
    return len(patterns) == len(parts) and all(map(obvious, patterns, parts))


@given(wanted=st.text("ab:*?[.", max_size=8), text=st.text("ab:[.\n", max_size=8))
@LAW
def test_wildcards_match_as_an_obvious_slow_matcher_does(wanted: str, text: str) -> None:
    assert glob(pattern(wanted))(text) == obvious(wanted, text)


@given(
    wanted=st.lists(st.text("ab*?", max_size=3), min_size=6, max_size=7), text=st.text("ab::", min_size=5, max_size=14)
)
@LAW
def test_arns_match_part_by_part_as_an_obvious_slow_matcher_does(wanted: list[str], text: str) -> None:
    tokens = pattern(":".join(wanted))

    assert by_parts(tokens)(text) == obvious_by_parts(":".join(wanted), text)


@given(wanted=st.text("ab:*?", max_size=10), text=st.text("ab:", max_size=10))
def test_what_matches_by_parts_matches_as_a_whole_and_only_crossing_tells_them_apart(wanted: str, text: str) -> None:
    tokens = pattern(wanted)

    assert by_parts(tokens)(text) <= glob(tokens)(text)
    if not crosses(tokens):
        assert by_parts(tokens)(text) == glob(tokens)(text)


@pytest.mark.parametrize("match", [glob, by_parts])
def test_no_pattern_takes_long(match: Any) -> None:
    piece_of_work_s = pace_s()
    began = time.process_time()

    assert not match(pattern("*a" * 500 + "b"))("a" * 20_000)
    assert not match(pattern("arn:aws:s3:" + "*a" * 500 + ":b:" + "*a?" * 500))("arn:aws:s3:" + "a" * 20_000 + ":b")
    assert time.process_time() - began < 3 * piece_of_work_s
