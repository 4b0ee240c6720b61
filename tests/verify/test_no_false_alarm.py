"""A range that is as planned is PROVEN, whatever the plan."""

from __future__ import annotations

from random import Random

import pytest

from range.verify.decision import prove
from tests.verify.exercises import at_random, steadfast, steadfast_with_egress
from tests.verify.ranges import range_of

SEED = 20261122


def test_steadfast_is_proven() -> None:
    proof = prove(steadfast(), range_of(steadfast()).cloud.snapshot())

    assert (proof.verdict, proof.findings) == ("PROVEN", ())


def test_steadfast_with_a_way_to_the_internet_is_proven() -> None:
    plan = steadfast_with_egress()

    proof = prove(plan, range_of(plan).cloud.snapshot())

    assert (proof.verdict, proof.findings) == ("PROVEN", ())


def _all_proven(ranges: int, most_allies: int) -> int:
    """Prove random ranges; give how many interfaces they had."""
    interfaces = 0
    for number in range(ranges):
        random = Random(SEED + number)
        plan = at_random(random, random.randint(2, most_allies))
        proof = prove(plan, range_of(plan).cloud.snapshot())
        interfaces += proof.interfaces
        assert (proof.verdict, proof.findings) == ("PROVEN", ()), f"seed {SEED + number}"
    print(f"seeds {SEED} to {SEED + ranges - 1}: {ranges} ranges, {interfaces} interfaces, 0 false alarms")
    return interfaces


def test_random_ranges_are_proven() -> None:
    assert _all_proven(20, 8) > 500


@pytest.mark.prove
@pytest.mark.timeout(0)
def test_a_thousand_random_ranges_of_up_to_50_allies_are_proven() -> None:
    assert _all_proven(1000, 50) > 50_000
