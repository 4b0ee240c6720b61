"""How soon the collector holds what a sensor saw: red attacks again and again, in a rehearsal that stands.

RANGE_SPEC names an exercise whose hosts are configured in RANGE_HOME (or `.range`); without it, nothing is measured.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bench.figures import Figure
from range.records.events import Drilled

ATTACKS = 100
COLLECTED_S = 3.0
"""The limit, from the sensor's alert to the collector, of which 95 of 100 attacks have to stay below."""


def alerts() -> list[Figure]:
    """Attack one target of each ally until there were a hundred attacks."""
    if "RANGE_SPEC" not in os.environ:
        print("alerts: not measured: RANGE_SPEC names no exercise that stands", file=sys.stderr)
        return []
    from range.cli import surroundings
    from range.cli.options import CloudName
    from range.verify.drill import drill, wrong

    spec = Path(os.environ["RANGE_SPEC"])
    planned = surroundings.plan(spec)
    folder = surroundings.enter(spec, planned, CloudName.rehearsal, as_it_is=True)
    ways = surroundings.ways_or_refuse(planned, folder)
    came: list[Drilled] = []
    while len(came) < ATTACKS:
        came += drill(planned, ways)
    for each in came:
        if (why := wrong(each)) is not None:
            print(f"{each.ally}, {each.id}: {why}", file=sys.stderr)
    collected = sorted(each.collector_s for each in came if each.collector_s is not None)
    seen = sorted(each.sensor_s for each in came if each.sensor_s is not None)
    return [
        Figure("attacks", len(came), ""),
        Figure("attacks that were not seen as they should be", sum(wrong(each) is not None for each in came), "", 0),
        Figure("from the attack's begin until its alert was found, median", _at(seen, 0.5), "s"),
        Figure("from the alert to the collector, median", _at(collected, 0.5), "s"),
        Figure("from the alert to the collector, 95 of 100", _at(collected, 0.95), "s", COLLECTED_S),
    ]


def _at(values: list[float], part: float) -> float:
    """Give the value that a part of them doesn't exceed; infinite where there are none."""
    return values[min(len(values) - 1, int(part * len(values)))] if values else float("inf")
