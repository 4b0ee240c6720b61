"""Steps that only write down that they were done, and an engine that only knows names."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from range.controller.outcome import Outcome
from range.controller.site import Site
from range.controller.steps import Act
from range.provision.state import Known, State

ENCLAVES = ("gbr", "est", "pol")


@dataclass
class Recorder:
    """Fake steps: they write down who did what when, and do what a test tells them to."""

    done: list[tuple[str, str]] = field(default_factory=list)
    doing: dict[tuple[str, str], Callable[[Site], Outcome]] = field(default_factory=dict)
    most_at_once: int = 0
    defects: list[str] = field(default_factory=list)
    _now: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def act(self, name: str, **values: Any) -> Act:
        def run(site: Site) -> Outcome:
            with self._guard:
                self.done.append((name, site.enclave))
                self._now += 1
                self.most_at_once = max(self.most_at_once, self._now)
            try:
                doing = self.doing.get((name, site.enclave))
                return doing(site) if doing else Outcome()
            finally:
                with self._guard:
                    self._now -= 1

        return Act(name, run, **{"width": 4, "help": name, **values})

    def begun(self, enclave: str, act: Act) -> None:
        """Nothing to show."""

    def ended(self, enclave: str, act: Act, outcome: Outcome) -> None:
        """Nothing to show."""

    def defect(self, enclave: str, act: Act, trace: str) -> None:
        self.defects.append(trace)


class FakeEngine:
    """Knows some stacks, and counts how often it was told to stop, and to make itself ready."""

    def __init__(self) -> None:
        self.interrupts = 0
        self.loads = 0
        self.standing: set[str] = set()

    def state(self, stack: str) -> State:
        return State(resources=(Known(urn="something", type="something"),) if stack in self.standing else ())

    def look_again(self) -> None:
        """Nothing was known."""

    def load_ahead(self) -> None:
        self.loads += 1

    def interrupt(self) -> None:
        self.interrupts += 1
