"""The same faults, made by boto3 on a correct range in a rehearsal cloud: what is caught isn't only the tests' own cloud."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from range.records.proof import Proof
from range.verify.decision import Prover
from range.verify.taking import look
from tests.verify.catalogue import Fault, catalogue, harmless, make
from tests.verify.exercises import PLANS
from tests.verify.naming import Names
from tests.verify.ranges import Range
from tests.verify.rehearsed import Rehearsed

FAULTS = [fault for fault in catalogue() if not fault.only_in_memory]
FIRST = {fault.kind: fault for fault in reversed(FAULTS) if not fault.unrehearsed}


def _marked(fault: Fault) -> ParameterSet:
    """Expect a fault to fail that needs what the rehearsal can't do yet, so that it is noticed when it can."""
    marks = [pytest.mark.xfail(reason=fault.unrehearsed, strict=True)] if fault.unrehearsed else []
    return pytest.param(fault, marks=marks, id=str(fault))


SAMPLE = [_marked(fault) for fault in FAULTS if FIRST.get(fault.kind) is fault]
REST = [_marked(fault) for fault in FAULTS if FIRST.get(fault.kind) is not fault]


@dataclass
class Left:
    """A correct range that was made by boto3 and left in a folder."""

    folder: Path
    prover: Prover
    names: dict[str, Any]

    def with_fault(self, fault: Fault, folder: Path) -> tuple[Proof, tuple[str, ...]]:
        """Open a copy, make a fault in it, and prove what is there then; give the ids that must be named, too."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        cloud = Rehearsed(self.prover.plan, folder)
        try:
            named = make(fault, self.names, cloud.call, cloud.look)
            return self.prover.prove(look(self.prover.plan, cloud.sessions)), named
        finally:
            cloud.cloud.close()


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Left]:
    """Make every plan's range once."""
    return {name: _made(name, tmp_path_factory.mktemp("left")) for name in PLANS}


def _made(name: str, folder: Path) -> Left:
    plan = PLANS[name]()
    cloud = Rehearsed(plan, folder)
    Range(plan, cloud)
    snapshot, prover = look(plan, cloud.sessions), Prover(plan)
    cloud.cloud.close()
    assert [finding.why for finding in prover.prove(snapshot).findings] == []
    return Left(folder, prover, Names(plan, snapshot).of)


def _caught(left: Left, fault: Fault, folder: Path) -> None:
    proof, named = left.with_fault(fault, folder)

    assert proof.verdict == fault.verdict
    resources = {resource for finding in proof.findings for resource in finding.resources}
    assert set(named) <= resources, [finding.why for finding in proof.findings]


@pytest.mark.parametrize("fault", SAMPLE)
def test_a_fault_of_every_class_is_caught_on_a_rehearsed_range(
    left: dict[str, Left], fault: Fault, tmp_path: Path
) -> None:
    _caught(left[fault.plan], fault, tmp_path)


@pytest.mark.prove
@pytest.mark.parametrize("fault", REST)
def test_every_other_fault_is_caught_on_a_rehearsed_range(left: dict[str, Left], fault: Fault, tmp_path: Path) -> None:
    _caught(left[fault.plan], fault, tmp_path)


@pytest.mark.prove
@pytest.mark.parametrize("change", [_marked(change) for change in harmless()])
def test_a_change_that_opens_and_cuts_nothing_raises_no_alarm_on_a_rehearsed_range(
    left: dict[str, Left], change: Fault, tmp_path: Path
) -> None:
    proof, _ = left[change.plan].with_fault(change, tmp_path)

    assert [finding.why for finding in proof.findings] == []
