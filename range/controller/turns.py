"""Whose turn it is: enclaves walk side by side, and a step that is taken in turn waits for those who go before."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence


class Turns:
    """Who goes before whom in one command: sets of enclaves, one set after another. Used from every walk's thread."""

    def __init__(self, order: Sequence[Sequence[str]]) -> None:
        """Keep the order: on the way up the hub before its enclaves, on the way down after them."""
        self._rank = {enclave: number for number, rank in enumerate(order) for enclave in rank}
        self._done: dict[tuple[str, str], bool] = {}
        self._ended: set[str] = set()
        self._here: set[tuple[str, str]] = set()
        self._gathered: dict[str, float] = {}
        self._news = threading.Condition()

    def wait(self, enclave: str, step: str) -> tuple[str, ...]:
        """Wait until nobody before an enclave is still to take a step; give those who didn't get through it."""
        before = [other for other, rank in self._rank.items() if rank < self._rank[enclave]]
        with self._news:
            self._news.wait_for(lambda: all(self._over(other, step) for other in before))
            return tuple(other for other in before if not self._done.get((other, step)))

    def gather(self, enclave: str, step: str) -> float:
        """Wait until everybody has come as far as this step, or takes no more; give when that was, by the monotonic clock."""
        with self._news:
            self._here.add((enclave, step))
            self._news.notify_all()
            self._news.wait_for(lambda: all((one, step) in self._here or one in self._ended for one in self._rank))
            return self._gathered.setdefault(step, time.monotonic())

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
