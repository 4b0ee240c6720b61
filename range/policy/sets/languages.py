"""Sets of texts, given by patterns: a text that is in some of them and in none of others, or the certainty of none.

A pattern is a small automaton whose states are the places in the pattern. Several are walked at once, breadth first,
over the letters that occur in them and one that doesn't: letters in no pattern are all alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain, count
from typing import TypeAlias

from range.errors import Undecided
from range.policy.patterns import Tokens, Wild, segments

_MOST_STATES = 20_000
_SPARE_LETTERS = "xyzwvqkj0123456789~!"
_COLON = ":"


class TooHard(Undecided):
    """More states than anybody's policies need; the question is left open."""


@dataclass(frozen=True)
class Place:
    """What a pattern takes at one place."""

    letters: str = ""
    """Any one of these; empty: any letter at all."""
    repeats: bool = False
    within_part: bool = False
    """Whether it takes no colon."""

    def takes(self, letter: str) -> bool:
        """Say whether it takes a letter."""
        if self.letters:
            return letter in self.letters
        return not (self.within_part and letter == _COLON)


@dataclass(frozen=True)
class Pattern:
    """A set of texts."""

    places: tuple[Place, ...]

    @cached_property
    def start(self) -> int:
        """The places where it may be before the first letter, as bits."""
        return self._with_skipped(1)

    @cached_property
    def _steps(self) -> dict[tuple[int, str], int]:
        return {}

    @cached_property
    def _letters(self) -> dict[int, tuple[frozenset[str], bool]]:
        return {}

    def step(self, at: int, letter: str) -> int:
        """Go on from some places by a letter."""
        known = self._steps.get((at, letter))
        if known is None:
            after = 0
            for number, place in enumerate(self.places):
                if at >> number & 1 and place.takes(letter):
                    after |= 1 << (number if place.repeats else number + 1)
            known = self._steps[at, letter] = self._with_skipped(after)
        return known

    def _with_skipped(self, at: int) -> int:
        for number, place in enumerate(self.places):
            if place.repeats and at >> number & 1:
                at |= 1 << (number + 1)
        return at

    def ends(self, at: int) -> bool:
        """Say whether a text may end here."""
        return bool(at >> len(self.places) & 1)

    def has(self, text: str) -> bool:
        """Say whether a text is in the set."""
        at = self.start
        for letter in text:
            at = self.step(at, letter)
            if not at:
                return False
        return self.ends(at)

    def next_letters(self, at: int) -> tuple[frozenset[str], bool]:
        """Give the letters that are told from others at some places, and whether others lead on, too."""
        known = self._letters.get(at)
        if known is None:
            places = [place for number, place in enumerate(self.places) if at >> number & 1]
            letters = frozenset(letter for place in places for letter in place.letters)
            known = self._letters[at] = (letters, any(not place.letters for place in places))
        return known

    @property
    def only_text(self) -> str | None:
        """The only text in the set, if it has but one."""
        if all(len(place.letters) == 1 and not place.repeats for place in self.places):
            return "".join(place.letters for place in self.places)
        return None


Union: TypeAlias = tuple[Pattern, ...]
"""What is in any of several sets."""
EVERYTHING: Union = (Pattern((Place(repeats=True),)),)


def in_union(union: Union, text: str) -> bool:
    """Say whether a text is in any of several sets."""
    return any(pattern.has(text) for pattern in union)


@lru_cache(maxsize=4_096)
def whole(tokens: Tokens, *, ignoring_case: bool = False) -> Pattern:
    """Give what `glob` takes."""
    return Pattern(tuple(_places(tokens, within_part=False, ignoring_case=ignoring_case)))


@lru_cache(maxsize=4_096)
def part_by_part(tokens: Tokens, *, last_expands: bool) -> Pattern | None:
    """Give what `by_parts` takes; None if that is nothing."""
    *before, last = segments(tokens)
    if len(before) < 5 and not (last_expands and last and last[-1] is Wild.STAR):
        if any(isinstance(token, Wild) for part in (*before, last) for token in part):
            return None
        return whole(tokens)
    places: list[Place] = []
    for part in before:
        places.extend(_places(tuple(part), within_part=True))
        places.append(Place(_COLON))
    return Pattern((*places, *_places(tuple(last), within_part=False)))


def _places(tokens: Tokens, *, within_part: bool, ignoring_case: bool = False) -> Iterator[Place]:
    for token in tokens:
        if isinstance(token, Wild):
            yield Place(repeats=token is Wild.STAR, within_part=within_part)
        else:
            for letter in token:
                both = letter.lower() + letter.upper() if ignoring_case and letter.isalpha() else letter
                yield Place(both if letter.isascii() else letter)


def example(inside: Sequence[Union], outside: Sequence[Union]) -> str | None:
    """Give a text that is in each of some unions and in none of others; None if there is none.

    Raises:
        TooHard: nobody can wait for the answer.
    """
    unions = sorted(inside, key=_effort) or [EVERYTHING]
    first, *others = unions
    barred = [pattern for union in outside for pattern in union]
    for lead in first:
        text = lead.only_text
        if text is None:
            text = _walked(lead, others, barred)
        elif not all(in_union(union, text) for union in others) or any(each.has(text) for each in barred):
            text = None
        if text is not None:
            return text
    return None


def _effort(union: Union) -> tuple[bool, int]:
    """Say how much work it is to go through a union: single texts are tried, patterns are walked."""
    return any(pattern.only_text is None for pattern in union), len(union)


def _walked(lead: Pattern, others: Sequence[Union], barred: Sequence[Pattern]) -> str | None:
    """Walk one pattern, several unions and what is barred at once, to the shortest text that ends right."""
    flat = (lead, *(pattern for union in others for pattern in union), *barred)
    needed = _groups(others)
    first_barred = len(flat) - len(barred)
    spare = _spare(flat)
    state = tuple(pattern.start for pattern in flat)
    seen = {state}
    ahead = [("", state)]
    while ahead:
        longer = []
        for text, state in ahead:
            if _accepts(flat, state, needed, first_barred):
                return text
            for letter in _letters(flat, state, spare):
                after = tuple(pattern.step(at, letter) if at else 0 for pattern, at in zip(flat, state, strict=True))
                if after in seen or not after[0] or not all(any(after[start:end]) for start, end in needed):
                    continue
                seen.add(after)
                longer.append((text + letter, after))
            if len(seen) > _MOST_STATES:
                raise TooHard(f"patterns with more than {_MOST_STATES} states together")
        ahead = longer
    return None


def _groups(unions: Sequence[Union]) -> list[tuple[int, int]]:
    """Give where each union begins and ends behind the leading pattern."""
    groups, start = [], 1
    for union in unions:
        groups.append((start, start + len(union)))
        start += len(union)
    return groups


def _accepts(
    flat: Sequence[Pattern], state: Sequence[int], needed: Sequence[tuple[int, int]], first_barred: int
) -> bool:
    ends = [pattern.ends(at) for pattern, at in zip(flat, state, strict=True)]
    return ends[0] and all(any(ends[start:end]) for start, end in needed) and not any(ends[first_barred:])


def _letters(patterns: Sequence[Pattern], state: Sequence[int], spare: str) -> list[str]:
    """Give the letters that lead on differently from a state; one that nothing knows stands for all others."""
    letters, others = patterns[0].next_letters(state[0])
    if not others:
        return sorted(letters)
    told_apart = {letter for each, at in zip(patterns, state, strict=True) if at for letter in each.next_letters(at)[0]}
    return [spare, *sorted(told_apart | {_COLON})]


def _spare(patterns: Sequence[Pattern]) -> str:
    """Give a letter that no pattern knows."""
    known = {letter for pattern in patterns for place in pattern.places for letter in place.letters} | {_COLON}
    return next(letter for letter in chain(_SPARE_LETTERS, map(chr, count(0x100))) if letter not in known)
