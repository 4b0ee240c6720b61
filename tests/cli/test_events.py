"""`range events --follow`: a line for each event until Ctrl-C, and nothing after them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from range.cli import output, surroundings
from range.cli.main import run
from range.errors import Interrupted
from range.records.events import CollectedEvent
from range.verify import collected
from tests.cli.conftest import EXAMPLES

SPEC = str(EXAMPLES / "steadfast.yaml")


def event(message: str) -> CollectedEvent:
    """Make an event up."""
    now = datetime.now(UTC)
    return CollectedEvent(
        ally="est", host="web-1.est", address="10.65.0.4", received=now, program="logger", message=message
    )


@pytest.fixture(autouse=True)
def collector(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand where the collector is: it holds one event, another comes, and then somebody types Ctrl-C."""

    def followed(*_: object) -> Iterator[CollectedEvent]:
        yield event("second")
        raise KeyboardInterrupt

    monkeypatch.setattr(surroundings, "enter", lambda *_, **__: Path())
    monkeypatch.setattr(surroundings, "ways_or_refuse", lambda *_: None)
    monkeypatch.setattr(collected, "events", lambda *_, **__: [event("first")])
    monkeypatch.setattr(collected, "is_full", lambda *_: False)
    monkeypatch.setattr(collected, "followed", followed)
    monkeypatch.setattr(output, "answer", output.Answer())


def test_every_line_of_a_follow_is_an_event_up_to_ctrl_c(capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["events", SPEC, "--ally", "est", "--follow", "--json"])

    told = [json.loads(line)["message"] for line in capsys.readouterr().out.splitlines()]
    assert (code, told) == (Interrupted.exit_code, ["first", "second"])
