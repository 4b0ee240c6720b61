"""What is read of the collector: whole lines, how many were refused, and whether there is room."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any, cast

import pytest

from range.cloud.ssh import Ran, Ways
from range.errors import CloudError
from range.verify.collected import alerts, events, followed, is_full, refused
from tests.verify.exercises import steadfast

TOLD = {
    "ally": "est",
    "host": "web-1.est",
    "address": "10.64.132.4",
    "received": "2026-01-01T00:00:00Z",
    "message": "m",
}
WHOLE, TORN = json.dumps(TOLD), json.dumps(TOLD)[:40]


@dataclass
class Collector:
    """A collector that answers everything alike."""

    stdout: str = ""
    code: int = 0

    def run(self, *_: Any, **__: Any) -> Ran:
        return Ran(self.code, self.stdout, "no space left")

    def command(self, *_: Any) -> list[str]:
        return [sys.executable, "-c", f"print({self.stdout!r})"]


def ways(stdout: str = "", code: int = 0) -> Ways:
    return cast(Ways, Collector(stdout, code))


def test_a_line_that_is_just_being_written_is_no_event_yet() -> None:
    (found,) = events(ways(f"{WHOLE}\n{TORN}"), steadfast(), "est", last=9)

    assert (found.ally, found.host, found.message) == ("est", "web-1.est", "m")


def test_alerts_are_what_sensors_raised_and_nothing_that_only_speaks_of_one() -> None:
    eve = {"event_type": "alert", "alert": {"signature": "range scan"}}
    raised = json.dumps({**TOLD, "program": "suricata", "message": json.dumps(eve)})
    spoken = json.dumps({**TOLD, "program": "logger", "message": json.dumps(eve)})

    (found,) = alerts(ways(f"{spoken}\n{raised}\n{TORN}"), steadfast(), "est")

    assert found.alert == eve


def test_whoever_follows_gets_events_as_they_come_and_hears_when_the_collector_is_lost() -> None:
    following = followed(ways(f"{WHOLE}\n{TORN}\n{WHOLE}"), steadfast(), "est")

    assert [next(following).message, next(following).message] == ["m", "m"]
    with pytest.raises(CloudError, match="hub/collector-1 can't be read: the connection ended"):
        next(following)


@pytest.mark.parametrize(("avail", "full"), [("Avail\n    0\n", True), ("Avail\n 38211\n", False)])
def test_a_full_disk_is_told(avail: str, full: bool) -> None:
    assert is_full(ways(avail), steadfast()) is full


def test_a_collector_that_cannot_be_read_is_named() -> None:
    for ask in (refused, is_full):
        with pytest.raises(CloudError, match="hub/collector-1 can't be read: no space left"):
            ask(ways(code=1), steadfast())
    with pytest.raises(CloudError, match="hub/collector-1"):
        events(ways(code=255), steadfast(), "est", last=1)
    with pytest.raises(CloudError, match="hub/collector-1"):
        alerts(ways(code=255), steadfast(), "est")
