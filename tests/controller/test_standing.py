"""What `range status` and `range log` read: the journal, and who is alive."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from range.controller.claims import claim
from range.controller.command import journaled
from range.controller.journal import Journal
from range.controller.phases import next_command
from range.controller.standing import JOURNAL, LOCKS, history, standings_now
from range.errors import InputError, ProvisionError
from range.records.results import HostOutput

WEB = HostOutput(name="web-1", id="i-1", role="target_web", zone="targets", address="10.0.0.4")

KILLED = """
import os, signal, sys
from pathlib import Path
from range.controller.command import journaled
with journaled(Path(sys.argv[1]), "steadfast", "range up", "ann"):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_without_a_journal_everything_is_absent_and_none_is_made(tmp_path: Path) -> None:
    rows = standings_now(tmp_path, "steadfast", ["hub", "est"])

    assert [(row.name, row.phase) for row in rows] == [("hub", "absent"), ("est", "absent")]
    assert history(tmp_path, "steadfast", 20) == []
    assert list(tmp_path.iterdir()) == []


def test_what_is_under_way_says_who_is_at_it(tmp_path: Path) -> None:
    with Journal(tmp_path / JOURNAL) as journal:
        journal.stands("steadfast", "est", "provisioning", direction="up", step="provision")

    with claim(tmp_path / LOCKS, "steadfast.est", who="ann", command="range up"):
        (row,) = standings_now(tmp_path, "steadfast", ["est"])

    assert row.phase == "provisioning"
    assert row.held_by is not None
    assert "ann" in row.held_by
    assert row.shown("x.yaml")["next"] is None


def test_what_was_under_way_when_its_command_was_killed_has_failed(tmp_path: Path) -> None:
    with Journal(tmp_path / JOURNAL) as journal:
        journal.stands("steadfast", "est", "tearing down", direction="down", step="destroy")

    (row,) = standings_now(tmp_path, "steadfast", ["est"])

    assert (row.phase, row.step, row.held_by) == ("failed", "destroy", None)
    assert row.error == "destroy was cut off: its command was killed"
    assert row.shown("x.yaml")["next"] == "range down x.yaml --ally est"


def test_who_left_the_file_is_shown_until_it_is_gone(tmp_path: Path) -> None:
    with Journal(tmp_path / JOURNAL) as journal:
        journal.stands("steadfast", "fra", "provisioned", direction="up", hosts=[WEB])
        journal.stands("steadfast", "ita", "absent", direction="down")

    rows = standings_now(tmp_path, "steadfast", ["hub"])

    assert [row.name for row in rows] == ["hub", "fra"]
    shown = rows[1].shown("x.yaml", left=True)
    assert shown["hosts"] == [WEB.model_dump()]
    assert shown["next"] == "range down x.yaml --ally fra"


@pytest.mark.parametrize(
    ("phase", "direction", "enclave", "command"),
    [
        ("absent", None, "est", "range up x.yaml"),
        ("provisioning", "up", "est", None),
        ("provisioned", "up", "est", "range up x.yaml"),
        ("verifying", "up", "est", None),
        ("ready", "up", "est", "range session start x.yaml"),
        ("in session", "session", "est", "range session end x.yaml --ally est"),
        ("frozen", "session", "est", "range thaw x.yaml --ally est"),
        ("resetting", "reset", "est", None),
        ("quarantined", "reset", "est", "range reset x.yaml --ally est --level enclave"),
        ("failed", "reset", "est", "range reset x.yaml --ally est"),
        ("tearing down", "down", "est", None),
        ("failed", "up", "est", "range up x.yaml --ally est"),
        ("failed", "down", "est", "range down x.yaml --ally est"),
        ("failed", "up", "hub", "range up x.yaml"),
    ],
)
def test_every_phase_says_what_to_type_next(phase: str, direction: str, enclave: str, command: str | None) -> None:
    assert next_command(phase, direction, "x.yaml", enclave) == command  # type: ignore[arg-type]


def test_a_command_is_in_the_history_while_it_runs_and_when_it_has_ended(tmp_path: Path) -> None:
    with journaled(tmp_path, "steadfast", "range up x.yaml", "ann") as command:
        (running,) = history(tmp_path, "steadfast", 20)
        command.exit_code, command.error = 3, "est: no list of keys"
    (ended,) = history(tmp_path, "steadfast", 20)

    assert (running["how"], running["ended"]) == ("running", None)
    assert (ended["how"], ended["exit_code"], ended["error"]) == ("could not tell", 3, "est: no list of keys")
    assert (ended["who"], ended["words"]) == ("ann", "range up x.yaml")
    assert list((tmp_path / LOCKS).iterdir()) == []


def test_a_command_that_was_killed_is_told_from_one_that_runs(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)

    (entry,) = history(tmp_path, "steadfast", 20)

    assert (entry["how"], entry["ended"], entry["exit_code"]) == ("killed", None, None)


@pytest.mark.parametrize(
    ("raised", "how", "code"),
    [
        (ProvisionError("no"), "failed", 1),
        (InputError("no"), "refused", 2),
        (KeyboardInterrupt(), "interrupted", 130),
        (ZeroDivisionError("no"), "failed", 1),
    ],
)
def test_whatever_a_command_raises_is_how_it_ended(tmp_path: Path, raised: BaseException, how: str, code: int) -> None:
    with pytest.raises(type(raised)), journaled(tmp_path, "steadfast", "range up", "ann"):
        raise raised

    (entry,) = history(tmp_path, "steadfast", 20)
    assert (entry["how"], entry["exit_code"]) == (how, code)
