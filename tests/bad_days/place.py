"""The smallest exercise that has all kinds of stacks, in a directory with a rehearsal cloud of its own, typed at and killed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import yaml

from range.cloud.inventory import take
from range.cloud.sessions import Sessions
from range.rehearsal.administration import set_weather
from range.rehearsal.process import start, status, stop
from tests.cli.conftest import EXAMPLES, FOREIGN, NO_HOSTS, Answer

ROOT = EXAMPLES.parent
ALLY = "est"
VOLATILE = ("range:state",)
"""Tags that differ from place to place."""
PATIENCE_S = 300.0
"""How long a command may take until it counts as stuck."""


class Command(Protocol):
    """A command that was begun, in a session of its own."""

    pid: int

    def wait(self, timeout: float, /) -> int | None:
        """Give its exit code, negative if it was killed."""


def tiny_exercise() -> dict[str, Any]:
    """Cut the example down to one ally without hosts, in one availability zone, and one service of the hub."""
    content: dict[str, Any] = yaml.safe_load((EXAMPLES / "steadfast.yaml").read_text())
    content["name"] = "tiny"
    content["availability_zones"] = content["availability_zones"][:1]
    content["allies"] = [ally for ally in content["allies"] if ally["code"] == ALLY]
    content["flows"] = []
    content["profiles"]["standard"] = {"zones": {"targets": {"prefix": 26}}, "hosts": {}}
    for service in content["hub"]["services"].values():
        service["reached_from"] = ["allies.targets"]
    return content


class Place:
    """A directory, its exercise and its rehearsal."""

    def __init__(self, folder: Path, content: dict[str, Any] | None = None, **settings: str) -> None:
        """Write the file; `settings` are variables that commands and the rehearsal are to find besides."""
        self.folder = folder
        self.settings = settings
        self.home = folder / ".range"
        self.content = content or tiny_exercise()
        self.spec = folder / f"{self.content['name']}.yaml"
        self.spec.write_text(yaml.safe_dump(self.content, sort_keys=False))

    def command(self, *arguments: str) -> list[str]:
        """Give a command's words."""
        return [sys.executable, "-m", "range.cli.main", *arguments, str(self.spec), "--json"]

    def type(self, *arguments: str) -> Answer:
        """Type a command on the exercise."""
        return self.run(self.command(*arguments))

    def run(self, command: Sequence[str]) -> Answer:
        """Run a command here."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            errors="replace",
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Begin a command, in a session of its own, to be killed."""
        return subprocess.Popen(
            self.command(*arguments), cwd=self.folder, env=self.environment, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        """What a command finds."""
        return clean() | self.settings

    def weather(self, **settings: object) -> dict[str, Any]:
        """Set the weather."""
        with self._surrounded():
            return set_weather(start(self.home, hosts=False), **settings)

    @contextlib.contextmanager
    def _surrounded(self) -> Iterator[None]:
        """Have this process find what a command does, for the length of the block."""
        before = dict(os.environ)
        try:
            os.environ.clear()
            os.environ.update(self.environment)
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def stop(self) -> None:
        """Stop the rehearsal."""
        stop(self.home)

    def kill_rehearsal(self) -> None:
        """Kill the rehearsal's process, and with it the provider, if it runs."""
        running = status(self.home)
        if running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(running.pid, signal.SIGKILL)

    def strike(self, command: Command, victim: str) -> str:
        """Kill somebody while a command is at work, and wait for its end; gives who it was, engines not being there always."""
        who = victim
        if who == "engine" and not kill_engines(command.pid):
            who = "controller"
        if who in ("rehearsal", "everything"):
            self.kill_rehearsal()
        if who == "controller":
            os.kill(command.pid, signal.SIGKILL)
        if who == "everything":
            os.killpg(command.pid, signal.SIGKILL)
        command.wait(PATIENCE_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(command.pid, signal.SIGKILL)  # an engine that outlived its controller
        return who

    @contextlib.contextmanager
    def entered(self) -> Iterator[Sessions]:
        """Enter the accounts as a command does, for the length of the block."""
        from range.cli import surroundings

        with self._surrounded():
            os.environ["RANGE_HOME"] = str(self.home)
            plan = surroundings.plan(self.spec)
            surroundings.rehearse(self.spec, plan)
            yield Sessions.of_plan(plan)

    def things(self) -> dict[str, list[str]]:
        """List what is in the accounts of the hub and the ally, by account: types, and the tags that stay the same."""
        accounts = (self.content["accounts"]["hub"], self.content["allies"][0]["account"])
        found = {}
        with self.entered() as sessions:
            for account in accounts:
                inventory = take(sessions.account(account), organisation=account == accounts[0])
                assert not inventory.unlisted, inventory.unlisted
                found[account] = sorted(
                    f"{each.type} {sorted((key, tag) for key, tag in each.tags.items() if key not in VOLATILE)}"
                    for each in inventory.resources
                    if not each.residue
                )
        return found

    def digest(self) -> str:
        """Name what is in the accounts by its content: ids aside, a double or an orphan makes another digest."""
        return hashlib.sha256(json.dumps(self.things(), sort_keys=True).encode()).hexdigest()[:16]


def clean() -> dict[str, str]:
    """Give this process's environment, without what would lead a command elsewhere; instances are no machines here."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)} | {NO_HOSTS: "1"}


def errors(answer: Answer) -> list[str]:
    """List what a command's document says went wrong, enclave by enclave."""
    if not answer.stdout.strip():
        return [answer.stderr[-500:]]
    document = answer.document
    if "enclaves" not in document:
        return [str(document)]
    return [f"{each['name']}: {each['error']}" for each in document["enclaves"] if each["error"]]


def kill_engines(pid: int) -> int:
    """Kill the engines that a controller has started; say how many were there."""
    killed = 0
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # it has ended by itself
            for child in tasks.read_text().split():
                os.kill(int(child), signal.SIGKILL)
                killed += 1
    return killed
