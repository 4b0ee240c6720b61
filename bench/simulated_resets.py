"""How long resets take on AWS, by level, in simulated seconds, beside `down` and `up` of the same enclave.

One real life of a hub and an ally with its hosts as records, vandalised by boto3 before each reset; what Ansible does on hosts
takes no simulated time, in `up` as little as in a reset. The trail of AWS is minutes late, and a verdict waits for it: told
apart.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench.exercise import exercise_of
from bench.figures import Figure
from bench.plot import drawn
from bench.resets import Exercise, vandalised_account
from bench.run import Bench
from bench.runs import graph
from bench.simulated import ALLY, DOCS, SIZES, Recorded, held_up, many, terms, told
from range.controller.phases import Direction
from range.controller.reset_steps import LEVELS
from range.controller.steps import Act
from range.records.reset import Level
from range.rehearsal.administration import set_weather
from range.rehearsal.process import start
from range.rehearsal.weather.latencies import latencies
from range.rehearsal.weather.makespan import Task, buckets_bound_s, critical_path_s, makespan_s

OVER_PATH, GROWTH, TO_ANEW = 1.5, 1.5, 0.1
LAST = "witness"
"""The step that waits for the trail, beside its own look."""
_WORKED: dict[Level, str] = {"host": "restore", "enclave": "remake"}
"""The step in which most is changed."""


@dataclass(frozen=True)
class _Command:
    """One command of the life, as it is told of."""

    words: tuple[str, ...]
    direction: Direction
    table: tuple[Act, ...] = ()
    vandals: bool = False


_COMMANDS = {
    "up": _Command(("up", "--ally", ALLY), "up"),
    **{
        f"reset --level {level}": _Command(
            ("reset", "--ally", ALLY, "--level", level, "--yes"), "reset", table, vandals=True
        )
        for level, table in LEVELS.items()
    },
    "down": _Command(("down", "--ally", ALLY, "--yes"), "down"),
}


def simulated_resets() -> list[Figure]:
    """Record one life and tell what its resets take for each size."""
    recorded = _recorded()
    anew_s = sum(_span_s(recorded[name], 1) for name in ("down", "up"))
    figures = [Figure("`down` and `up` of one ally with its hosts, simulated", anew_s, "s")]
    late_s = latencies("aws").fresh["trail"]
    figures.append(Figure("the trail's delay, assumed; beside the last step of each reset", late_s, "s"))
    for level in LEVELS:
        record = recorded[f"reset --level {level}"]
        figures += _of_level(level, record, anew_s, late_s)
    return figures


def _of_level(level: Level, record: Recorded, anew_s: float, late_s: float) -> Iterator[Figure]:
    name = f"`reset --level {level}`"
    yield Figure(f"{name} of a vandalised ally, wall time", record.wall_s, "s")
    lines: dict[str, list[tuple[float, float]]] = {
        "until all is proven": [],
        "with the trail": [],
        "critical path or bound": [],
    }
    for size in SIZES:
        copies = many(record, size)
        span_s = _span_s(record, size)
        path_s = max(critical_path_s(copies, terms(copies)), buckets_bound_s(copies))
        with_trail_s = _span_s(record, size, late_s)
        yield Figure(f"{name}, {size} enclave{'s' if size > 1 else ''}, simulated", span_s, "s")
        yield Figure(
            f"{name}, {size}, over its critical path or the buckets' bound", span_s / path_s, "times", OVER_PATH
        )
        yield Figure(f"{name}, {size}, with the trail's delay", with_trail_s, "s")
        for line, value in zip(lines.values(), (span_s, with_trail_s, path_s), strict=True):
            line.append((size, value))
    yield Figure(f"{name}, {SIZES[-1]} enclaves to one", lines["until all is proven"][-1][1] / lines["until all is proven"][0][1],
                 "times", GROWTH)  # fmt: skip
    yield from held_up(name, record, _WORKED[level])
    limit = TO_ANEW if level == "host" else None
    yield Figure(f"{name} to `down` and `up`", lines["until all is proven"][0][1] / anew_s, "times", limit)
    yield Figure(f"{name} to `down` and `up`, with the trail's delay", lines["with the trail"][0][1] / anew_s, "times")
    drawn(DOCS / f"simulated-reset-{level}.svg", f"range reset --level {level}, simulated time on AWS", "s", lines)


def _span_s(record: Recorded, size: int, late_s: float = 0.0) -> float:
    """Give the simulated time of so many enclaves, with AWS's buckets; the verdict waits for a trail that is late."""
    copies = [_waiting(task) for task in many(record, size)] if late_s else many(record, size)
    on = terms(copies, throttling=1.0)
    late = replace(on.latencies, states={**on.latencies.states, _LATE: late_s})
    return makespan_s(copies, replace(on, latencies=late))


_LATE = "trail:behind"


def _waiting(task: Task) -> Task:
    """Have the last step's looks at the trail wait until it has arrived."""
    name = f"{task.name.split(' ')[0]}'s trail"
    if not task.name.endswith(f" {LAST} ended") and f" {LAST} look" not in task.name:
        return task
    asked = [number for number, call in enumerate(task.calls) if call.name == "cloudtrail.LookupEvents"]
    if len(asked) < 2:
        return task
    calls = list(task.calls)
    calls[asked[0]] = replace(calls[asked[0]], entered=((_LATE, name),))
    calls[asked[1]] = replace(calls[asked[1]], moved=(name,))
    return replace(task, calls=tuple(calls))


def _recorded() -> dict[str, Recorded]:
    """Live through the commands, with every call written down."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        spec = exercise_of(bench.folder, 1)
        bench.range("rehearsal", "start", spec, "--no-hosts")
        home = bench.folder / ".range"
        try:
            set_weather(start(home), events=True)
            return {name: _one(bench, spec, home, command) for name, command in _COMMANDS.items()}
        finally:
            bench.range("rehearsal", "stop")


def _one(bench: Bench, spec: Path, home: Path, command: _Command) -> Recorded:
    if command.vandals:
        with bench.entered():
            vandalised_account(Exercise(spec), ALLY)
    known = graph(home)
    began = time.time()
    run = bench.range(*command.words, spec)
    print(f"{' '.join(command.words)}: {run.seconds:.1f} s", file=sys.stderr, flush=True)
    known |= graph(home)
    return told(spec, home, (began, run.seconds), command.direction, known=known, table=command.table)
