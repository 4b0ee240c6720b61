"""What the organisation forbids wasn't seen whole: then nobody is said to be able to do what it may forbid."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from range.records.snapshot import Answer, Refusal, Snapshot, order
from range.verify.identity.able import who_can
from range.verify.identity.judgement import Identities
from tests.verify.exercises import steadfast
from tests.verify.identity.estates import correct
from tests.verify.identity.faulty import answers

Spoil = Callable[[Answer], Answer | None]


@pytest.fixture(scope="module")
def seen() -> tuple[Answer, ...]:
    """All answers about a correct exercise."""
    return tuple(sorted(answers(steadfast(), correct(steadfast())), key=order))


def refused(answer: Answer) -> Answer:
    """Make an answer a refusal."""
    return answer.model_copy(update={"pages": (), "refusal": Refusal(code="EndpointConnectionError", message="gone")})


def missing(_answer: Answer) -> None:
    """Leave an answer out."""


def of_organisation(found: tuple[Answer, ...]) -> list[Answer]:
    """Give the answers about the organisation."""
    return [each for each in found if each.service == "organizations"]


@pytest.mark.parametrize("spoil", [refused, missing])
def test_whichever_answer_about_the_organisation_is_not_there_nobody_is_accused(
    seen: tuple[Answer, ...], spoil: Spoil
) -> None:
    identities = Identities(steadfast())
    assert identities.findings(seen) == []
    about = of_organisation(seen)
    assert {each.operation for each in about} >= {"ListRoots", "ListParents", "ListPoliciesForTarget", "DescribePolicy"}

    for lost in about:
        left = [spoil(each) if each is lost else each for each in seen]
        found = identities.findings([each for each in left if each is not None])
        assert found, lost
        assert {each.verdict for each in found} == {"UNKNOWN"}, (lost, found[0])


def test_without_the_organisation_who_can_says_that_it_can_not_be_told(seen: tuple[Answer, ...]) -> None:
    plan = steadfast()
    about = of_organisation(seen)
    left = tuple(refused(each) if each in about else each for each in seen)
    verdicts = {}
    for name, found in (("seen", seen), ("left", left)):
        taken = datetime(2026, 11, 29, tzinfo=UTC)
        snapshot = Snapshot(exercise=plan.exercise, region=plan.region, taken=taken, steady=True, answers=found)
        verdicts[name] = {each.verdict for each in who_can(plan, snapshot, "kms:Decrypt", "est").able}

    assert verdicts == {"seen": {"ALLOWED"}, "left": {"UNKNOWN"}}
