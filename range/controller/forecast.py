"""How far a walk is and how long it has to go, from what earlier ones took."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from range.records.plan import Record


class Run(Record):
    """One step of one command on one enclave, as the journal has it."""

    command: int
    enclave: str
    step: str
    began: datetime
    ended: datetime | None
    outcome: str | None

    @property
    def seconds(self) -> float:
        """How long it took; 0 while it runs."""
        return (self.ended - self.began).total_seconds() if self.ended else 0.0


class Forecast(Record):
    """How far a walk is."""

    done: int
    of: int
    left_s: float
    """What earlier walks of the same kind took for the steps that are still to come, less what the present one took."""


def forecast(runs: Iterable[Run], enclave: str, now: datetime) -> Forecast | None:
    """Say how far an enclave's walk is that is under way; None where no earlier one tells."""
    walks: dict[tuple[int, str], list[Run]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: (run.command, run.began)):
        walks[run.command, run.enclave].append(run)
    own = [walk for (_, name), walk in walks.items() if name == enclave]
    if not own or own[-1][-1].ended is not None:
        return None
    present = own[-1]
    earlier = [walk for walk in walks.values() if walk is not present and _whole(walk) and _alike(walk, present)]
    if not earlier:
        return None
    best = max(earlier, key=lambda walk: (walk[0].enclave == enclave, walk[0].command))
    done = sum(1 for run in present if run.ended is not None)
    elapsed = (now - present[-1].began).total_seconds()
    left = sum(run.seconds for run in best[done:]) - elapsed
    return Forecast(done=done, of=len(best), left_s=round(max(left, 0.0), 1))


def _whole(walk: list[Run]) -> bool:
    return all(run.outcome == "done" for run in walk)


def _alike(walk: list[Run], present: list[Run]) -> bool:
    """Say whether a walk took the same steps as far as the present one has come."""
    return [run.step for run in walk[: len(present)]] == [run.step for run in present] and len(walk) >= len(present)
