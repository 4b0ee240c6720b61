"""Which call meets which fault: decided by the seed and by counting, so that the same seed gives the same faults."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterable

from range.rehearsal.weather.rules import STATE_KINDS, Rule


class Faults:
    """The rules in force, and how often each has had something to decide.

    The n-th call of a name in an account meets what seed, rule and n say, whatever other accounts do meanwhile.
    """

    def __init__(self, rules: Iterable[Rule], seed: int) -> None:
        """Begin to count."""
        self.rules = tuple(rules)
        self.seed = seed
        self._seen: Counter[tuple[int, str, str]] = Counter()
        self._struck: Counter[int] = Counter()
        self._guard = threading.Lock()

    def of_call(self, name: str, account: str) -> Rule | None:
        """Give the first rule that befalls this call, if any does."""
        return self._met(name, account, states=False)

    def of_state(self, name: str, account: str) -> Rule | None:
        """Give the first rule that befalls a state that is just begun, if any does."""
        return self._met(name, account, states=True)

    @property
    def late_s(self) -> float:
        """How far the event history is behind."""
        return max((rule.seconds for rule in self.rules if rule.kind == "late"), default=0.0)

    @property
    def struck(self) -> int:
        """How many faults there have been."""
        return sum(self._struck.values())

    def _met(self, name: str, account: str, *, states: bool) -> Rule | None:
        with self._guard:
            for number, rule in enumerate(self.rules):
                if (rule.kind in STATE_KINDS) != states or rule.kind == "late" or not rule.matches(name, account):
                    continue
                self._seen[number, name, account] += 1
                if self._strikes(number, rule, name, account):
                    self._struck[number] += 1
                    return rule
        return None

    def _strikes(self, number: int, rule: Rule, name: str, account: str) -> bool:
        if rule.times and self._struck[number] >= rule.times:
            return False
        seen = self._seen[number, name, account]
        if seen <= rule.after:
            return False
        return rule.rate >= 1 or _share(f"{self.seed} {number} {name} {account} {seen}") < rule.rate


def _share(text: str) -> float:
    """Give a number from 0 up to 1 that only the text decides."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) / (1 << 64)
