"""What a run of the controller leaves behind, as tasks: the rehearsal's events, the journal's steps, the states' graphs."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from range.cloud.inventory import WORKERS
from range.controller.phases import Direction
from range.controller.steps import Act, acts
from range.rehearsal.weather.events import FILE
from range.rehearsal.weather.makespan import Called, Task
from range.verify.taking import QUESTIONS_AT_ONCE

PROOF = "proof"
"""The group of the proof's questions to accounts."""
PARALLEL = 8
"""Resource operations at once, per engine: `EngineSettings.parallel`."""
Graph = Mapping[str, frozenset[str]]
"""By URN, the URNs that a resource depends on."""


@dataclass(frozen=True)
class StepRun:
    """One step of one enclave, in seconds since the epoch."""

    enclave: str
    step: str
    began: float
    ended: float


@dataclass(frozen=True)
class Life:
    """What is known of one command."""

    direction: Direction
    hub: str
    accounts: Mapping[str, str]
    """The enclave of each account."""
    steps: Sequence[StepRun]
    events: Sequence[Mapping[str, Any]]
    graph: Graph
    table: tuple[Act, ...] = ()
    """Its steps, where they aren't those of its direction."""

    @property
    def acts(self) -> tuple[Act, ...]:
        """Give its steps, in order."""
        return self.table or acts(self.direction)


def events(home: Path) -> list[dict[str, Any]]:
    """Read the events of a rehearsal."""
    text = (home / "rehearsal" / FILE).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def steps(home: Path) -> list[StepRun]:
    """Read the steps of the last command."""
    with sqlite3.connect(home / "journal.sqlite") as journal:
        rows = journal.execute(
            "SELECT enclave, step, began, ended FROM steps WHERE command = (SELECT max(id) FROM commands) AND ended NOT NULL"
        ).fetchall()
    return [
        StepRun(enclave, step, *(datetime.fromisoformat(moment).timestamp() for moment in (began, ended)))
        for enclave, step, began, ended in rows
    ]


def graph(home: Path) -> dict[str, frozenset[str]]:
    """Read from all states what depends on what."""
    found = {}
    for path in (home / "state" / ".pulumi" / "stacks").glob("*/*.json"):
        for each in json.loads(path.read_bytes())["checkpoint"]["latest"].get("resources") or ():
            named = [urn for urns in (each.get("propertyDependencies") or {}).values() for urn in urns or ()]
            parent = [each["parent"]] if each.get("parent") else []
            found[each["urn"]] = frozenset((*(each.get("dependencies") or ()), *named, *parent))
    return found


def tasks(life: Life) -> list[Task]:
    """Give the tasks of a command: each resource's, each look's, and the beginnings and ends of steps."""
    by_step = _sorted(life)
    order = life.acts
    enclaves = list(dict.fromkeys([life.hub, *(each.enclave for each in life.steps)]))
    made: list[Task] = []
    for enclave in enclaves:
        for number, act in enumerate(order):
            mine = by_step.get((enclave, act.name), [])
            before = order[number - 1].name if number else ""
            made += _step(life, enclave, act, mine, _waits(life, enclaves, enclave, act, before))
    return made


def _sorted(life: Life) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """Sort events by the step that made them: a resource's by its stack, others by account and time."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    together = {act.name for act in life.acts if act.together}  # one proof's look at the hub serves everybody
    for event in life.events:
        if event.get("fault"):
            continue
        enclave = (
            event["urn"].split("::")[0].rpartition(".")[2] if event["urn"] else life.accounts.get(event["account"])
        )
        if not event["urn"] and event["by"] == "provider":
            continue  # configuring a provider: once per engine, beside everything else
        if not event["urn"] and enclave is None:
            continue  # the proof's look at enclaves that weren't brought up: copies of the ally stand for them
        running = [each for each in life.steps if each.began <= event["began"] <= each.ended]
        mine = [each for each in running if each.enclave == enclave] or ([] if event["urn"] else running)
        if mine:
            shared = not event["urn"] and enclave == life.hub and mine[-1].step in together
            found[life.hub if shared else mine[-1].enclave, mine[-1].step].append(event)
    return found


def _waits(life: Life, enclaves: Iterable[str], enclave: str, act: Act, before: str) -> tuple[str, ...]:
    """Name the ends of steps that a step waits for, as the controller's table has it."""
    waits = [f"{enclave} {before} ended"] if before else []
    if act.in_turn and (enclave == life.hub) == (life.direction == "down"):
        first = [each for each in enclaves if each != life.hub] if enclave == life.hub else [life.hub]
        waits += [f"{each} {act.name} ended" for each in first]
    if act.together:  # the hub for everybody; everybody for the hub, and for one another as long as patience lasts
        waits += [f"{each} {before} ended" for each in enclaves if life.hub in (each, enclave)]
    return tuple(waits)


def _step(life: Life, enclave: str, act: Act, mine: Sequence[Mapping[str, Any]], waits: tuple[str, ...]) -> list[Task]:
    """Give one step's tasks: looks before, resources, looks after, between a beginning and an end that take no time."""
    begun, ended = f"{enclave} {act.name} begun", f"{enclave} {act.name} ended"
    resources = [event for event in mine if event["urn"]]
    first = min((event["began"] for event in resources), default=float("inf"))
    looks = [event for event in mine if not event["urn"] and event["began"] < first]
    later = [event for event in mine if not event["urn"] and event["began"] >= first]
    if act.together:
        asked = _lanes(f"{enclave} {act.name} look", looks, (begun,), QUESTIONS_AT_ONCE, (PROOF,))
        return [Task(begun, after=waits), *asked, Task(ended, after=(begun, *(each.name for each in asked)))]
    ahead = _lanes(f"{enclave} {act.name} look", looks, (begun,))
    worked = _worked(life, enclave, resources, tuple(task.name for task in ahead) or (begun,))
    behind = tuple(task.name for task in (*ahead, *worked)) or (begun,)
    after = _lanes(f"{enclave} {act.name} look again", later, behind)
    return [
        Task(begun, after=waits),
        *ahead,
        *worked,
        *after,
        Task(ended, after=(*behind, *(each.name for each in after))),
    ]


def _lanes(
    name: str,
    looks: Sequence[Mapping[str, Any]],
    after: tuple[str, ...],
    width: int = WORKERS,
    groups: tuple[str, ...] = (),
) -> list[Task]:
    """Share the calls of a look out among its threads."""
    lanes: dict[int, list[Called]] = defaultdict(list)
    made: Counter[str] = Counter()
    lane_of: dict[str, int] = {}
    for number, event in enumerate(looks):
        call = _call(event)
        lane = number % width
        if call.entered:  # what is made, and who waits for it, are one thread's
            lane = made[call.name] % width
            made[call.name] += 1
            lane_of |= {id_: lane for _, id_ in call.entered}
        elif call.moved:
            lane = lane_of.get(call.moved[0], lane)
        lanes[lane].append(call)
    return [Task(f"{name} {number}", tuple(calls), after, groups) for number, calls in sorted(lanes.items())]


def _worked(life: Life, enclave: str, mine: Sequence[Mapping[str, Any]], after: tuple[str, ...]) -> list[Task]:
    """Give the engine's tasks; a step of a reset that makes a stack anew takes it down first."""
    if life.direction != "reset":
        return _resources(life.graph, enclave, mine, after, down=life.direction == "down")
    gone = [event for event in mine if event["doing"] == "deleting"]
    deleted = _resources(life.graph, f"{enclave} deleted", gone, after, down=True)
    then = tuple(task.name for task in deleted) or after
    rest = [event for event in mine if event["doing"] != "deleting"]
    return [*deleted, *_resources(life.graph, enclave, rest, then, down=False)]


def _resources(
    graph: Graph, name: str, mine: Sequence[Mapping[str, Any]], after: tuple[str, ...], *, down: bool
) -> list[Task]:
    """Give a task per resource, after those that it depends on; when deleting, after those that depend on it."""
    by_urn: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for event in mine:
        by_urn[event["urn"]].append(event)
    nearest = {urn: _nearest(urn, graph, by_urn.keys()) for urn in by_urn}
    if down:
        turned: dict[str, set[str]] = {urn: set() for urn in by_urn}
        for urn, others in nearest.items():
            for other in others:
                turned[other].add(urn)
        nearest = turned
    return [
        Task(
            f"{name} {urn}",
            tuple(map(_call, calls)),
            (*after, *(f"{name} {other}" for other in sorted(nearest[urn]))),
            (f"engine of {name.partition(' ')[0]}",),
        )
        for urn, calls in by_urn.items()
    ]


def _nearest(urn: str, graph: Graph, wanted: Iterable[str]) -> set[str]:
    """Find what a resource depends on among those that calls were made for, through those that none were made for."""
    there = set(wanted)
    found: set[str] = set()
    seen: set[str] = set()
    open_ = list(graph.get(urn, ()))
    while open_:
        other = open_.pop()
        if other in seen or other == urn:
            continue
        seen.add(other)
        if other in there:
            found.add(other)
        else:
            open_ += graph.get(other, ())
    return found


def _call(event: Mapping[str, Any]) -> Called:
    return Called(
        event["call"],
        event["account"],
        event["region"],
        settles=event["by"] == "provider" and event["status"] < 400,
        narrow=event["narrow"],
        entered=tuple((state, id_) for state, id_ in event.get("entered", ())),
        moved=tuple(event.get("moved", ())),
    )
