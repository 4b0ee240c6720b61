"""Texts with `*` and `?`, and with policy variables: parsed once, matched in linear time.

A pattern like `*a*a*a*b` makes an ordinary regular expression try every way to spread the stars. Each piece between
two stars is therefore taken where it first fits and never tried again, which is right for wildcards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

_FIRST_PARTS = 5
"""Of an ARN, before the resource: arn, partition, service, Region, account."""
_REMEMBERED = 2_048
"""Patterns outlive this in the policies that have them; this is for those that variables make anew each time."""


class Wild(Enum):
    """A wildcard in a pattern."""

    ANY = "."
    STAR = ".*"


@dataclass(frozen=True)
class Variable:
    """A policy variable: the context key that it stands for, in lower case, and what stands in where it is missing."""

    key: str
    default: str | None = None


Token: TypeAlias = str | Wild
Tokens: TypeAlias = tuple[Token, ...]
Template: TypeAlias = tuple[str | Wild | Variable, ...]
Test: TypeAlias = Callable[[str], bool]

_SPECIAL = {
    True: re.compile(r"\$\{(?P<inside>[^{}]*)\}|(?P<wild>[*?])"),
    False: re.compile(r"(?P<inside>(?!))|(?P<wild>[*?])"),
}
"""By whether there are variables."""
_VARIABLE = re.compile(r"\s*([A-Za-z0-9:/._@+=-]+)\s*(?:,\s*'([^']*)'\s*)?")


def template(text: str, *, wildcards: bool = True, variables: bool = True) -> Template | None:
    """Parse a text of a policy; None if something in `${}` is no variable."""
    parts: list[str | Wild | Variable] = []
    end = 0
    for special in _SPECIAL[variables].finditer(text):
        inside, wild = special["inside"], special["wild"]
        if wild and not wildcards:
            continue
        parts.append(text[end : special.start()])
        end = special.end()
        if wild:
            parts.append(Wild.ANY if wild == "?" else Wild.STAR)
        elif inside in ("*", "?", "$"):
            parts.append(inside)
        elif named := _VARIABLE.fullmatch(inside):
            parts.append(Variable(named[1].lower(), named[2]))
        else:
            return None
    return _joined([*parts, text[end:]])


def _joined(parts: Sequence[str | Wild | Variable]) -> Template:
    """Leave out empty texts, join neighbours, and keep one of several stars in a row."""
    joined: list[str | Wild | Variable] = []
    for part in parts:
        if part == "" or (part is Wild.STAR and joined and joined[-1] is Wild.STAR):
            continue
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)


def pattern(text: str) -> Tokens:
    """Parse a text in which nothing is a variable."""
    parsed = template(text, variables=False)
    assert parsed is not None, "only variables can't be read"
    return tuple(part for part in parsed if not isinstance(part, Variable))


def bound(pattern: Template, context: Mapping[str, tuple[str, ...]]) -> Tokens | str:
    """Put values in the place of variables, as themselves; if one can't be told, give its key."""
    if not any(isinstance(part, Variable) for part in pattern):
        return tuple(part for part in pattern if not isinstance(part, Variable))
    parts: list[str | Wild] = []
    for part in pattern:
        if not isinstance(part, Variable):
            parts.append(part)
            continue
        values = context.get(part.key, ())
        if len(values) == 1:
            parts.append(values[0])
        elif part.default is not None and not values:
            parts.append(part.default)
        else:
            return part.key
    return tuple(part for part in _joined(parts) if not isinstance(part, Variable))


@lru_cache(maxsize=_REMEMBERED)
def glob(pattern: Tokens) -> Test:
    """Make the test whether a whole text fits a pattern; `*` crosses everything."""
    texts = [part for part in pattern if isinstance(part, str)]
    if len(texts) == len(pattern):
        return "".join(texts).__eq__
    if pattern == (Wild.STAR,):
        return _always
    if len(pattern) == 2 and isinstance(pattern[0], str) and pattern[1] is Wild.STAR:
        return _starts_with(pattern[0])
    if Wild.ANY not in pattern:
        return _in_order(texts if isinstance(pattern[0], str) else ["", *texts], ends=isinstance(pattern[-1], str))
    return _fits(_expression(pattern, "."))


@lru_cache(maxsize=_REMEMBERED)
def by_parts(pattern: Tokens, *, last_expands: bool = True) -> Test:
    """Make the test whether an ARN fits a pattern part by part: before the resource, wildcards don't cross a colon.

    With `last_expands`, a star that ends a shorter pattern stands for all parts that follow: `arn:aws:s3*`.
    """
    parts = segments(pattern)
    if len(parts) > _FIRST_PARTS and not crosses(pattern):
        return glob(pattern)
    if len(parts) <= _FIRST_PARTS:
        if not (last_expands and parts[-1] and parts[-1][-1] is Wild.STAR):
            return _never if crosses(pattern) else glob(pattern)
        free = parts[-1]
        parts = parts[:-1]
    else:
        free = parts[_FIRST_PARTS]
        parts = parts[:_FIRST_PARTS]
    return _fits("".join(f"{_expression(part, '[^:]')}:" for part in parts) + _expression(free, "."))


def crosses(pattern: Tokens) -> bool:
    """Say whether `glob` may take what `by_parts` doesn't."""
    parts = segments(pattern)
    before = parts[:_FIRST_PARTS]
    return any(isinstance(token, Wild) for part in before for token in part)


def segments(pattern: Tokens) -> list[list[Token]]:
    """Split a pattern at its first five colons."""
    parts: list[list[Token]] = [[]]
    for token in pattern:
        if isinstance(token, Wild):
            parts[-1].append(token)
            continue
        first, *others = token.split(":", _FIRST_PARTS + 1 - len(parts))
        parts[-1].append(first)
        parts.extend([other] for other in others)
    return [[token for token in part if token != ""] for part in parts]


def _expression(pattern: Sequence[Token], any_one: str) -> str:
    """Write a regular expression that never goes back over a piece between two stars."""
    pieces = [""]
    for token in pattern:
        if token is Wild.STAR:
            pieces.append("")
        else:
            pieces[-1] += any_one if token is Wild.ANY else re.escape(str(token))
    head, *between = pieces
    if not between:
        return head
    *middle, tail = between
    return head + "".join(f"(?>{any_one}*?{piece})" for piece in middle) + f"{any_one}*{tail}"


def _fits(expression: str) -> Test:
    fullmatch = re.compile(expression, re.DOTALL).fullmatch
    return lambda text: fullmatch(text) is not None


def _in_order(texts: Sequence[str], *, ends: bool) -> Test:
    """Look for texts one behind the other, the first at the beginning, and the last at the end if it `ends`."""
    head, *middle = texts
    tail = middle.pop() if ends else ""
    least = len(head) + len(tail)

    def fits(text: str) -> bool:
        if len(text) < least or not text.startswith(head) or not text.endswith(tail):
            return False
        at, end = len(head), len(text) - len(tail)
        for piece in middle:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True

    return fits


def _starts_with(head: str) -> Test:
    return lambda text: text.startswith(head)


def _always(_: str) -> bool:
    return True


def _never(_: str) -> bool:
    return False
