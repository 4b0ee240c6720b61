"""The weather from the command line: what can't be is bad input, named with what can, and nothing is started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from range.rehearsal.process import stop
from tests.cli.conftest import Type


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A directory whose rehearsal is stopped in the end."""
    yield tmp_path
    stop(tmp_path / ".range")


@pytest.mark.parametrize(
    ("options", "valid"),
    [
        (("start", "--latency", "azure"), "valid: none, aws"),
        (("start", "--speed", "0"), "above 0"),
        (("start", "--speed", "-1"), "above 0"),
        (("start", "--throttling", "-1"), "0.1 (a tenth)"),
        (("faults", "--rule", '{"kind": "lost", "call": "ec2.CreateVpz"}'), "ec2.CreateVpc"),
        (("faults", "--rule", "lost"), '{"kind"'),
        (("faults", "--rate", "2"), "0.02"),
    ],
)
def test_bad_weather_that_can_not_be_is_bad_input(
    typed: Type, tmp_path: Path, options: tuple[str, ...], valid: str
) -> None:
    answer = typed("rehearsal", *options)

    assert (answer.code, answer.stdout) == (2, "")
    assert valid in answer.stderr
    assert not (tmp_path / ".range").exists()


def test_what_was_asked_for_is_remembered_over_a_restart(typed: Type, place: Path) -> None:
    assert typed("rehearsal", "start", "--latency", "aws", "--speed", "20", "--throttling", "0.1").code == 0
    assert typed("rehearsal", "faults", "--rate", "0.02", "--seed", "7").code == 0
    typed("rehearsal", "stop")
    assert typed("rehearsal", "faults").code == 2

    typed("rehearsal", "start")
    told = typed("rehearsal", "faults", "--json").document

    kept = {name: told[name] for name in ("latency", "speed", "throttling", "rate", "seed", "rules")}
    assert kept == {"latency": "aws", "speed": 20, "throttling": 0.1, "rate": 0.02, "seed": 7, "rules": []}
