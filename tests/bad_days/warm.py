"""Commands without their imports, which take 4 s of a core: one process has imported everything, and forks for each of them.

A forked command is a process of its own, in a session of its own, and is killed like any other.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_POLL_S = 0.02
_MODULES = ("boto3", "dbos", "range.cli.up", "range.cli.down", "range.provision.stage", "range.teardown.leftovers",
            "range.verify.decision", "range.verify.taking", "range.observe.look", "range.controller.lifecycle",
            "range.rehearsal.administration", "tests.bad_days.crash")  # fmt: skip


@dataclass
class Begun:
    """A command that was begun."""

    pid: int
    folder: Path
    """Where its output is."""
    _warm: Warm
    code: int | None = None

    def wait(self, timeout_s: float) -> int | None:
        """Give its exit code, negative if it was killed, or None if it is still at work by then."""
        until = time.monotonic() + timeout_s
        while self.code is None:
            self.code = self._warm.asked({"do": "poll", "pid": self.pid})
            if self.code is None:
                if time.monotonic() > until:
                    return None
                time.sleep(_POLL_S)
        return self.code

    @property
    def stdout(self) -> str:
        """What it has written."""
        return (self.folder / "out").read_text(errors="replace")

    @property
    def stderr(self) -> str:
        """What it has told."""
        return (self.folder / "err").read_text(errors="replace")


class Warm:
    """The process that has imported everything."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Start it; it serves until it is closed."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bad_days.warm"], env=dict(environment), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip

    def asked(self, request: Mapping[str, Any]) -> Any:
        """Ask it something."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def begin(self, words: Sequence[str], cwd: Path, output: Path, dies: str = "") -> Begun:
        """Begin a command; `dies` is the boundary at which it kills itself."""
        output.mkdir(parents=True, exist_ok=True)
        for name in ("out", "err"):  # to be read before the command has opened them
            (output / name).touch(mode=0o600)
        request = {"do": "begin", "words": list(words), "cwd": str(cwd), "output": str(output), "dies": dies}
        return Begun(self.asked(request), output, self)

    def close(self) -> None:
        """End it."""
        self._process.communicate(timeout=30)


def _serve() -> None:
    """Import everything, then do what is asked, line by line."""
    for module in _MODULES:
        importlib.import_module(module)
    importlib.import_module("stacks.program").prepare()
    for line in sys.stdin:
        request = json.loads(line)
        answer = _begun(request) if request["do"] == "begin" else _polled(request["pid"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _polled(pid: int) -> int | None:
    done, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if done else None


def _begun(request: Mapping[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        os.setsid()
        os.chdir(request["cwd"])
        output = Path(request["output"])
        for number, name in enumerate((Path(os.devnull), output / "out", output / "err")):
            opened = os.open(name, os.O_RDWR | os.O_CREAT | (os.O_TRUNC if number else 0), 0o600)
            os.dup2(opened, number)
            os.close(opened)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 -- lives as long as the process
        code = _typed(request)
    except BaseException:  # noqa: BLE001 -- nothing of the parent's may run in a child
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _typed(request: Mapping[str, Any]) -> int:
    from range.cli import main
    from tests.bad_days.crash import arm

    if request["dies"]:
        arm(request["dies"])
    return main.run(request["words"])


if __name__ == "__main__":
    _serve()
