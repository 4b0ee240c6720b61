"""Longest prefix match over a route table, made once and asked often."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from range.verify.intervals import Span, Spans, spans_of
from range.verify.model import Route


class Lookup:
    """A route table cut into stretches of addresses; in each the same routes win.

    Among routes to the same block the lowest rank wins. Where AWS doesn't say which of several does, all of them are
    given: what follows must hold whichever it is.
    """

    def __init__(self, routes: Iterable[Route]) -> None:
        """Cut the line of addresses at every block's ends."""
        best: dict[Span, tuple[Route, ...]] = {}
        for route in sorted(routes, key=lambda one: (one.rank, one.target.kind, one.target.id)):
            if route.block is None:
                continue
            held = best.get(route.block, ())
            if not held or (held[0].rank == route.rank and all(route.target != one.target for one in held)):
                best[route.block] = (*held, route)
        self._starts: list[int] = [0]
        self._winners: list[tuple[Route, ...]] = [()]
        self._cut(best)

    def _cut(self, best: dict[Span, tuple[Route, ...]]) -> None:
        """Walk over the blocks, which are nested or apart, keeping the open ones on a stack."""
        opened: list[Span] = []
        for block in sorted(best, key=lambda one: (one[0], -one[1])):
            self._close(opened, best, block[0])
            self._begin(block[0], best[block])
            opened.append(block)
        self._close(opened, best, None)

    def _close(self, opened: list[Span], best: dict[Span, tuple[Route, ...]], before: int | None) -> None:
        """End the blocks that end before an address; what surrounds them goes on."""
        while opened and (before is None or opened[-1][1] < before):
            ended = opened.pop()
            self._begin(ended[1] + 1, best[opened[-1]] if opened else ())

    def _begin(self, start: int, winners: tuple[Route, ...]) -> None:
        """Begin a stretch; one that begins where another does replaces it."""
        if self._starts[-1] == start:
            self._winners[-1] = winners
        else:
            self._starts.append(start)
            self._winners.append(winners)

    def find(self, address: int) -> tuple[Route, ...]:
        """Give the routes that win for an address; none where there is no route."""
        return self._winners[bisect_right(self._starts, address) - 1]

    def stretches(self) -> Iterable[tuple[Span, tuple[Route, ...]]]:
        """Give every stretch that has a route."""
        for place, winners in enumerate(self._winners):
            if winners:
                yield (self._starts[place], self._starts[place + 1] - 1), winners

    def addresses_to(self, kinds: frozenset[str]) -> Spans:
        """Give the addresses that are sent to a target of one of the kinds."""
        return spans_of(span for span, routes in self.stretches() if any(one.target.kind in kinds for one in routes))
