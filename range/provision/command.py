"""The Pulumi CLI as processes of our own: in sessions apart from the terminal's, and stopped when we say so."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from pulumi._version import version as sdk_version
from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import create_command_error

from range.provision.locks import STARTED_BY


class Command(PulumiCommand):
    """Runs the CLI for the Automation API.

    Each process gets a session of its own: a Ctrl-C in the terminal reaches only us, and we pass it on in good order.
    Used from several threads.
    """

    def __init__(self, binary: Path) -> None:
        """Use this binary; that its version fits was seen to by whoever found it, and asking again costs 0.3 s."""
        self.command = str(binary)
        self.version = sdk_version
        self._running: set[subprocess.Popen[str]] = set()
        self._guard = threading.Lock()
        self._interrupts = 0

    @property
    def interrupted(self) -> bool:
        """Say whether the user wants everything to stop."""
        return self._interrupts > 0

    def interrupt(self) -> None:
        """Ask every engine to stop after what it has in hand; the second time at once; the third time kill it.

        After the second time a resource may exist that no state knows: the next run sweeps it.
        """
        with self._guard:
            self._interrupts += 1
            for process in self._running:
                process.send_signal(signal.SIGINT if self._interrupts < 3 else signal.SIGKILL)

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], object] | None = None,
        on_error: Callable[[str], object] | None = None,
    ) -> CommandResult:
        """Run one command to its end. Raises the Automation API's CommandError where it fails."""
        environment = {
            "GOGC": "400",  # an engine that may take 100 MiB more spends a tenth less time
            **os.environ,
            **additional_env,
            "PULUMI_AUTOMATION_API": "true",
            STARTED_BY: str(os.getpid()),
        }
        # plugins that were installed beside the CLI are found by PATH
        environment["PATH"] = os.pathsep.join([str(Path(self.command).parent), environment.get("PATH", os.defpath)])
        with self._started([self.command, "--non-interactive", *args], cwd, environment) as process:
            try:
                errors: list[str] = []
                reader = threading.Thread(target=_read, args=(process.stderr, errors, on_error))
                reader.start()
                lines: list[str] = []
                _read(process.stdout, lines, on_output)
                reader.join()
                code = process.wait()
            finally:
                with self._guard:
                    self._running.discard(process)
        result = CommandResult(stdout="\n".join(lines), stderr="\n".join(errors), code=code)
        if code:
            raise create_command_error(result)
        return result

    def _started(self, args: list[str], cwd: str, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        """Start a process and remember it, unless everything is to stop."""
        with self._guard:
            if self._interrupts:
                raise create_command_error(CommandResult(stdout="", stderr="interrupted before it began", code=130))
            process = subprocess.Popen(
                args, cwd=cwd, env=environment, text=True, encoding="utf-8", start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            self._running.add(process)
            return process


def _read(stream: IO[str] | None, lines: list[str], callback: Callable[[str], object] | None) -> None:
    """Read a stream to its end, line by line."""
    for line in stream or ():
        text = line.rstrip()
        lines.append(text)
        if callback:
            callback(text)
