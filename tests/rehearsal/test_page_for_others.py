"""Every command and every file of docs/test-your-own-code.md, as somebody would type them, in a directory of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from range.rehearsal.process import status
from tests.rehearsal.terraforming import mirror, missing

DOCS = Path(__file__).parents[2] / "docs"
PAGE, BAD_DAYS = DOCS / "test-your-own-code.md", DOCS / "bad-days.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FOREIGN = ("AWS_", "TF_", "RANGE_", "PULUMI_")
NO_HOSTS = "RANGE_NO_HOSTS"
"""Stays as it is: rehearsals of tests have no hosts, unless a test asks for them."""


@pytest.mark.timeout(300)
def test_what_the_page_says_works_when_it_is_typed(tmp_path: Path) -> None:
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    for kind, text in blocks:
        if kind != "sh":
            (tmp_path / text.splitlines()[0].removeprefix("# ")).write_text(text)
    script = "\n".join(text for kind, text in blocks if kind == "sh")

    try:
        done = typed(tmp_path, "\n".join(line for line in script.splitlines() if can_be_typed(line)))
    finally:
        typed(tmp_path, "range rehearsal stop")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "DependencyViolation" in done.stdout
    assert "2 passed" in done.stdout
    assert '"VPCs per Region": 1' in (tmp_path / "quotas.json").read_text()


def test_the_fixture_for_bad_days_sets_them_and_leaves_no_process_behind(tmp_path: Path) -> None:
    (fixture,) = (text for kind, text in BLOCK.findall(BAD_DAYS.read_text(encoding="utf-8")) if kind == "python")
    (tmp_path / "conftest.py").write_text(fixture)
    (tmp_path / "test_rate.py").write_text(
        "def test_rate(weather, tmp_path):\n"
        "    assert weather(rate=0.02, seed=7)['rate'] == 0.02\n"
        "    print('at', tmp_path)\n"
    )

    done = typed(tmp_path, "python -m pytest -q -s -p no:cacheprovider test_rate.py")

    assert done.returncode == 0, done.stdout + done.stderr
    home = Path(done.stdout.partition("at ")[2].splitlines()[0]) / ".range"
    assert home.exists()
    assert status(home) is None


def typed(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Type a script into a shell that stops at the first failure."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN) or name == NO_HOSTS}
    if not missing():
        configuration = folder / "terraform.rc"
        configuration.write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{mirror()}" }}\n}}\n')
        own |= {"TF_CLI_CONFIG_FILE": str(configuration), "CHECKPOINT_DISABLE": "1"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{own['PATH']}"
    command = ["bash", "-euo", "pipefail", "-c", script]
    return subprocess.run(
        command, cwd=folder, env={**own, "PATH": path}, capture_output=True, text=True, check=False, timeout=280
    )


def can_be_typed(line: str) -> bool:
    """Say whether what a line needs is on this machine; Terraform and the AWS CLI aren't everywhere."""
    if line.startswith("terraform "):
        return not missing()
    return not line.startswith("aws ") or works("aws")


def works(program: str) -> bool:
    """Say whether a program is there and runs."""
    found = shutil.which(program)
    return found is not None and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0
