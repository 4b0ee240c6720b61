"""Allies that left the file and still stand: what the others are proven against."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.controller.strangers import plan_of_all_that_stand
from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.lock import AddressLock
from range.spec.loading import load
from range.spec.models import Exercise
from stacks.outputs import ENTRY
from tests.verify.exercises import NOW, STEADFAST


@pytest.fixture(scope="module")
def before() -> Exercise:
    """The example's file."""
    return load(STEADFAST, now=NOW)


@pytest.fixture(scope="module")
def after(before: Exercise) -> Exercise:
    """The same without Poland, and without the flows that named it."""
    allies = tuple(ally for ally in before.allies if ally.code != "pol")
    flows = tuple(flow for flow in before.flows if "pol" not in f"{flow.source} {flow.to}")
    return before.model_copy(update={"allies": allies, "flows": flows})


def engine(entry: object) -> Any:
    """An engine whose stacks say something of the file."""
    outputs = SimpleNamespace(values={} if entry is None else {ENTRY: entry})
    return cast(Any, SimpleNamespace(outputs=lambda stack: outputs))


def test_an_ally_that_left_is_planned_where_it_was(before: Exercise, after: Exercise) -> None:
    lock = allot(before, AddressLock())
    pol = next(each for each in plan_of(before, lock).enclaves if each.name == "pol")
    entry = {"account": pol.account, "profile": pol.profile, "contact": pol.contact}

    standing = plan_of_all_that_stand(after, lock, plan_of(after, lock), ["pol"], engine(entry))

    assert standing.enclave("pol") == pol
    assert {each.name for each in standing.enclaves} == {"gbr", "est", "pol", "red", "white"}
    assert any(flow.target.enclave == "pol" for flow in standing.flows)


@pytest.mark.parametrize(
    "entry", [None, "nonsense", {"account": "1"}, {"account": "200000000003", "profile": "gone", "contact": "a@b.test"}]
)
def test_one_of_whom_too_little_is_known_is_not_planned(before: Exercise, after: Exercise, entry: object) -> None:
    lock = allot(before, AddressLock())
    plan = plan_of(after, lock)

    assert plan_of_all_that_stand(after, lock, plan, ["pol"], engine(entry)) == plan
