"""A range that is as planned is PROVEN, whatever the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

import pytest

from range.verify.decision import prove
from tests.verify.exercises import at_random, steadfast, steadfast_with_egress
from tests.verify.ranges import range_of

SEED = 20261122
QUICK = 40
PARTS, LONG = 20, 50
"""A thousand ranges in parts, so that a run that was stopped goes on."""


def test_steadfast_is_proven() -> None:
    proof = prove(steadfast(), range_of(steadfast()).cloud.snapshot())

    assert (proof.verdict, proof.findings) == ("PROVEN", ())


def test_steadfast_with_a_way_to_the_internet_is_proven() -> None:
    plan = steadfast_with_egress()

    proof = prove(plan, range_of(plan).cloud.snapshot())

    assert (proof.verdict, proof.findings) == ("PROVEN", ())


def _all_proven(numbers: Iterable[int], most_allies: int) -> str:
    """Prove random ranges; say how many they were."""
    allies = interfaces = ranges = 0
    for number in numbers:
        random = Random(number)
        size = random.randint(2, most_allies)
        plan = at_random(random, size)
        proof = prove(plan, range_of(plan).cloud.snapshot())
        assert (proof.verdict, proof.findings) == ("PROVEN", ()), f"seed {number}"
        allies, interfaces, ranges = allies + size, interfaces + proof.interfaces, ranges + 1
    return f"{ranges} ranges, {allies} allies, {interfaces} interfaces, 0 false alarms"


Record = Callable[[str, object], None]


def test_random_ranges_are_proven(record_property: Record) -> None:
    told = _all_proven(range(SEED, SEED + QUICK), 8)
    record_property("counted", f"seeds {SEED} to {SEED + QUICK - 1}: {told}")


def test_a_random_range_of_fifty_allies_is_proven() -> None:
    plan = at_random(Random(SEED), 50)

    assert prove(plan, range_of(plan).cloud.snapshot()).verdict == "PROVEN"


@pytest.mark.prove
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_thousand_random_ranges_of_up_to_50_allies_are_proven(part: int, record_property: Record) -> None:
    first = SEED + part * LONG
    told = _all_proven(range(first, first + LONG), 50)
    record_property("counted", f"seeds {first} to {first + LONG - 1}: {told}")
