"""Sets of whole numbers as sorted, disjoint spans: addresses and traffic alike are such sets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

Span = tuple[int, int]
"""From the first number to the last, both included."""
Spans = tuple[Span, ...]
"""Sorted, and no two overlap or touch; equal sets are therefore equal tuples."""

NOTHING: Spans = ()


def spans_of(parts: Iterable[Span]) -> Spans:
    """Give the set of all numbers in any of the parts, which may overlap and stand in any order."""
    merged: list[Span] = []
    for low, high in sorted(parts):
        if merged and low <= merged[-1][1] + 1:
            if high > merged[-1][1]:
                merged[-1] = (merged[-1][0], high)
        else:
            merged.append((low, high))
    return tuple(merged)


def union(one: Spans, other: Spans) -> Spans:
    """Give what is in either."""
    if not one or not other:
        return one or other
    return one if one == other else spans_of((*one, *other))


def intersection(one: Spans, other: Spans) -> Spans:
    """Give what is in both."""
    if one == other:
        return one
    found: list[Span] = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if low <= high:
            found.append((low, high))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def difference(one: Spans, other: Spans) -> Spans:
    """Give what is in the first and not in the second."""
    left: list[Span] = []
    for low, high in one:
        for cut_low, cut_high in other:
            if cut_high < low:
                continue
            if cut_low > high:
                break
            if cut_low > low:
                left.append((low, cut_low - 1))
            low = cut_high + 1
        if low <= high:
            left.append((low, high))
    return tuple(left)


def covers(one: Spans, other: Spans) -> bool:
    """Say whether everything in the second is in the first."""
    return not difference(other, one)


def holds(spans: Spans, number: int) -> bool:
    """Say whether a number is in the set."""
    place = bisect_right(spans, (number, number))
    if place < len(spans) and spans[place][0] == number:
        return True
    return place > 0 and spans[place - 1][1] >= number
