"""Machines are watched by their first process: an end is noticed at once, and a reused number is no end."""

from __future__ import annotations

import queue
import subprocess
import sys
from collections.abc import Iterator

import pytest

from range.rehearsal.hosts import watch
from range.rehearsal.hosts.first_boot import BOOTED, FAILED, FINISHED
from range.rehearsal.hosts.watch import Events, Watch

Told = queue.Queue[tuple[str, ...]]


@pytest.fixture
def told() -> Told:
    return queue.Queue()


@pytest.fixture
def watching(told: Told) -> Iterator[Watch]:
    events = Events(
        up=lambda machine: told.put(("up", machine)),
        late=lambda machine: told.put(("late", machine)),
        failed=lambda machine: told.put(("failed", machine)),
        ended=lambda machine, pid: told.put(("ended", machine, str(pid))),
    )
    watching = Watch(events)
    yield watching
    watching.close()


def process() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)


def test_an_end_is_noticed(watching: Watch, told: Told) -> None:
    with process() as one, process() as other:
        watching.add("i-1", one.pid)
        watching.add("i-2", other.pid)

        one.kill()

        assert told.get(timeout=30) == ("ended", "i-1", str(one.pid))
        assert told.empty()
        other.kill()
        assert told.get(timeout=30) == ("ended", "i-2", str(other.pid))


def test_one_that_has_ended_already_is_told_of_at_once(watching: Watch, told: Told) -> None:
    with process() as one:
        one.kill()
        one.wait()

    watching.add("i-1", one.pid)

    assert told.get(timeout=30) == ("ended", "i-1", str(one.pid))


def test_a_machine_that_does_not_come_up_is_late_once(
    watching: Watch, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "BOOT_PATIENCE_S", 0.0)
    with process() as one:
        watching.add("i-1", one.pid)

        assert told.get(timeout=30) == ("late", "i-1")
        with pytest.raises(queue.Empty):
            told.get(timeout=0.5)
        one.kill()


def test_a_machine_that_shows_its_marks_is_up_and_its_user_data_may_have_failed(
    watching: Watch, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = {BOOTED, FINISHED, FAILED}
    monkeypatch.setattr(watch, "_shows", lambda _, mark: mark in shown)
    with process() as one:
        watching.add("i-1", one.pid)

        assert [told.get(timeout=30), told.get(timeout=30)] == [("up", "i-1"), ("failed", "i-1")]
        one.kill()
