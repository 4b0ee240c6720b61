"""What the collector holds, and what a drill showed."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from range.records.plan import Record


class CollectedEvent(Record):
    """One event as the collector keeps it: whose it is, is what the sender's certificate says."""

    ally: str
    host: str
    """The name in the certificate: `sensor-1.est`."""
    address: str
    received: datetime
    program: str
    message: str
    claims: str = ""
    """The name that the message gives itself; nobody vouches for it."""

    @property
    def alert(self) -> dict[str, Any]:
        """What the message says as an alert of a sensor; empty where it is none."""
        if self.program != "suricata" or not self.message.startswith("{"):
            return {}
        try:
            told = json.loads(self.message)
        except ValueError:  # cut to the longest that the collector takes
            return {}
        return told if isinstance(told, dict) and told.get("event_type") == "alert" else {}


class Drilled(Record):
    """What became of one attack on one ally."""

    ally: str
    target: str
    action: str
    technique: str
    id: str
    sensor_s: float | None = None
    """From the attack to the sensor's alert; None where there was none in time."""
    collector_s: float | None = None
    """From the sensor's alert to the collector; None where it did not come in time."""
    elsewhere: tuple[str, ...] = ()
    """Other allies under whose name the collector holds it, too."""
    error: str | None = None
