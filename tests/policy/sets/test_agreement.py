"""One request at a time against all at once, on random policies."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from range.policy.decision import Verdict
from range.policy.evaluation import decide
from range.policy.layers import Layers
from range.policy.request import Request
from range.policy.sets.question import Question
from range.policy.sets.search import may
from tests.policy import strategies
from tests.policy.documents import ACCOUNT, CALLERS, OTHER, layers
from tests.policy.strategies import Written, requests, worlds

LAW = settings(max_examples=150, deadline=None)
WHO = ["user", "session", "root", "anonymous", "service"]


def passes_of(random: Random, who: str, owner: str, policies: Layers, count: int = 60) -> list[Request]:
    """Give requests, of many, that pass or may pass, with every key told: a question is about all values of them."""
    made = (replace(strategies.request(random, who, owner), complete=True) for _ in range(count))
    return [each for each in made if decide(each, policies).verdict is not Verdict.DENIED]


@LAW
@given(request=requests, row=worlds)
def test_a_request_that_passes_is_never_missed(request: Request, row: Written) -> None:
    policies = layers(row)
    verdict = decide(replace(request, complete=True), policies).verdict
    question = Question(request.resource_account, [request.action], [request.resource], request.principal)

    answer = may(question, policies)

    assert (verdict is not Verdict.DENIED) <= (answer.verdict is not Verdict.DENIED)


@LAW
@given(seed=st.integers(0, 2**32), row=worlds, who=st.sampled_from(WHO), owner=st.sampled_from([ACCOUNT, OTHER]))
def test_where_nothing_is_said_to_pass_nothing_does(seed: int, row: Written, who: str, owner: str) -> None:
    policies = layers(row)
    answer = may(Question(owner, ["s3:*", "ec2:*"], ["arn:aws:s3:::a*"], CALLERS[who]), policies)

    if answer.verdict is Verdict.DENIED:
        assert passes_of(Random(seed), who, owner, policies) == []


@LAW
@given(row=worlds, owner=st.sampled_from([ACCOUNT, OTHER]))
def test_what_is_said_to_pass_passes_and_is_what_was_asked_about(row: Written, owner: str) -> None:
    policies = layers(row)

    answer = may(Question(owner, ["s3:Get*"], ["arn:aws:s3:::a*"], account=ACCOUNT), policies)

    assert (answer.request is not None) == (answer.verdict is Verdict.ALLOWED)
    assert bool(answer.doubts) >= (answer.verdict is Verdict.UNKNOWN)
    if answer.request is not None:
        assert decide(answer.request, policies).verdict is Verdict.ALLOWED
        assert answer.request.action.startswith("s3:get")
        assert answer.request.resource.startswith("arn:aws:s3:::a")
        assert answer.request.principal.account == ACCOUNT


@LAW
@given(row=worlds, seed=st.integers(0, 2**32), who=st.sampled_from(["user", "session", "root"]))
def test_anybody_of_an_account_is_everybody_of_it(row: Written, seed: int, who: str) -> None:
    policies = layers(row)
    answer = may(Question(OTHER, ["s3:*", "ec2:*"], ["arn:aws:s3:::a*"], account=ACCOUNT), policies)

    if answer.verdict is Verdict.DENIED:
        assert passes_of(Random(seed), who, OTHER, policies) == []


@pytest.mark.prove
@settings(max_examples=4_000, deadline=None)
@given(seed=st.integers(0, 2**32), row=worlds, who=st.sampled_from(WHO), owner=st.sampled_from([ACCOUNT, OTHER]))
def test_they_agree_on_thousands_of_policies(seed: int, row: Written, who: str, owner: str) -> None:
    policies = layers(row)
    answer = may(Question(owner, ["s3:*", "ec2:*"], ["arn:aws:s3:::a*"], CALLERS[who]), policies)

    if answer.request is not None:
        assert decide(answer.request, policies).verdict is Verdict.ALLOWED
    if answer.verdict is Verdict.DENIED:
        assert passes_of(Random(seed), who, owner, policies, 200) == []
