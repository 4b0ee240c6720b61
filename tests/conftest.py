"""What holds for all tests: interrupts, order, counts of truths, and `--resume`: `make prove` goes on where it stopped."""

from __future__ import annotations

import hashlib
import os
import signal
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
JUDGED = ("range", "stacks", "playbooks", "tests", "examples", "requirements.lock", "Pulumi.yaml")
"""What a proof is about: another word in any of it, and everything is to be proven again."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--resume`."""
    parser.addoption("--resume", action="store_true", help="leave out what passed before on the very same code")


def pytest_configure(config: pytest.Config) -> None:
    """Let tests interrupt what they start, and remember what passes, where that was asked for.

    Rehearsals that tests start have no hosts, unless a test asks for them. Tests read syntax trees, and a rehearsal makes them in
    the same process.
    """
    from range.rehearsal.syntax_trees import take_turns

    take_turns()
    os.environ["RANGE_NO_HOSTS"] = "1"
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # a shell that runs the tests in the background ignores Ctrl-C for them, and so would every child of theirs
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--resume"):
        config.pluginmanager.register(Resume(ROOT / ".range" / "proven" / digest()))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that drive engines, which take longest: processes side by side come to their ends together."""
    long = {item.path for item in items if item.get_closest_marker("engine")}
    items.sort(key=lambda item: item.path not in long)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print how many of the rehearsal cloud's truths held, what of the gathered facts is left out, and what tests counted."""
    reports = [report for report in terminalreporter.getreports("passed") if report.when == "call"]
    passed = {name for report in reports for key, name in report.user_properties if key == "truth"}
    if passed:
        from range.rehearsal.truths.facts import summary

        terminalreporter.write_line(summary(passed))
    for line in _counted(reports):
        terminalreporter.write_line(line)


def _counted(reports: list[pytest.TestReport]) -> list[str]:
    """Give what tests counted, and from which seed: they say it by `record_property("counted", ...)`."""
    properties = [(report, name, value) for report in reports for name, value in report.user_properties]
    return [f"{report.nodeid.rpartition('::')[2]}: {value}" for report, name, value in properties if name == "counted"]


def digest() -> str:
    """Name the code that is judged, by its content."""
    judged = hashlib.sha256()
    for name in JUDGED:
        path = ROOT / name
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                judged.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes() + b"\0")
    return judged.hexdigest()[:16]


class Resume:
    """Notes each test that passes as soon as it has, so that a kill loses one test at most."""

    def __init__(self, record: Path) -> None:
        """Keep the notes in a file that belongs to this code alone."""
        self._record = record
        self._passed: set[str] = set()

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave out what has passed before."""
        before = set(self._record.read_text(encoding="utf-8").splitlines()) if self._record.exists() else set()
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid in before])
        items[:] = [item for item in items if item.nodeid not in before]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test whose body and clean-up both went well."""
        if report.when == "call" and report.passed:
            self._passed.add(report.nodeid)
        if report.when == "teardown" and report.passed and report.nodeid in self._passed:
            self._record.parent.mkdir(parents=True, exist_ok=True)
            with self._record.open("a", encoding="utf-8") as record:
                record.write(f"{report.nodeid}\n")

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Begin anew after a run in which everything went well."""
        if exitstatus == pytest.ExitCode.OK:
            self._record.unlink(missing_ok=True)
