"""Accounts that policies don't tell apart: what is true of one of them is true of all, so only one has to be asked about."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from range.policy.layers import Layers
from range.policy.rules import Rule
from range.policy.sets.question import every_rule

_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_PART_OF_ONE = re.compile(r"[0-9][*?]|[*?][0-9]|\?{12}")
"""A wildcard beside a digit may stand for a part of an account's number."""


def alike(accounts: Sequence[str], layers: Layers) -> list[tuple[str, ...]]:
    """Group accounts: each that a policy names by itself, and all others together.

    Where a pattern may match a part of an account's number, each account is by itself.
    """
    texts = [text for rule in every_rule(layers) for text in _texts(rule)]
    if any(_PART_OF_ONE.search(text) for text in texts):
        return [(account,) for account in accounts]
    named = {number for text in texts for number in _ACCOUNT.findall(text)}
    others = tuple(account for account in accounts if account not in named)
    return [(account,) for account in accounts if account in named] + ([others] if others else [])


def _texts(rule: Rule) -> Iterator[str]:
    """Give everything in a statement in which an account may be named."""
    statement = rule.statement
    if statement.principals is not None:
        yield from (*statement.principals.aws, *statement.principals.federated)
    named: Iterable[str] = () if statement.resources is None else statement.resources.values
    yield from named
    for clause in statement.clauses:
        yield from clause.values
