"""How long a life takes on AWS, in simulated seconds: one run's calls gone through again for any number of enclaves.

The run is real (engine, provider, controller, rehearsal); only its time is simulated. Allies beyond the first are copies of the
first one's tasks, each in an account of its own; what they do in the hub's account is theirs, too, and shares its buckets.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import yaml

from bench.exercise import lean_exercise_of
from bench.figures import Figure
from bench.plot import drawn
from bench.run import Bench
from bench.runs import PARALLEL, PROOF, Graph, Life, events, graph, steps, tasks
from range.controller.patience import SHARE
from range.controller.phases import Direction
from range.controller.reset_steps import LEVELS
from range.controller.steps import Act, acts
from range.rehearsal.administration import set_weather
from range.rehearsal.process import start
from range.rehearsal.weather.latencies import latencies
from range.rehearsal.weather.makespan import Task, Terms, buckets_bound_s, critical_path_s, ends, makespan_s, renamed
from range.verify.taking import ACCOUNTS_AT_ONCE, QUESTIONS_AT_ONCE

SIZES = (1, 3, 12, 36)
LARGE = (50, 3)
"""Enclaves, and how many times an ally's resources: over two hundred each."""
HUB, ALLY = "hub", "alb"
OVER_PATH, GROWTH, HELD_UP = 1.3, 1.5, 1.05
GIVEN_UP_AFTER_S = 600.0
"""How long AWS's provider waits for an instance. Source: terraform-provider-aws, aws_instance, "Timeouts": create, 10 minutes."""
_BAD, _STUCK = 1, "bench:stuck"
"""Which copy of the ally fares badly, and the state that never ends."""
TOGETHER = {act.name for act in (*acts("up"), *chain(*LEVELS.values())) if act.together}
"""Steps that enclaves begin together, as long as patience lasts."""
DOCS = Path(__file__).parents[1] / "docs" / "figures"


@dataclass(frozen=True)
class Recorded:
    """The hub's and one ally's tasks of one command, and what it took on this machine."""

    hub: list[Task]
    ally: list[Task]
    account: str
    wall_s: float


def simulated() -> list[Figure]:
    """Record one life and tell its simulated time for each size."""
    recorded = _recorded()
    figures: list[Figure] = []
    for command, record in recorded.items():
        figures.append(Figure(f"`{command}` of hub and one ally, wall time", record.wall_s, "s"))
        spans = {size: _figures(command, record, size, figures) for size in SIZES}
        growth = spans[SIZES[-1]][0] / spans[SIZES[0]][0]
        figures.append(Figure(f"`{command}`, {SIZES[-1]} enclaves to one", growth, "times", GROWTH))
        figures += held_up(f"`{command}`", record, "provision" if command == "up" else "destroy")
        _plot(command, spans)
    copies = many(recorded["up"], *LARGE)
    began = time.monotonic()
    figures.append(
        Figure(f"`up`, {LARGE[0]} enclaves of {_resources(copies)} resources", makespan_s(copies, terms(copies)), "s")
    )
    figures.append(Figure("going through that again, wall time", time.monotonic() - began, "s"))
    return figures


def _figures(command: str, record: Recorded, size: int, figures: list[Figure]) -> tuple[float, ...]:
    """Tell one size's time, without throttling over its critical path, and with AWS's buckets over their bound."""
    copies = many(record, size)
    span_s, path_s = makespan_s(copies, terms(copies)), critical_path_s(copies, terms(copies))
    throttled_s = makespan_s(copies, terms(copies, throttling=1.0))
    bound_s = max(path_s, buckets_bound_s(copies))
    name = f"`{command}`, {size} enclave{'s' if size > 1 else ''}"
    figures += [
        Figure(f"{name}, simulated", span_s, "s"),
        Figure(f"{name}, over its critical path", span_s / path_s, "times", OVER_PATH),
        Figure(f"{name}, with AWS's buckets", throttled_s, "s"),
        Figure(f"{name}, with AWS's buckets over critical path or bound", throttled_s / bound_s, "times", OVER_PATH),
    ]
    return span_s, throttled_s, path_s


def held_up(command: str, record: Recorded, worked: str, size: int = 12) -> list[Figure]:
    """Tell by how much one ally that fares badly holds any other up, until a step is done and at the very end."""
    copies = many(record, size)
    calm = ends(copies, terms(copies))
    bad_days = {
        "ten times slower": ends(copies, terms(copies, slow={account_of(_BAD): 10.0})),
        "denied everything": ends(denied(copies), terms(copies)),
        "with a state that never ends": ends(stuck(copies), with_a_stuck_state(terms(copies))),
    }
    others = [f"ally{number}" for number, _ in enumerate([None] * size) if number != _BAD]
    found = []
    for how, bad in bad_days.items():
        for what, last in ((f"until `{worked}` is done", worked), ("until all is done", "")):
            ratio = max(_end(bad, other, last) / _end(calm, other, last) for other in others)
            found.append(Figure(f"{command}, one of {size} {how}, any other {what}", ratio, "times", HELD_UP))
    return found


def denied(copies: Iterable[Task]) -> list[Task]:
    """Leave out what an ally does whose account answers AccessDenied: its first step fails, and it takes no other."""
    return [task for task in copies if not task.name.startswith(f"ally{_BAD} ")]


def stuck(copies: Iterable[Task]) -> list[Task]:
    """Let the first state that an ally waits for never end, as where a host never comes up."""
    made = list(copies)
    waited = {id_ for task in made for call in task.calls for id_ in call.moved}
    for number, task in enumerate(made):
        own = [call for call in task.calls if any(id_ in waited for _, id_ in call.entered)]
        if own and task.name.startswith(f"ally{_BAD} "):
            calls = tuple(
                replace(call, entered=tuple((_STUCK, id_) for _, id_ in call.entered)) if call in own else call
                for call in task.calls
            )
            made[number] = replace(task, calls=calls)
            return made
    raise ValueError("the recorded ally waits for no state")


def with_a_stuck_state(calm: Terms) -> Terms:
    """Let that state end when AWS's provider would give it up."""
    known = calm.latencies
    return replace(calm, latencies=replace(known, states={**known.states, _STUCK: GIVEN_UP_AFTER_S}))


def _end(all_: Mapping[str, float], enclave: str, step: str) -> float:
    return max(
        end for name, end in all_.items()
        if name.startswith(f"{enclave} ") and (name == f"{enclave} {step} ended" if step else name.endswith(" ended"))
    )  # fmt: skip


def terms(copies: Iterable[Task], throttling: float = 0.0, slow: Mapping[str, float] | None = None) -> Terms:
    """Give AWS's latencies, and the controller's limits."""
    limits = dict.fromkeys({group for task in copies for group in task.groups}, PARALLEL)
    limits[PROOF] = ACCOUNTS_AT_ONCE * QUESTIONS_AT_ONCE
    return Terms(latencies("aws"), limits, throttling, slow or {}, SHARE)


def many(record: Recorded, size: int, times: int = 1) -> list[Task]:
    """Give the tasks of a hub and so many allies, each with so many times the recorded one's resources."""
    made = list(record.hub)
    for number, _ in enumerate([None] * size):
        accounts = {record.account: account_of(number)}
        made += renamed(record.ally, ALLY, f"ally{number}", accounts=accounts)
        for copy, _ in enumerate([None] * (times - 1)):
            again = renamed(record.ally, ALLY, f"ally{number}/{copy}", accounts=accounts)
            made += [
                Task(task.name, task.calls, task.after, _one_engine(task, number, copy))
                for task in again
                if PROOF not in task.groups  # an account is looked at once, however much is in it
            ]
    return [_joined(task, made) for task in made]


def _one_engine(task: Task, number: int, copy: int) -> tuple[str, ...]:
    return tuple(group.replace(f"ally{number}/{copy}", f"ally{number}") for group in task.groups)


def _joined(task: Task, made: Sequence[Task]) -> Task:
    """Have what waited for the recorded ally wait for all of its copies, and all of them hope for one another where steps do."""
    ally, _, what = task.name.partition(" ")

    def of_all(waited: set[str]) -> tuple[str, ...]:
        return tuple(
            each.name for each in made if each.name.partition(" ")[2] in waited and not each.name.startswith(f"{HUB} ")
        )

    if what.endswith(" begun") and ally != HUB and what.removesuffix(" begun") in TOGETHER:
        return replace(
            task, hoped=of_all({other.split(" ", 1)[1] for other in task.after if other.startswith(f"{ally} ")})
        )
    waited = {other.split(" ", 1)[1] for other in task.after if other.startswith(f"{ALLY} ")}
    if not waited:
        return task
    kept = [other for other in task.after if not other.startswith(f"{ALLY} ")]
    return replace(task, after=(*kept, *of_all(waited)))


def account_of(number: int) -> str:
    """Give the account of a copy."""
    return str(210000000000 + number)


def _resources(copies: Sequence[Task]) -> int:
    """Count the resources of the first copied ally."""
    return sum(bool(task.groups) and task.name.split(" ")[0].split("/")[0] == "ally0" for task in copies)


def _plot(command: str, spans: Mapping[int, Sequence[float]]) -> None:
    """Draw simulated time, with and without AWS's buckets, and the critical path, over the sizes."""
    DOCS.mkdir(exist_ok=True)
    names = ("simulated", "with AWS's buckets", "critical path")
    lines = {name: [(size, each[number]) for size, each in spans.items()] for number, name in enumerate(names)}
    drawn(DOCS / f"simulated-{command}.svg", f"range {command}, simulated time on AWS", "s", lines)


def _recorded() -> dict[Direction, Recorded]:
    """Bring a hub and one ally up and down, with every call written down."""
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        spec = lean_exercise_of(bench.folder, 3)
        home = bench.folder / ".range"
        bench.range("rehearsal", "start", spec, "--no-hosts")
        try:
            set_weather(start(home), events=True)
            return {command: _one(bench, spec, home, command) for command in ("up", "down")}
        finally:
            bench.range("rehearsal", "stop")


def _one(bench: Bench, spec: Path, home: Path, command: Direction) -> Recorded:
    known = graph(home) if command == "down" else {}
    began = time.time()
    run = bench.range(*{"up": ("up", "--ally", ALLY), "down": ("down", "--yes")}[command], spec)
    print(f"{command}: {run.seconds:.1f} s", file=sys.stderr, flush=True)
    return told(spec, home, (began, run.seconds), command, known=known or graph(home))


def told(
    spec: Path,
    home: Path,
    ran: tuple[float, float],
    direction: Direction,
    *,
    known: Graph,
    table: tuple[Act, ...] = (),
) -> Recorded:
    """Give the tasks that a command left which `ran` from a time of day on for some seconds, and whose graph is known."""
    began, wall_s = ran
    content = yaml.safe_load(spec.read_text())
    account = str(content["allies"][0]["account"])
    accounts = {account: ALLY, str(content["accounts"]["hub"]): HUB}
    walked = [each for each in steps(home) if each.enclave in (HUB, ALLY)]
    made = [each for each in events(home) if each["began"] >= began]
    found = tasks(Life(direction, HUB, accounts, walked, made, known, table))
    hub = [task for task in found if task.name.startswith(f"{HUB} ")]
    return Recorded(hub, [task for task in found if task not in hub], account, wall_s)


if __name__ == "__main__":
    print(json.dumps([str(figure) for figure in simulated()], indent=1))
