"""What the journal keeps, and what it makes of files that it can't use."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from range.controller.journal import Journal
from range.errors import EnvironmentMissing, RangeError
from range.records.results import HostOutput


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "journal.sqlite"


def test_a_command_is_kept_with_who_when_and_how_it_ended(path: Path) -> None:
    with Journal(path) as journal:
        number = journal.command_began("steadfast", "range up steadfast.yaml", "ann")
        journal.command_ended(number, 1, "est failed")

    with Journal(path) as journal:
        (command,) = journal.commands("steadfast")
    assert (command.words, command.who, command.exit_code, command.error) == (
        "range up steadfast.yaml",
        "ann",
        1,
        "est failed",
    )
    assert command.ended is not None
    assert command.ended >= command.began


def test_a_command_that_was_killed_has_no_end(path: Path) -> None:
    with Journal(path) as journal:
        journal.command_began("steadfast", "range up", "ann")
        (command,) = journal.commands("steadfast")

    assert command.ended is None
    assert command.exit_code is None


def test_the_latest_commands_are_given_and_the_oldest_of_them_first(path: Path) -> None:
    with Journal(path) as journal:
        for number in (1, 2, 3):
            journal.command_began("steadfast", f"range {number}", "ann")
        journal.command_began("other", "range 4", "ann")

        assert [command.words for command in journal.commands("steadfast", limit=2)] == ["range 2", "range 3"]


def test_since_stays_while_the_phase_does_and_hosts_stay_until_others_are_given(path: Path) -> None:
    web = HostOutput(name="web-1", id="i-1", role="target_web", zone="targets", address="10.0.0.4")
    with Journal(path) as journal:
        journal.stands("steadfast", "est", "provisioning", direction="up", step="record-inventory")
        first = journal.standings("steadfast")["est"]
        journal.stands("steadfast", "est", "provisioning", direction="up", step="provision", hosts=[web])
        second = journal.standings("steadfast")["est"]
        journal.stands("steadfast", "est", "failed", direction="down", step="destroy", error="no")
        third = journal.standings("steadfast")["est"]

    assert first.since == second.since
    assert (second.step, second.hosts) == ("provision", (web,))
    assert third.since is not None and second.since is not None
    assert third.since >= second.since
    assert (third.phase, third.step, third.direction, third.error, third.hosts) == (
        "failed",
        "destroy",
        "down",
        "no",
        (web,),
    )


def test_steps_belong_to_their_command_in_the_order_in_which_they_began(path: Path) -> None:
    with Journal(path) as journal:
        command = journal.command_began("steadfast", "range up", "ann")
        journal.step_ended(journal.step_began(command, "hub", "record-inventory"), "done")
        journal.step_ended(journal.step_began(command, "hub", "provision"), "failed", "no")

        assert [(s.step, s.outcome, s.error) for s in journal.steps(command)] == [
            ("record-inventory", "done", None),
            ("provision", "failed", "no"),
        ]


def test_many_threads_may_write_at_once(path: Path) -> None:
    def write(name: str) -> None:
        for _ in [None] * 20:
            journal.step_ended(journal.step_began(command, name, "provision"), "done")

    with Journal(path) as journal:
        command = journal.command_began("steadfast", "range up", "ann")
        threads = [threading.Thread(target=write, args=(str(number),)) for number in (1, 2, 3, 4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(journal.steps(command)) == 80


def test_a_file_that_is_no_journal_is_refused_with_what_to_do(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("not a database, not at all, and certainly long enough to be mistaken for nothing else " * 20)

    with pytest.raises(EnvironmentMissing, match="can't be used") as raised:
        Journal(path)
    assert raised.value.hint is not None
    assert "move" in raised.value.hint


def test_a_journal_of_a_newer_version_is_refused(path: Path) -> None:
    Journal(path).close()
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()

    with pytest.raises(EnvironmentMissing, match="newer version"):
        Journal(path)


def test_a_journal_that_is_damaged_further_in_is_refused_where_it_is_read(path: Path) -> None:
    Journal(path).close()
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096))

    with Journal(path) as journal, pytest.raises(EnvironmentMissing, match="malformed") as raised:
        journal.standings("steadfast")
    assert "move" in str(raised.value.hint)


def test_a_journal_that_cant_be_written_says_so(path: Path) -> None:
    with Journal(path) as journal:
        journal._db.execute("PRAGMA query_only = 1")

        with pytest.raises(RangeError, match="can't be written"):
            journal.command_began("steadfast", "range up", "ann")


def test_a_journal_that_has_no_place_asks_for_one_and_not_to_be_moved(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(EnvironmentMissing, match="can't be used") as raised:
        Journal(path)
    assert "room" in str(raised.value.hint)
