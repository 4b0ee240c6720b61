"""The single things that a statement says of a request: its action, its resource, one condition key.

What a statement says may hold for certain, possibly or not at all. To let a request through it has to hold possibly
for what allows, and not for certain for what denies: so every atom has two sets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TypeAlias

from range.policy.conditions import check
from range.policy.document import Clause, Named
from range.policy.names import Operator, operator
from range.policy.patterns import Tokens, bound, pattern, template
from range.policy.request import Check
from range.policy.rules import Rule
from range.policy.sets.languages import EVERYTHING, Pattern, Union, part_by_part, whole

ACTION, RESOURCE = "the action", "the resource"
PRINCIPAL_ARN = "aws:principalarn"

Pins: TypeAlias = Mapping[str, tuple[str, ...] | None]
"""Keys whose values are given; None: missing for certain."""


@dataclass(frozen=True, eq=False)
class Atom:
    """One thing that a statement says of one variable of a request."""

    variable: str
    possible: Union = ()
    """What holds possibly: the values named, without regard to a Not."""
    certain: Union = ()
    negated: bool = False
    operator: Operator | None = None
    """Of a condition; None for action and resource."""
    clause: Clause | None = None
    check: Check | None = None
    number: int = field(default_factory=count().__next__)
    """In the order in which they are made, so that the same question has the same answer."""

    @property
    def is_of_texts(self) -> bool:
        """Whether its values are sets of texts, and not numbers, dates or addresses."""
        return self.operator is None or self.operator.name.startswith(("String", "Arn"))


def atoms(rule: Rule, pins: Pins) -> tuple[Atom, ...]:
    """Take a statement apart; all of its atoms have to hold for it to apply."""
    statement = rule.statement
    taken = [_actions(statement.actions)]
    if statement.resources is not None:
        taken.append(_resources(statement.resources, pins, variables=rule.policy.has_variables))
    taken.extend(_condition(clause, pins, variables=rule.policy.has_variables) for clause in statement.clauses)
    if statement.doubts:
        taken.append(Atom(ACTION, EVERYTHING, ()))
    return tuple(taken)


def action_in(*patterns: str) -> Atom:
    """Say that the action is one of these."""
    return _actions(Named(patterns))


def _actions(named: Named | None) -> Atom:
    if named is None:
        return Atom(ACTION, EVERYTHING, ())
    union = tuple(whole(pattern(value.lower())) for value in named.values if value.isascii())
    return Atom(ACTION, union, union, named.negated)


def _resources(named: Named, pins: Pins, *, variables: bool) -> Atom:
    possible: list[Pattern] = []
    certain: list[Pattern] = []
    for tokens in _bound(named.values, pins, wildcards=True, variables=variables, negated=named.negated):
        if tokens is None:
            possible.extend(EVERYTHING)
            continue
        possible.append(whole(tokens))
        narrow = part_by_part(tokens, last_expands=True)
        certain.extend([] if narrow is None else [narrow])
    return Atom(RESOURCE, tuple(possible), tuple(certain), named.negated)


def _condition(clause: Clause, pins: Pins, *, variables: bool) -> Atom:
    parsed = operator(clause.operator)
    assert parsed is not None, "reading lets no other operator through"
    checked = check(clause, variables=variables)
    if not parsed.name.startswith(("String", "Arn")):
        return Atom(clause.key.lower(), (), (), parsed.negated, parsed, clause, checked)
    possible_ones, certain_ones = _texts(parsed, clause, pins, variables=variables)
    return Atom(clause.key.lower(), possible_ones, certain_ones, parsed.negated, parsed, clause, checked)


def _texts(parsed: Operator, clause: Clause, pins: Pins, *, variables: bool) -> tuple[Union, Union]:
    """Give the sets of texts that a condition names."""
    wildcards = parsed.name in ("StringLike", "ArnEquals", "ArnLike")
    ignoring_case = parsed.name == "StringEqualsIgnoreCase"
    possible: list[Pattern] = []
    certain: list[Pattern] = []
    for tokens in _bound(clause.values, pins, wildcards=wildcards, variables=variables, negated=parsed.negated):
        if tokens is None:
            possible.extend(EVERYTHING)
            continue
        loose = whole(tokens, ignoring_case=ignoring_case)
        strict = part_by_part(tokens, last_expands=False) if parsed.name.startswith("Arn") else loose
        possible.append(loose)
        certain.extend([] if strict is None else [strict])
    return tuple(possible), tuple(certain)


def _bound(
    values: tuple[str, ...], pins: Pins, *, wildcards: bool, variables: bool, negated: bool
) -> Iterator[Tokens | None]:
    """Give patterns with pinned values in the place of variables; None for one that may be anything."""
    known = {key: values for key, values in pins.items() if values is not None}
    for value in values:
        parsed = template(value, wildcards=wildcards, variables=variables)
        tokens = None if parsed is None else bound(parsed, known)
        if not isinstance(tokens, str):
            yield tokens
        elif negated or tokens not in pins or pins[tokens] is not None:
            yield None
        # a variable that is missing for certain fits nothing; what its lack spares, nobody says
