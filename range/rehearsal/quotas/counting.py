"""Counting what there would be if a call were carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from range.rehearsal.areas.shelves import shelf
from range.rehearsal.call import Call


def one_more(things: Iterable[object]) -> int:
    """Count things, and the one that a call adds."""
    return sum(1 for _ in things) + 1


def on_shelf(name: str, same: str = "") -> Callable[[Call], int]:
    """Make what counts the things on a shelf of the caller's, only those that share one parameter with the call."""

    def count(call: Call) -> int:
        things = shelf(call, name).values()
        return one_more(each for each in things if not same or each.get(same) == call.params.get(same))

    return count
