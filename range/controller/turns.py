"""Whose turn it is: enclaves walk side by side, and a step that is taken in turn waits for those who go before."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from range.controller.patience import LOOK_S, Patience, Wait


@dataclass(frozen=True)
class Gathered:
    """Those who went on with a step together, as one of them sees it."""

    since: float
    """When they did, by the monotonic clock: the same moment for all of them."""
    absent: Callable[[], frozenset[str]] = frozenset
    """Who hasn't come as far now."""
    moving: Callable[[], bool] = bool
    """Whether one of those is still on the way now."""
    passed: Callable[[], frozenset[str]] = frozenset
    """Who got through the step before, without those who came later."""
    again: Callable[[], Gathered] | None = None
    """Wait anew."""


class Turns:
    """Who goes before whom in one command: sets of enclaves, one set after another. Used from every walk's thread."""

    def __init__(self, order: Sequence[Sequence[str]], patience: Patience | None = None) -> None:
        """Keep the order: on the way up the hub before its enclaves, on the way down after them.

        Without a `patience`, those who gather wait for all.
        """
        self._patience = patience
        self._rank = {enclave: number for number, rank in enumerate(order) for enclave in rank}
        self._done: dict[tuple[str, str], bool] = {}
        self._ended: set[str] = set()
        self._here: set[tuple[str, str]] = set()
        self._complete: dict[str, float] = {}
        """By step, when everybody was there."""
        self._went_on: dict[str, float] = {}
        """By step, when those who were there last went on without the others."""
        self._news = threading.Condition()

    def wait(self, enclave: str, step: str) -> tuple[str, ...]:
        """Wait until nobody before an enclave is still to take a step; give those who didn't get through it."""
        before = [other for other, rank in self._rank.items() if rank < self._rank[enclave]]
        with self._news:
            self._news.wait_for(lambda: all(self._over(other, step) for other in before))
            return tuple(other for other in before if not self._done.get((other, step)))

    def gather(self, enclave: str, step: str) -> Gathered:
        """Wait until everybody has come as far as this step, or takes no more.

        With those who take the same turn patience may end first: then all who are there go on, and those who come later
        gather anew. Those whose turn is another are waited for as long as it takes.
        """
        with self._news:
            self._here.add((enclave, step))
            self._news.notify_all()
            arrived = time.monotonic()
            wait = self._patience.begun() if self._patience is not None else None
            while (since := self._gone_on(enclave, step, arrived, wait)) is None:
                self._news.wait(None if wait is None else LOOK_S)
        return Gathered(
            since,
            absent=lambda: self._absent(step),
            moving=lambda: bool(self._absent(step, moving=True)),
            passed=lambda: self._passed(step),
            again=lambda: self.gather(enclave, step),
        )

    def _gone_on(self, enclave: str, step: str, arrived: float, wait: Wait | None) -> float | None:
        """Give when those who are there went on, all of them by the same moment; None while they still wait."""
        if all((one, step) in self._here or one in self._ended for one in self._rank):
            return self._complete.setdefault(step, time.monotonic())
        mine = self._rank.get(enclave)
        if any(
            self._rank[one] != mine and (one, step) not in self._here and one not in self._ended for one in self._rank
        ):
            return None
        if self._went_on.get(step, -1.0) >= arrived:
            return self._went_on[step]
        if wait is not None and wait.is_over():
            self._went_on[step] = time.monotonic()
            self._news.notify_all()
            return self._went_on[step]
        return None

    def _absent(self, step: str, *, moving: bool = False) -> frozenset[str]:
        """Name those who haven't come as far as a step, or those of them who are still on their way."""
        with self._news:
            away = frozenset(one for one in self._rank if (one, step) not in self._here)
            return away - self._ended if moving else away

    def _passed(self, step: str) -> frozenset[str]:
        """Name those who got through a step."""
        with self._news:
            return frozenset(one for one in self._rank if self._done.get((one, step)))

    def passed(self, enclave: str, steps: Iterable[str]) -> None:
        """Tell that an enclave got through steps, perhaps in a command that was killed: nobody needs to wait for them."""
        with self._news:
            self._done.update({(enclave, step): True for step in steps})
            self._here.update((enclave, step) for step in steps)
            self._news.notify_all()

    def taken(self, enclave: str, step: str, *, done: bool) -> None:
        """Tell that an enclave has taken a step, and whether that went well."""
        with self._news:
            self._done[enclave, step] = done
            self._news.notify_all()

    def ended(self, enclave: str, done: Iterable[str]) -> None:
        """Tell that an enclave takes no more steps, and which it got through, now or in a walk that it went on with."""
        with self._news:
            self._done.update({(enclave, step): True for step in done})
            self._ended.add(enclave)
            self._news.notify_all()

    def _over(self, enclave: str, step: str) -> bool:
        return (enclave, step) in self._done or enclave in self._ended
