"""The same faults, made by boto3 on correct ranges in a rehearsal cloud: made by boto3 too, or by `range up` from the stacks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark.structures import ParameterSet

from range.cli import surroundings
from range.records.plan import Plan
from range.records.proof import Finding, Proof
from range.verify.decision import Prover
from range.verify.taking import look
from tests.verify.catalogue import Fault, catalogue, harmless, make
from tests.verify.exercises import PLANS, STEADFAST, told_with_egress
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
EVERY = [_marked(fault) for fault in FAULTS]


@dataclass
class Left:
    """A correct range that was left in a folder."""

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
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Left]:
    """Make every plan's range by boto3."""
    found = {}
    for name, plan_of in PLANS.items():
        folder, plan = tmp_path_factory.mktemp("made"), plan_of()
        cloud = Rehearsed(plan, folder)
        Range(plan, cloud)
        cloud.cloud.close()
        found[name] = _left(plan, folder)
    return found


@pytest.fixture(scope="module")
def raised(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Left]:
    """Bring every plan's range up from the stacks, as an operator does."""
    files = {"steadfast": STEADFAST.read_text(encoding="utf-8"), "with egress": json.dumps(told_with_egress())}
    return {name: _raised(tmp_path_factory.mktemp("raised"), text) for name, text in files.items()}


def _raised(folder: Path, text: str) -> Left:
    spec = folder / "exercise.yaml"
    spec.write_text(text, encoding="utf-8")
    foreign = ("AWS_", "PULUMI_", "RANGE_")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | {
        "RANGE_NO_HOSTS": "1"
    }
    for command in (("up", spec, "--json"), ("verify", spec), ("rehearsal", "stop")):
        typed = [sys.executable, "-m", "range.cli.main", *map(str, command)]
        subprocess.run(typed, cwd=folder, env=clean, check=True, stdout=subprocess.DEVNULL)
    return _left(surroundings.plan(spec), folder / ".range" / "rehearsal")


def of_network(proof: Proof) -> list[Finding]:
    """Give what was found of the network; who may do what in a range without guardrails is another matter."""
    return [finding for finding in proof.findings if finding.part == "network"]


def _left(plan: Plan, folder: Path) -> Left:
    cloud = Rehearsed(plan, folder)
    snapshot, prover = look(plan, cloud.sessions), Prover(plan)
    cloud.cloud.close()
    assert [finding.why for finding in of_network(prover.prove(snapshot))] == []
    return Left(folder, prover, Names(plan, snapshot).of)


def _caught(left: Left, fault: Fault, folder: Path) -> None:
    proof, named = left.with_fault(fault, folder)

    assert proof.network == fault.verdict
    resources = {resource for finding in of_network(proof) for resource in finding.resources}
    assert set(named) <= resources, [finding.why for finding in proof.findings]


@pytest.mark.parametrize("fault", SAMPLE)
def test_a_fault_of_every_class_is_caught_on_a_rehearsed_range(
    made: dict[str, Left], fault: Fault, tmp_path: Path
) -> None:
    _caught(made[fault.plan], fault, tmp_path)


@pytest.mark.prove
@pytest.mark.timeout(0)
@pytest.mark.parametrize("fault", EVERY)
def test_every_fault_is_caught_on_a_range_that_the_stacks_made(
    raised: dict[str, Left], fault: Fault, tmp_path: Path
) -> None:
    _caught(raised[fault.plan], fault, tmp_path)


@pytest.mark.prove
@pytest.mark.timeout(0)
@pytest.mark.parametrize("change", [_marked(change) for change in harmless() if not change.only_in_memory])
def test_what_opens_and_cuts_nothing_raises_no_alarm_on_a_range_that_the_stacks_made(
    raised: dict[str, Left], change: Fault, tmp_path: Path
) -> None:
    proof, _ = raised[change.plan].with_fault(change, tmp_path)

    assert [finding.why for finding in of_network(proof)] == []
