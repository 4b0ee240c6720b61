"""A value for one variable of a request that fits everything that is said of it, or the certainty that none does.

Texts are solved as sets; numbers, dates and addresses by trying every value at which anything can change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from ipaddress import ip_network
from itertools import pairwise
from typing import TypeAlias

from range.policy.comparisons import moment, number
from range.policy.keys import ALWAYS, SEVERAL, is_modelled
from range.policy.match import MAYBE, NO, YES
from range.policy.names import Quantifier
from range.policy.patterns import pattern
from range.policy.request import Request
from range.policy.sets.atoms import Atom, Pins
from range.policy.sets.languages import EVERYTHING, Union, example, whole

Wanted: TypeAlias = tuple[Atom, bool]
"""An atom that has to hold, possibly, or that must not hold for certain."""
Value: TypeAlias = tuple[str, ...] | None
"""Of a condition key; None: missing."""

_AN_ARN: Union = (whole(pattern("arn:aws*:*:*:*:*")),)


@dataclass(frozen=True)
class Found:
    """A value that fits."""

    value: Value


@dataclass(frozen=True)
class Unsure:
    """No value was found, and none is ruled out."""

    why: str


Solution: TypeAlias = Found | Unsure | None
"""None: there is no such value."""


def text(inside: Sequence[Union], wanted: Sequence[Wanted]) -> str | None:
    """Find an action or a resource: one of those asked about, that fits; one that fits for certain if there is one."""
    found = _text(inside, wanted, strict=True)
    return _text(inside, wanted, strict=False) if found is None else found


def _text(inside: Sequence[Union], wanted: Sequence[Wanted], *, strict: bool) -> str | None:
    needed, barred = list(inside), []
    for atom, holds in wanted:
        union = atom.possible if (holds != atom.negated) != strict else atom.certain
        if holds != atom.negated:
            needed.append(union)
        else:
            barred.append(union)
    return example(needed, barred)


class Keys:
    """Finds values for condition keys, in the requests of one principal."""

    def __init__(self, base: Request, pins: Pins) -> None:
        """Keep what is given; the request lends its principal, with everything else left out."""
        self._base = base
        self._pins = pins
        self._context = {key: values for key, values in pins.items() if values is not None}

    def solve(self, key: str, wanted: Sequence[Wanted]) -> Solution:
        """Find a value for one key."""
        if key in self._pins:
            value = self._pins[key]
            return Found(value) if self._fits(key, value, wanted) else None
        last: Solution = None
        for strict in (True, False):
            if key not in ALWAYS and self._fits(key, None, wanted, strict=strict):
                return Found(None)
            present = self._present(key, wanted, strict=strict)
            if isinstance(present, Found):
                return present
            last = last or present
        return last

    def _fits(self, key: str, value: Value, wanted: Sequence[Wanted], *, strict: bool = False) -> bool:
        """Ask the conditions themselves."""
        context = dict(self._context)
        if value is None:
            context.pop(key, None)
        else:
            context[key] = value
        base = self._base
        request = Request(base.principal, base.action, base.resource, base.resource_account, context, complete=True)
        for atom, holds in wanted:
            assert atom.check is not None
            sureness = atom.check(request, [])
            if sureness == (NO if holds else YES) or (strict and sureness == MAYBE):
                return False
        return True

    def _present(self, key: str, wanted: Sequence[Wanted], *, strict: bool) -> Solution:
        others = [each for each in wanted if not (each[0].operator and each[0].operator.name == "Null")]
        nulls = [each for each in wanted if each not in others]
        if not self._fits(key, ("x",), nulls):
            return None
        if not all(atom.is_of_texts for atom, _ in others):
            return self._tried(key, others, strict=strict)
        several = key in SEVERAL or not is_modelled(key)
        if several and any(atom.operator and atom.operator.quantifier for atom, _ in others):
            return _several(others, strict=strict)
        arns = [_AN_ARN] if any(atom.operator and atom.operator.name.startswith("Arn") for atom, _ in others) else []
        found = _text(arns, others, strict=strict)
        if found is None:
            return Unsure(f"{key} may have several values") if key in SEVERAL else None
        return Found((found,))

    def _tried(self, key: str, wanted: Sequence[Wanted], *, strict: bool) -> Solution:
        """Try every value at which a comparison can change; what is compared as numbers has only numbers."""
        families = {_family(atom) for atom, _ in wanted}
        one_kind = len(families) == 1 and families <= _DEFAULTS.keys() and key not in SEVERAL
        for value in dict.fromkeys(_turning_points(wanted, families if one_kind else {*families, "other"})):
            if self._fits(key, (value,), wanted, strict=strict):
                return Found((value,))
        return None if one_kind else Unsure(f"conditions of several kinds on {key}")


def _family(atom: Atom) -> str:
    name = atom.operator.name if atom.operator else ""
    return next((family for family in ("Bool", "Numeric", "Date", "Ip") if name.startswith(family)), "other")


def _several(wanted: Sequence[Wanted], *, strict: bool) -> Solution:
    """Find several values: each is in everything that is said of all, and one is in each thing that is said of any."""
    every: list[Wanted] = []
    some: list[Wanted] = []
    for atom, holds in wanted:
        assert atom.operator is not None
        if atom.operator.quantifier is Quantifier.ONE:
            return Unsure("a key with several values is compared as if it had one")
        of_all = (atom.operator.quantifier is Quantifier.ALL) == holds
        (every if of_all else some).append((atom, holds))
    values = []
    for each in [[one] for one in some] or [[]]:
        found = _text([EVERYTHING], [*every, *each], strict=strict)
        if found is None:
            return None
        values.append(found)
    return Found(tuple(dict.fromkeys(values)))


_DEFAULTS = {"Bool": ("true", "false"), "Numeric": ("0",), "Date": ("2026-01-01T00:00:00Z",), "Ip": ("192.0.2.1",)}
"""A value of each kind, for conditions that want something which is none."""


def _turning_points(wanted: Sequence[Wanted], families: set[str]) -> Iterator[str]:
    """Give values at, and on both sides of, everything that is compared with."""
    atoms = [atom for atom, _ in wanted]
    yield from (value for family in families for value in _DEFAULTS.get(family, ()))
    numbers = [number(value) for atom in atoms if _family(atom) == "Numeric" for value in _values(atom)]
    yield from (str(each) for each in _between([each for each in numbers if each is not None]))
    dates = [moment(value) for atom in atoms if _family(atom) == "Date" for value in _values(atom)]
    yield from (_date(each) for each in _between([each for each in dates if each is not None]))
    for atom in atoms:
        for value in _values(atom):
            if _family(atom) == "Ip":
                yield from _addresses(value)
            elif "other" in families:
                yield value
    if "other" in families:
        yield "x"


def _values(atom: Atom) -> tuple[str, ...]:
    return () if atom.clause is None else atom.clause.values


def _between(limits: Sequence[Decimal]) -> Iterator[Decimal]:
    """Give each limit, something between each two, and something beyond both ends."""
    ordered = sorted(set(limits))
    if ordered:
        yield from (ordered[0] - 1, *ordered, ordered[-1] + 1)
        yield from ((one + other) / 2 for one, other in pairwise(ordered))


def _date(seconds: Decimal) -> str:
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(seconds * 1_000_000))).isoformat()
    except (OverflowError, InvalidOperation):
        return str(int(seconds))


def _addresses(network: str) -> Iterator[str]:
    """Give a network's first and last address, and their neighbours outside."""
    try:
        block = ip_network(network, strict=False)
    except ValueError:
        return
    first, last = int(block.network_address), int(block.broadcast_address)
    kind = type(block.network_address)
    for each in (first - 1, first, last, last + 1):
        if 0 <= each < 2**block.max_prefixlen:
            yield str(kind(each))
