"""How long a run would have taken on AWS: its calls gone through again in simulated time, whatever machine they were made on.

A run leaves tasks behind: what was done one call after another, and after which other tasks. Here each call takes what the
latency profile says, each state lasts as long as it does on AWS, and nothing else takes any time. With limits (how many tasks
of a group are under way at once) and token buckets that is the makespan; without any, the critical path.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from range.rehearsal.messages import Request
from range.rehearsal.weather.buckets import Buckets
from range.rehearsal.weather.latencies import Latencies
from range.rehearsal.weather.sight import Sight

_NARROW = Request("POST", "http://aws/", {}, b"MaxResults=")
_WIDE = Request("POST", "http://aws/", {}, b"")
_IMPATIENT = -1
"""Instead of a call's number: patience is over."""


@dataclass(frozen=True)
class Called:
    """One call of a task."""

    name: str
    account: str
    region: str
    settles: bool = False
    """Whether its task waits until the effect is in force."""
    narrow: bool = True
    entered: tuple[tuple[str, str], ...] = ()
    """States that it began, and of what."""
    moved: tuple[str, ...] = ()
    """What it found further on: its task had waited for that."""

    @property
    def sight(self) -> Sight:
        """The call as buckets see it."""
        service, _, operation = self.name.partition(".")
        return Sight(service, operation, self.account, self.region, _NARROW if self.narrow else _WIDE)


@dataclass(frozen=True)
class Task:
    """What is done one call after another."""

    name: str
    calls: tuple[Called, ...] = ()
    after: tuple[str, ...] = ()
    """Tasks that have to be over before."""
    groups: tuple[str, ...] = ()
    """Groups of which it takes one place each while it is under way."""
    hoped: tuple[str, ...] = ()
    """Tasks that it waits for besides, as long as patience lasts."""


@dataclass(frozen=True)
class Terms:
    """On what terms calls are gone through."""

    latencies: Latencies
    limits: Mapping[str, int] = field(default_factory=dict)
    """How many tasks of a group are under way at once; a group that isn't named has no limit."""
    throttling: float = 0.0
    """The scale of AWS's token buckets; 0 throttles nothing."""
    slow: Mapping[str, float] = field(default_factory=dict)
    """Accounts that take so many times as long."""
    patience: float = 0.0
    """How long tasks wait for what they only hope for: a share of the time until all is over that they have to wait for."""


class _Replay:
    """One pass over tasks, from moment to moment."""

    def __init__(self, tasks: Iterable[Task], terms: Terms) -> None:
        self.tasks = {task.name: task for task in tasks}
        self.terms = terms
        self.ends: dict[str, float] = {}
        self._buckets = Buckets(terms.throttling) if terms.throttling else None
        self._due: dict[str, float] = {}
        self._inside: Counter[str] = Counter()
        self._queues: dict[tuple[str, ...], deque[str]] = defaultdict(deque)
        self._now_s = 0.0
        self._events: list[tuple[float, int, str, int]] = []
        self._number = 0
        self._missing = {
            name: sum(other in self.tasks for other in set(task.after)) for name, task in self.tasks.items()
        }
        self._followers: dict[str, list[str]] = defaultdict(list)
        for name, task in self.tasks.items():
            for other in set(task.after):
                self._followers[other].append(name)
        self._hoped: dict[str, set[str]] = {
            name: set(task.hoped) & self.tasks.keys() for name, task in self.tasks.items()
        }
        self._hopers: dict[str, list[str]] = defaultdict(list)
        for name, hoped in self._hoped.items():
            for other in hoped:
                self._hopers[other].append(name)
        self._begun: set[str] = set()

    def run(self) -> dict[str, float]:
        """Go through all of it; give when each task ended."""
        for name in [name for name, missing in self._missing.items() if not missing]:
            self._hope(name)
        while self._events:
            now_s, _, name, number = heapq.heappop(self._events)
            self._now_s = now_s
            if number == _IMPATIENT:
                self._want(name)
                continue
            calls = self.tasks[name].calls
            if number < len(calls):
                self._at(self._called(calls[number], now_s), name, number + 1)
            else:
                self._over(name, now_s)
        if len(self.ends) < len(self.tasks):
            raise ValueError(f"tasks wait for one another: {sorted(set(self.tasks) - set(self.ends))[:5]}")
        return self.ends

    def _at(self, when_s: float, name: str, number: int) -> None:
        self._number += 1
        heapq.heappush(self._events, (when_s, self._number, name, number))

    def _called(self, call: Called, now_s: float) -> float:
        """Give when the task can go on after a call."""
        terms = self.terms
        times = terms.slow.get(call.account, 1.0)
        if self._buckets is not None:
            now_s = self._buckets.when_taken(call.sight, now_s)
        now_s += times * terms.latencies.call_s(call.name)
        for state, id_ in call.entered:
            self._due[id_] = now_s + times * terms.latencies.states.get(state, 0.0)
        if call.settles:
            now_s += times * terms.latencies.settle_s(call.name)
        return max([now_s, *(self._due.get(id_, 0.0) for id_ in call.moved)])

    def _over(self, name: str, now_s: float) -> None:
        self.ends[name] = now_s
        freed = set(self.tasks[name].groups)
        self._inside.subtract(freed)
        for groups in [groups for groups, queue in self._queues.items() if queue and freed.intersection(groups)]:
            self._admit(groups)
        for follower in self._followers[name]:
            self._missing[follower] -= 1
            if not self._missing[follower]:
                self._hope(follower)
        for hoper in self._hopers[name]:
            self._hoped[hoper].discard(name)
            if not self._hoped[hoper] and not self._missing[hoper]:
                self._want(hoper)

    def _hope(self, name: str) -> None:
        """Let a task wait for what it only hopes for, but not for ever."""
        if self._hoped[name]:
            self._at(self._now_s * (1 + self.terms.patience), name, _IMPATIENT)
        else:
            self._want(name)

    def _want(self, name: str) -> None:
        """Queue a task that nothing but room is missing for."""
        if name in self._begun:
            return
        self._begun.add(name)
        groups = self.tasks[name].groups
        self._queues[groups].append(name)
        self._admit(groups)

    def _admit(self, groups: tuple[str, ...]) -> None:
        """Begin what may begin of those that want these places, first come first served."""
        queue = self._queues[groups]
        while queue and all(self._inside[each] < self.terms.limits.get(each, len(self.tasks)) for each in groups):
            self._inside.update(groups)
            self._at(self._now_s, queue.popleft(), 0)


def ends(tasks: Iterable[Task], terms: Terms) -> dict[str, float]:
    """Give when each task ends, in simulated seconds from the beginning of all.

    Raises:
        ValueError: tasks wait for one another.
    """
    return _Replay(tasks, terms).run()


def makespan_s(tasks: Iterable[Task], terms: Terms) -> float:
    """Give when the last task ends."""
    return max(ends(tasks, terms).values(), default=0.0)


def critical_path_s(tasks: Iterable[Task], terms: Terms) -> float:
    """Give the makespan without limits and buckets: no order and no number of engines could be faster."""
    return makespan_s(tasks, replace(terms, limits={}, throttling=0.0))


def buckets_bound_s(tasks: Iterable[Task], throttling: float = 1.0) -> float:
    """Give how long the buckets alone make it last: the last token of the emptiest of them."""
    buckets = Buckets(throttling)
    taken = [buckets.when_taken(call.sight, 0.0) for task in tasks for call in task.calls]
    return max(taken, default=0.0)


def renamed(tasks: Sequence[Task], old: str, new: str, *, accounts: Mapping[str, str]) -> list[Task]:
    """Give an enclave's tasks as another enclave's, in accounts of its own; what they share with others stays."""
    own = {task.name for task in tasks}
    things = {id_ for task in tasks for call in task.calls for _, id_ in call.entered}

    def name(text: str) -> str:
        return f"{new}{text.removeprefix(old)}" if text in own else text

    def thing(id_: str) -> str:
        return f"{new} {id_}" if id_ in things else id_

    def called(call: Called) -> Called:
        return replace(
            call,
            account=accounts.get(call.account, call.account),
            entered=tuple((state, thing(id_)) for state, id_ in call.entered),
            moved=tuple(map(thing, call.moved)),
        )

    return [
        Task(
            name(task.name),
            tuple(map(called, task.calls)),
            tuple(map(name, task.after)),
            tuple(group.replace(old, new) for group in task.groups),
            tuple(map(name, task.hoped)),
        )
        for task in tasks
    ]
