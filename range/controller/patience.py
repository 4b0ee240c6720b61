"""How long those who have come as far wait for the others, before they are proven without them.

Waiting costs little where it is short beside what was waited for already, and nothing where the machine is at work all the
while: a proof more would take from the others what they need. So it is time in which the machine had leisure that counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

SHARE = 0.03
"""Of the time since the command began, in which the machine had leisure: what a slow ally may cost any other."""
MOST = 6.0
"""Times the time since the command began, on a machine that never has leisure: something else keeps it busy, or it brings up
forty enclaves by itself, of which the first wait four times as long for the last."""
LEAST_S = 3.0
"""Those who come within this time are proven at once, in the shortest of commands."""
LOOK_S = 0.5


class Patience:
    """One command's; it begins with it. Not to be used from two threads at once."""

    def __init__(self, has_leisure: Callable[[], bool], now: Callable[[], float] = time.monotonic) -> None:
        """Begin the command; `has_leisure` says whether the machine has had any since it was asked last."""
        self._has_leisure, self._now = has_leisure, now
        self._began = self._looked = now()
        self._leisure_s = 0.0

    def begun(self) -> Wait:
        """Begin to wait."""
        self.look(at_once=True)
        return Wait(self, self._now(), self._leisure_s)

    def look(self, *, at_once: bool = False) -> float:
        """Count the machine's leisure until now, in seconds since the command began."""
        now = self._now()
        if at_once or now - self._looked >= LOOK_S:
            if self._has_leisure():
                self._leisure_s += now - self._looked
            self._looked = now
        return self._leisure_s

    def is_over(self, since: float, leisure_s: float) -> bool:
        """Say whether a wait that was begun at a moment, with so much leisure until then, has been long enough."""
        so_far = since - self._began
        waited = self._now() - since
        return self.look() - leisure_s >= max(LEAST_S, SHARE * so_far) or waited >= max(LEAST_S, MOST * so_far)


@dataclass(frozen=True)
class Wait:
    """One enclave's wait for the others."""

    _patience: Patience
    _since: float
    _leisure_s: float

    def is_over(self) -> bool:
        """Say whether it has waited long enough."""
        return self._patience.is_over(self._since, self._leisure_s)
