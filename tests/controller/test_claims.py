"""Who is at work on what, also after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from range.controller.claims import claim, holder
from range.errors import Busy

HOLD = """
import sys, time
from pathlib import Path
from range.controller.claims import claim
with claim(Path(sys.argv[1]), "steadfast.est", who="ann", command="range up"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def other_process(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_claim_says_who_holds_it_and_since_when(tmp_path: Path, other_process: subprocess.Popen[str]) -> None:
    who = rf"`range up` by ann, since \d\d:\d\d:\d\d \(pid {other_process.pid}\)"
    with (
        pytest.raises(Busy, match=f"steadfast.est is busy: {who}"),
        claim(tmp_path, "steadfast.est", who="bob", command="range down"),
    ):
        pass


def test_what_a_killed_process_held_is_free_at_once(tmp_path: Path, other_process: subprocess.Popen[str]) -> None:
    os.kill(other_process.pid, signal.SIGKILL)
    other_process.wait()

    assert holder(tmp_path, "steadfast.est") is None
    with claim(tmp_path, "steadfast.est", who="bob", command="range down"):
        pass


def test_whoever_looks_sees_the_holder_and_takes_nothing(tmp_path: Path, other_process: subprocess.Popen[str]) -> None:
    first, second = holder(tmp_path, "steadfast.est"), holder(tmp_path, "steadfast.est")

    assert first is not None
    assert (first.who, first.command, first.pid) == ("ann", "range up", other_process.pid)
    assert first == second


def test_nobody_holds_what_was_never_claimed_or_was_released(tmp_path: Path) -> None:
    assert holder(tmp_path, "steadfast.est") is None
    with claim(tmp_path, "steadfast.est", who="ann", command="range up"):
        pass
    assert holder(tmp_path, "steadfast.est") is None


def test_two_claims_in_one_process_exclude_each_other_too(tmp_path: Path) -> None:
    with (
        claim(tmp_path, "a.b", who="ann", command="range up"),
        pytest.raises(Busy),
        claim(tmp_path, "a.b", who="ann", command="range up"),
    ):
        pass


def test_other_names_are_not_held(tmp_path: Path, other_process: subprocess.Popen[str]) -> None:
    with claim(tmp_path, "steadfast.pol", who="bob", command="range up"):
        assert holder(tmp_path, "steadfast.pol") is not None
