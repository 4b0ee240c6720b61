"""`pytest --resume`, which `make prove` runs, is tried on a small test suite of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TESTS = """
import os, pathlib

def test_first(): pass
def test_second(): assert not pathlib.Path("broken").exists()
def test_third(): os._exit(9) if pathlib.Path("killed").exists() else None
"""


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A project with three tests and our conftest."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/conftest.py").write_bytes((ROOT / "tests/conftest.py").read_bytes())
    (tmp_path / "tests/test_three.py").write_text(TESTS, encoding="utf-8")
    return tmp_path


def outcome(suite: Path) -> str:
    """Run the suite with `--resume`; give pytest's closing line without its time."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--resume", "-p", "no:cacheprovider"],
        cwd=suite, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = re.search(r"=+ (.*) in [\d.]+s", run.stdout.splitlines()[-1]) if run.stdout else None
    return found[1] if found else "killed"


def test_what_passed_is_left_out_after_a_failure_and_after_a_kill(suite: Path) -> None:
    (suite / "killed").touch()
    (suite / "broken").touch()
    assert outcome(suite) == "killed"
    assert outcome(suite) == "killed"

    (suite / "killed").unlink()
    assert outcome(suite) == "1 failed, 1 passed, 1 deselected"

    (suite / "broken").unlink()
    assert outcome(suite) == "1 passed, 2 deselected"


def test_after_a_whole_run_everything_is_proven_again(suite: Path) -> None:
    assert outcome(suite) == "3 passed"
    assert outcome(suite) == "3 passed"


def test_changed_code_is_proven_again(suite: Path) -> None:
    (suite / "broken").touch()
    assert outcome(suite) == "1 failed, 2 passed"

    (suite / "range").mkdir()
    (suite / "range/new.py").touch()

    assert outcome(suite) == "1 failed, 2 passed"
