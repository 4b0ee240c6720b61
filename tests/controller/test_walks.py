"""Durable walks: what a killed process left is taken up where it was, or set aside."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from range.controller.walks import StepResult, Walk, walker
from range.errors import EnvironmentMissing

STEPS = ("first", "second", "third")

WALK_AND_DIE = """
import os, signal, sys
from pathlib import Path
from range.controller.walks import Walk, walker

database, log, die_in = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def perform(enclave, step):
    with log.open("a") as file:
        file.write(f"{enclave} {step}\\n")
    if step == die_in:
        os.kill(os.getpid(), signal.SIGKILL)
    return {"by": "the dead"}

with walker(database, perform) as walks:
    walks.begin(Walk("steadfast", "est", ("first", "second", "third"), "digest")).get_result()
"""


class Log:
    """Performs steps by writing down that they were done."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.failing: dict[str, str] = {}

    def perform(self, enclave: str, step: str) -> StepResult:
        with self.path.open("a") as file:
            file.write(f"{enclave} {step}\n")
        return {"by": "the living", "error": self.failing.get(step)}

    @property
    def lines(self) -> list[str]:
        return self.path.read_text().splitlines() if self.path.exists() else []


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "log")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "home" / "controller.sqlite"


def killed_in(step: str, database: Path, log: Log) -> None:
    command = [sys.executable, "-c", WALK_AND_DIE, str(database), str(log.path), step]
    process = subprocess.run(command, check=False)
    assert process.returncode == -signal.SIGKILL


def walked(database: Path, log: Log, walk: Walk) -> dict[str, StepResult]:
    with walker(database, log.perform) as walks:
        return walks.begin(walk).get_result(polling_interval_sec=0.05)


def test_steps_are_done_in_order_and_their_results_kept(database: Path, log: Log) -> None:
    results = walked(database, log, Walk("steadfast", "est", STEPS, "digest"))

    assert log.lines == ["est first", "est second", "est third"]
    assert {step: result["by"] for step, result in results.items()} == dict.fromkeys(STEPS, "the living")


def test_a_step_that_fails_ends_the_walk_and_the_next_one_begins_anew(database: Path, log: Log) -> None:
    walk = Walk("steadfast", "est", STEPS, "digest")
    log.failing = {"second": "no"}
    first = walked(database, log, walk)
    log.failing = {}
    second = walked(database, log, walk)

    assert list(first) == ["first", "second"]
    assert list(second) == list(STEPS)
    assert log.lines == ["est first", "est second", "est first", "est second", "est third"]


@pytest.mark.parametrize(
    ("dies_in", "after"),
    [("first", ["first", "second", "third"]), ("second", ["second", "third"]), ("third", ["third"])],
)
def test_a_walk_whose_process_was_killed_goes_on_with_the_step_that_was_cut_off(
    dies_in: str, after: list[str], database: Path, log: Log
) -> None:
    killed_in(dies_in, database, log)
    before = len(log.lines)

    results = walked(database, log, Walk("steadfast", "est", STEPS, "digest"))

    assert log.lines[before:] == [f"est {step}" for step in after]
    assert {step: result["by"] for step, result in results.items()} == {
        step: "the living" if step in after else "the dead" for step in STEPS
    }


@pytest.mark.parametrize(
    "other",
    [Walk("steadfast", "est", STEPS, "another file"), Walk("steadfast", "est", ("first", "third"), "digest")],
    ids=["another digest", "other steps"],
)
def test_a_dead_walk_of_something_else_is_set_aside(other: Walk, database: Path, log: Log) -> None:
    killed_in("second", database, log)
    before = len(log.lines)

    walked(database, log, other)
    walked(database, log, Walk("steadfast", "est", STEPS, "digest"))

    assert log.lines[before:] == [f"est {step}" for step in (*other.steps, *STEPS)]


def test_the_dead_walk_of_one_enclave_is_no_business_of_another(database: Path, log: Log) -> None:
    killed_in("second", database, log)
    before = len(log.lines)

    walked(database, log, Walk("steadfast", "estonia", STEPS, "digest"))
    walked(database, log, Walk("steadfast", "est", STEPS, "digest"))

    assert log.lines[before:] == ["estonia first", "estonia second", "estonia third", "est second", "est third"]


def test_a_walk_that_was_killed_again_and_again_still_arrives(database: Path, log: Log) -> None:
    for _ in ("once", "twice", "three times"):
        killed_in("third", database, log)

    walked(database, log, Walk("steadfast", "est", STEPS, "digest"))

    assert log.lines == ["est first", "est second", *["est third"] * 4]


def test_a_database_that_is_none_is_refused_with_what_to_do(database: Path, log: Log) -> None:
    database.parent.mkdir()
    database.write_text("not a database at all " * 100)

    with pytest.raises(EnvironmentMissing, match="can't be used") as raised:
        walked(database, log, Walk("steadfast", "est", STEPS, "digest"))
    assert raised.value.hint is not None
    assert "move" in raised.value.hint
