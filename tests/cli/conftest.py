"""The command line as a stranger meets it: a process, its exit code, its stdout and its stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from range.cli import surroundings
from range.records.plan import Plan

EXAMPLES = Path(__file__).parents[2] / "examples"
FOREIGN = ("AWS_", "PULUMI_", "RANGE_")
NO_HOSTS = "RANGE_NO_HOSTS"
"""Stays as it is: rehearsals of tests have no hosts, unless a test asks for them."""


@dataclass(frozen=True)
class Answer:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; anything beside it is an error."""
        return json.loads(self.stdout)


Type = Callable[..., Answer]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the example in a directory of its own."""
    path = tmp_path / "steadfast.yaml"
    path.write_text((EXAMPLES / "steadfast.yaml").read_text())
    return path


@pytest.fixture
def typed(tmp_path: Path) -> Type:
    """Type a command in that directory."""

    def run(*arguments: str | Path, stdin: str | None = None, **environment: str) -> Answer:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN) or name == NO_HOSTS}
        done = subprocess.run(
            [sys.executable, "-m", "range.cli.main", *map(str, arguments)],
            cwd=tmp_path,
            env={**clean, **environment},
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def plan() -> Plan:
    """The example's plan."""
    return surroundings.plan(EXAMPLES / "steadfast.yaml")
