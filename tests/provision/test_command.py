"""The CLI as our own processes: apart from the terminal, and stopped when we say so."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from pulumi.automation.errors import CommandError, ConcurrentUpdateError, StackNotFoundError

from range.provision.command import Command
from range.provision.locks import STARTED_BY


def cli(folder: Path, script: str) -> Command:
    """Make a CLI of a shell script."""
    binary = folder / "pulumi"
    binary.write_text(f"#!/bin/sh\n{script}\n")
    binary.chmod(0o755)
    return Command(binary)


def test_what_it_prints_is_given_line_by_line_and_whole(tmp_path: Path) -> None:
    told: list[str] = []
    command = cli(tmp_path, "echo one; echo two; echo three >&2")

    result = command.run(["up"], str(tmp_path), {}, told.append)

    assert told == ["one", "two"]
    assert (result.stdout, result.stderr, result.code) == ("one\ntwo", "three", 0)


def test_it_never_asks_and_knows_who_started_it(tmp_path: Path) -> None:
    result = cli(tmp_path, f'echo "$1 ${STARTED_BY} $EXTRA"; cat').run(["up"], str(tmp_path), {"EXTRA": "yes"})

    assert result.stdout == f"--non-interactive {os.getpid()} yes"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("error: no stack named 'x' found", StackNotFoundError),
        ("error: the stack is currently locked by 1 lock(s)", ConcurrentUpdateError),
        ("error: anything else", CommandError),
    ],
)
def test_a_failure_is_the_automation_api_s_own(tmp_path: Path, said: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        cli(tmp_path, f'echo "{said}" >&2; exit 255').run(["up"], str(tmp_path), {})


def test_an_interrupt_reaches_what_runs_and_nothing_more_is_started(tmp_path: Path) -> None:
    command = cli(tmp_path, "trap 'echo stopped; exit 1' INT; echo begun; while :; do sleep 0.1; done")
    begun = threading.Event()

    def stop() -> None:
        begun.wait(30)
        command.interrupt()

    threading.Thread(target=stop).start()

    with pytest.raises(CommandError, match="stopped"):
        command.run(["up"], str(tmp_path), {}, lambda _: begun.set())

    assert command.interrupted
    with pytest.raises(CommandError, match="interrupted before it began"):
        command.run(["up"], str(tmp_path), {})


def test_the_third_interrupt_kills(tmp_path: Path) -> None:
    command = cli(tmp_path, "trap '' INT; echo begun; while :; do sleep 0.1; done")
    begun = threading.Event()

    def insist() -> None:
        begun.wait(30)
        for _ in "123":
            command.interrupt()
            time.sleep(0.1)

    threading.Thread(target=insist).start()
    with pytest.raises(CommandError):
        command.run(["up"], str(tmp_path), {}, lambda _: begun.set())


def test_it_is_no_part_of_our_own_session(tmp_path: Path) -> None:
    result = cli(tmp_path, "ps -o sid= -p $$").run(["up"], str(tmp_path), {})

    assert int(result.stdout) != os.getsid(0)
