"""The drill: what counts as seen, and what doesn't."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from range.cloud.ssh import HostName, Ran, Ways
from range.records.events import Drilled
from range.verify import drill as module
from range.verify.collected import events
from range.verify.drill import drill, wrong
from tests.verify.exercises import steadfast

PLAN = steadfast()
AT = "2026-01-01T00:00:00.000000+0000"


@dataclass
class FakeHosts:
    """Answers commands as hosts would; attacks leave alerts where `alerts` and `holds` say."""

    technique: str = "T1190"
    held_by: tuple[str, ...] = ("est",)
    refuses: bool = False
    marks: list[str] = field(default_factory=list)

    def run(self, name: HostName, words: Any, *, timeout_s: float = 60, stdin: str = "") -> Ran:
        if name.host.startswith("attacker"):
            self.marks.append(words[-1])
            return Ran(2, "", "range-attack: refused") if self.refuses else Ran(0, "{}", "")
        if name.host.startswith("sensor"):
            return Ran(0, f"{self._alert()}\n" if self.technique else "", "")
        holds = any(f"/{ally}/" in words for ally in self.held_by)
        event = {"ally": "est", "host": "sensor-1.est", "address": "10.0.0.1", "received": "2026-01-01T00:00:01+00:00"}
        line = json.dumps({**event, "program": "suricata", "message": self._alert()})
        return Ran(0, f"{line}\n{line[:20]}" if holds else "", "")

    def _alert(self) -> str:
        red, est = PLAN.enclave("red").hosts[0], PLAN.enclave("est").hosts[0]
        return json.dumps(
            {
                "timestamp": AT,
                "flow_id": 7,
                "event_type": "alert",
                "src_ip": str(red.address),
                "dest_ip": str(est.address),
                "http": {"http_user_agent": f"range-attack/{self.marks[-1]}"},
                "alert": {"signature": "RANGE", "metadata": {"mitre_technique_id": [self.technique]}},
            },
            separators=(",", ":"),
        )


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.0)


def _came(hosts: FakeHosts) -> Drilled:
    (came,) = drill(PLAN, cast(Ways, hosts), ("est",))
    return came


def test_an_attack_that_sensor_and_collector_saw_is_seen() -> None:
    came = _came(FakeHosts())

    assert wrong(came) is None
    assert (came.ally, came.target, came.technique, came.collector_s) == ("est", "web-1", "T1190", 1.0)


@pytest.mark.parametrize(
    ("hosts", "told"),
    [
        (FakeHosts(technique="T1046"), "no alert with T1190"),
        (FakeHosts(technique=""), "no alert with T1190"),
        (FakeHosts(held_by=()), "did not reach the collector"),
        (FakeHosts(held_by=("est", "pol")), "under pol, too"),
        (FakeHosts(refuses=True), "red could not attack: range-attack: refused"),
    ],
)
def test_anything_less_is_not(hosts: FakeHosts, told: str) -> None:
    assert told in (wrong(_came(hosts)) or "")


def test_what_is_just_being_written_is_no_event_yet() -> None:
    hosts = FakeHosts()
    hosts.marks.append("abcd")

    (event,) = events(cast(Ways, hosts), PLAN, "est", last=10)

    assert event.alert["flow_id"] == 7
    assert event.received == datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)
