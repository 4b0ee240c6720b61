"""Enclaves that are left out of a proof, since they are still on the way up: nobody else waits for them, and nothing is proven
of a pair that isn't true."""

from __future__ import annotations

import pickle
from functools import cache

import pytest

from range.controller.proving import judged, left_out, overlooked
from range.records.plan import Plan
from range.records.proof import Finding, Proof
from range.records.snapshot import Snapshot
from range.verify.decision import Prover
from tests.verify.catalogue import Fault, catalogue, make
from tests.verify.cloud.whole import Cloud
from tests.verify.exercises import PLANS
from tests.verify.naming import Names
from tests.verify.ranges import range_of

FAULTS = catalogue()
ONE_OF_EACH_KIND = list({fault.kind: fault for fault in FAULTS}.values())


class Base:
    """A correct range to put faults into, one after the other, each into a copy of its own."""

    def __init__(self, plan: Plan) -> None:
        cloud = range_of(plan).cloud
        self.plan, self.saved, self.prover = plan, pickle.dumps(cloud), Prover(plan)
        self.snapshot = cloud.snapshot()
        self.names = Names(plan, self.snapshot).of

    def without(self, snapshot: Snapshot, name: str) -> Proof:
        """Prove as `range up` does while an enclave is still on the way."""
        account = self.plan.enclave(name).account
        answers = tuple(answer for answer in snapshot.answers if answer.account != account)
        return self.prover.prove(snapshot.model_copy(update={"answers": answers}))


@cache
def base(plan: str) -> Base:
    return Base(PLANS[plan]())


def enclaves(plan: Plan) -> list[str]:
    return [enclave.name for enclave in plan.enclaves]


def ends(finding: Finding) -> set[str]:
    return {finding.source.partition(".")[0], finding.to.partition(".")[0]}


@pytest.mark.parametrize("away", enclaves(PLANS["steadfast"]()))
def test_whoever_is_left_out_the_others_are_proven_and_the_whole_is_not(away: str) -> None:
    here = base("steadfast")
    proof = here.without(here.snapshot, away)

    assert left_out(proof, here.plan) == {away}
    assert proof.verdict == "UNKNOWN"
    for name in ["hub", *enclaves(here.plan)]:
        found = judged(proof, name, left_out(proof, here.plan))
        assert bool(found) == (name == away), [each.why for each in found]


def caught_sooner_or_later(fault: Fault) -> int:
    """Make a fault, and have everybody in turn come late; count the proofs by which nothing of it got through unseen."""
    here = base(fault.plan)
    cloud: Cloud = pickle.loads(here.saved)
    make(fault, here.names, cloud.call, cloud.look)
    snapshot = cloud.snapshot()
    whole = here.prover.prove(snapshot)
    count = 0
    for away in enclaves(here.plan):
        early, count = here.without(snapshot, away), count + 1
        others = {*enclaves(here.plan)} - {away}
        passed = {name for name in others if not judged(early, name, left_out(early, here.plan))}
        news = overlooked(whole, passed)
        for finding in whole.findings:  # the hub waits for everybody, and who didn't pass is proven again
            assert ends(finding) - passed or finding in news, (away, finding.why)
        late = judged(whole, away, frozenset()) or news
        assert passed != others or late or judged(whole, "hub", frozenset()), away
    return count


@pytest.mark.parametrize("fault", ONE_OF_EACH_KIND, ids=str)
def test_a_fault_is_caught_whoever_comes_late(fault: Fault) -> None:
    assert caught_sooner_or_later(fault)


@pytest.mark.prove
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_every_fault_is_caught_whoever_comes_late(fault: Fault) -> None:
    assert caught_sooner_or_later(fault)
