"""Every fault of the catalogue is caught, and the resource named."""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Callable
from functools import cache

import pytest

from range.records.plan import Plan
from range.records.proof import Proof
from range.verify.decision import Prover
from tests.verify.catalogue import Fault, catalogue, harmless, make, spelled
from tests.verify.cloud.whole import Cloud
from tests.verify.exercises import PLANS
from tests.verify.naming import Names
from tests.verify.ranges import range_of

FAULTS = catalogue()


class Base:
    """A correct range to put faults into, one after the other, each into a copy of its own."""

    def __init__(self, plan: Plan) -> None:
        cloud = range_of(plan).cloud
        self.saved, self.prover = pickle.dumps(cloud), Prover(plan)
        snapshot = cloud.snapshot()
        self.names = Names(plan, snapshot).of
        assert self.prover.prove(snapshot).verdict == "PROVEN"

    def with_fault(self, fault: Fault) -> tuple[Proof, tuple[str, ...]]:
        """Prove the range with a fault in it; give the ids that must be named, too."""
        cloud: Cloud = pickle.loads(self.saved)
        named = make(fault, self.names, cloud.call, cloud.look)
        return self.prover.prove(cloud.snapshot()), named


@cache
def base(plan: str) -> Base:
    return Base(PLANS[plan]())


def test_the_catalogue_is_large_and_its_faults_are_distinct(record_property: Callable[[str, object], None]) -> None:
    kinds = Counter(fault.kind for fault in FAULTS)
    by_boto3 = sum(not fault.only_in_memory and not fault.unrehearsed for fault in FAULTS)
    told = f"{len(FAULTS)} faults in {len(kinds)} classes, {by_boto3} of them also by boto3 in a rehearsal"
    record_property("counted", f"{told}; {len(harmless())} harmless changes")

    assert len(FAULTS) >= 150
    assert len(kinds) >= 18
    assert len({spelled(fault) for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_caught_and_the_resource_named(fault: Fault) -> None:
    proof, named = base(fault.plan).with_fault(fault)

    assert proof.verdict == fault.verdict
    resources = {resource for finding in proof.findings for resource in finding.resources}
    assert set(named) <= resources, [finding.why for finding in proof.findings]


@pytest.mark.parametrize("change", harmless(), ids=str)
def test_a_change_that_opens_and_cuts_no_way_raises_no_alarm_of_the_network(change: Fault) -> None:
    proof, _ = base(change.plan).with_fault(change)

    assert [finding.why for finding in proof.findings if finding.part == "network"] == []
