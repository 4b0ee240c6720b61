"""The form of a row of the table of states."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from range.rehearsal.states.passing import Passing


@dataclass(frozen=True)
class Row:
    """One kind of thing that passes through states."""

    kind: str
    passes: str
    """The states in order, as docs list them."""
    looks: Mapping[str, str]
    """The calls that look at it, and their parameter that names it; an empty one where they show it by the way."""
    move: Callable[[Passing], str | None]
    """Takes it one step on; gives the state that it is in then, where that doesn't last either."""
