"""The rounds of `range rehearse`: a table of commands, each run as a user would, and what must be true of its answer.

They run on a copy of the exercise file, in a home of their own: whatever lives in this directory is out of reach.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from range.cli import output
from range.errors import Interrupted
from range.plan.lock import lock_path

Document = dict[str, Any]
CHANGES = ("created", "updated", "replaced", "deleted")
FOREIGN = ("AWS_", "PULUMI_", "RANGE_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
"""Variables that would lead a round away from its own cloud."""
PASSED_ON = ("RANGE_HOST_IMAGE",)
"""Those among them that don't."""


def _enclaves(document: Document, phase: str) -> str | None:
    """Say which enclaves are not in a phase."""
    others = [f"{each['name']} is {each['phase']}" for each in document["enclaves"] if each["phase"] != phase]
    return ", ".join(others) or None


def _nothing_changed(document: Document) -> str | None:
    """Say what a run changed that should change nothing."""
    changed = [each["name"] for each in document["enclaves"] if any(each[kind] for kind in (*CHANGES, "tasks_changed"))]
    return f"{', '.join(changed)} changed" if changed else None


def _unseen(document: Document) -> str | None:
    """Say which attacks were not seen as they should be."""
    return "; ".join(f"{each['ally']}: {each['wrong']}" for each in document["drills"] if each["wrong"]) or None


def _seen(document: Document) -> str:
    """Say how soon attacks were seen."""
    drills = [each for each in document["drills"] if each["collector_s"] is not None]
    slowest = max((each["sensor_s"] + each["collector_s"] for each in drills), default=0.0)
    return f"{len(drills)} attacks seen, each by its ally alone, within {slowest:.1f} s"


def _unproven(document: Document) -> str | None:
    """Say what isn't proven, or wasn't tried by packets although there are hosts to send them."""
    if document["verdict"] != "PROVEN":
        return "; ".join(each["why"] for each in document["findings"][:3])
    left_out = document["probes"]["left_out"]
    return f"{document['probes']['why']}: {', '.join(left_out)}" if left_out else None


def _proven(document: Document) -> str:
    """Say how many pairs of zones are proven, and what packets said of it."""
    probes = document["probes"]
    proven = f"{document['pairs']} pairs of zones PROVEN"
    return (
        f"{proven}; {probes['tried']} packets agree, {probes['passed']} of them arrived" if probes["tried"] else proven
    )


def _not_clean(document: Document) -> str | None:
    """Say which enclaves aren't clean."""
    others = [f"{each['name']} is {each['verdict']}" for each in document["enclaves"] if each["verdict"] != "CLEAN"]
    return ", ".join(others) or None


def _nothing_left(document: Document) -> str | None:
    """Say what is left."""
    return f"{len(document['left'])} things are left" if document["left"] else None


@dataclass(frozen=True)
class Round:
    """A row: a command, and what is wrong with its answer, if anything."""

    name: str
    command: tuple[str, ...]
    wrong: Callable[[Document], str | None]
    told: Callable[[Document], str]
    always: bool = False
    """Run it although an earlier one failed."""
    hosts: bool = False
    """Run it only where instances are machines."""


def _counted(document: Document) -> str:
    counts = {kind: sum(each[kind] for each in document["enclaves"]) for kind in (*CHANGES, "unchanged")}
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "nothing there"


ROUNDS = (
    Round("validate", ("validate",), lambda _: None, lambda d: f"{len(d['allies'])} allies"),
    Round("plan", ("plan",), lambda _: None, lambda d: f"{d['usd_per_h']:.2f} USD per hour"),
    Round("up", ("up",), lambda d: _enclaves(d, "ready"), _counted),
    Round("up again", ("up",), _nothing_changed, _counted),
    Round("attack", ("drill",), _unseen, _seen, hosts=True),
    Round("verify", ("verify",), _unproven, _proven),
    Round("status", ("status",), lambda d: _enclaves(d, "ready"), lambda d: f"{len(d['enclaves'])} ready"),
    Round("session start", ("session", "start"), lambda _: None, lambda d: f"{len(d['access'])} teams have access"),
    Round("session end", ("session", "end"), lambda _: None, lambda d: f"session {d['session']['number']} is over"),
    Round("reset", ("reset", "--yes"), _not_clean, lambda d: f"{len(d['enclaves'])} CLEAN"),
    Round("down", ("down", "--yes"), _nothing_left, _counted, always=True),
    Round("nothing left", ("down", "--yes"), _nothing_left, _counted, always=True),
)


def rounds(*, hosts: bool) -> tuple[Round, ...]:
    """Give the rounds that are run."""
    return tuple(each for each in ROUNDS if hosts or not each.hosts)


@dataclass(frozen=True)
class Step:
    """How one round went."""

    name: str
    seconds: float
    error: str | None
    told: str

    @property
    def word(self) -> str:
        """Say in one word how it went."""
        return "FAILED" if self.error else "ok"


@dataclass
class Report:
    """How a rehearsal went."""

    exercise: str
    hosts: bool
    """Whether the rehearsal's instances were machines."""
    steps: list[Step] = field(default_factory=list)
    interrupted: bool = False

    @property
    def ok(self) -> bool:
        """Say whether every round was run and went well."""
        return not self.interrupted and len(self.steps) == len(rounds(hosts=self.hosts)) and not self.error

    @property
    def error(self) -> str | None:
        """Name what failed."""
        return "; ".join(f"{step.name}: {step.error}" for step in self.steps if step.error) or None

    @property
    def exit_code(self) -> int:
        """Give the code of the whole."""
        return Interrupted.exit_code if self.interrupted else 0 if self.ok else 1

    def document(self) -> Document:
        """Give the report as JSON has it."""
        steps = [
            {"name": s.name, "seconds": s.seconds, "ok": s.error is None, "told": s.told, "error": s.error}
            for s in self.steps
        ]
        seconds = round(sum(step.seconds for step in self.steps), 1)
        return {"ok": self.ok, "exercise": self.exercise, "hosts": self.hosts, "seconds": seconds, "steps": steps}


class Rounds:
    """One rehearsal in a folder that is thrown away, unless it failed."""

    def __init__(self, spec: Path, home: Path, exercise: str, *, hosts: bool) -> None:
        """Make the folder, with a copy of the exercise file and of the addresses beside it."""
        home.mkdir(parents=True, exist_ok=True)
        self._folder = Path(tempfile.mkdtemp(prefix="rehearse-", dir=home))
        self._spec = self._folder / spec.name
        shutil.copyfile(spec, self._spec)
        if lock_path(spec).exists():
            shutil.copyfile(lock_path(spec), lock_path(self._spec))
        self._report = Report(exercise, hosts)

    def all(self, *, keep: bool) -> Report:
        """Run every round; after a failure only those that tear down."""
        with self._interruptible():
            for each in rounds(hosts=self._report.hosts):
                if each.always or not (self._report.error or self._report.interrupted):
                    self._run(each)
            self._typed(("rehearsal", "stop", "--json"))
        if self._report.ok and not keep:
            shutil.rmtree(self._folder)
        else:
            output.note(f"what was rehearsed is kept in {self._folder}")
        return self._report

    def _run(self, each: Round) -> None:
        """Run one round and judge its answer."""
        output.note(f"— {each.name}")
        began = time.monotonic()
        code, document = self._typed((*each.command, str(self._spec), "--json"))
        error = _error(document) if code else each.wrong(document)
        told = "" if error and code else each.told(document)
        self._report.steps.append(Step(each.name, round(time.monotonic() - began, 1), error, error or told))
        self._report.interrupted |= code == Interrupted.exit_code

    def _typed(self, arguments: Sequence[str]) -> tuple[int, Document]:
        """Type a command; give its exit code and its document."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        environment["RANGE_HOME"] = str(self._folder)
        environment |= {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {} if self._report.hosts else {"RANGE_NO_HOSTS": "1"}
        command = [sys.executable, "-m", "range.cli.main", *arguments]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
        try:
            return done.returncode, json.loads(done.stdout or b"{}")
        except ValueError:
            return done.returncode or 1, {"error": {"message": f"no JSON: {done.stdout[:200]!r}"}}

    @contextmanager
    def _interruptible(self) -> Any:
        """Leave Ctrl-C to the command under way, which ends in good order, and tear down then."""

        def note(number: int, frame: object) -> None:
            self._report.interrupted = True

        before = signal.signal(signal.SIGINT, note)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)


def _error(document: Document) -> str:
    """Find what went wrong in a command's answer."""
    if "error" in document:
        return str(document["error"]["message"])
    if "drills" in document:
        return _unseen(document) or "nothing was attacked"
    rows = document.get("enclaves") or document.get("stacks") or ()
    failed = [f"{row.get('name') or row['stack']}: {row['error']}" for row in rows if row.get("error")]
    return "; ".join(failed) or "failed without saying why"
