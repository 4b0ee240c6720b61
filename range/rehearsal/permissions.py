"""Reading the policies that resources carry: who may assume a role, whom an organisation lets manage its policies."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

_Values = Sequence[str]


@dataclass(frozen=True)
class Asked:
    """What somebody asks to do."""

    principals: frozenset[str]
    """Every string by which a policy may name who asks: account id, root ARN, role ARN, session ARN."""
    action: str
    resource: str = "*"
    context: Mapping[str, _Values | None] = field(default_factory=dict)
    """What conditions look at, by lower-case key; None for what is known not to be there."""


def allows(policy: str, asked: Asked) -> bool:
    """Say whether a resource's own policy allows what is asked: a statement does, and none denies it."""
    statements = _listed(json.loads(policy).get("Statement", []))
    applying = [statement["Effect"] for statement in statements if _applies(statement, asked)]
    return "Allow" in applying and "Deny" not in applying


def denies(policy: str, asked: Asked) -> bool:
    """Say whether a statement denies what is asked. One that looks at what nobody knows here denies nothing."""
    statements = _listed(json.loads(policy).get("Statement", []))
    denying = [statement for statement in statements if statement["Effect"] == "Deny"]
    return any(_applies(each, asked) for each in denying if _keys(each) <= asked.context.keys())


def _keys(statement: Mapping[str, Any]) -> set[str]:
    """Give the keys that a statement's conditions look at."""
    return {key.lower() for wanted in statement.get("Condition", {}).values() for key in wanted}


def _applies(statement: Mapping[str, Any], asked: Asked) -> bool:
    """Say whether a statement is about what is asked."""
    return (
        _names(statement, "Principal", lambda named: _stands_for(named, asked.principals))
        and _names(statement, "Action", lambda named: _any_like(named, [asked.action], fold=True))
        and _names(statement, "Resource", lambda named: _any_like(named, [asked.resource]))
        and _holds(statement, asked.context)
    )


def _names(statement: Mapping[str, Any], element: str, matches: Callable[[Any], bool]) -> bool:
    """Say whether an element, or its Not form, lets a statement apply; the trust policies of roles have no Resource."""
    if element in statement:
        return matches(statement[element])
    if f"Not{element}" in statement:
        return not matches(statement[f"Not{element}"])
    return element == "Resource"


def _stands_for(named: Any, principals: frozenset[str]) -> bool:
    """Say whether a Principal element names one of these; `*` names everyone."""
    if named == "*":
        return True
    aws = _listed(named.get("AWS", []))
    return "*" in aws or not principals.isdisjoint(aws)


def _any_like(patterns: Any, values: _Values, *, fold: bool = False) -> bool:
    """Say whether one of the values has the form of one of the patterns."""
    pairs = [(value, pattern) for value in values for pattern in _listed(patterns)]
    if fold:
        pairs = [(value.lower(), pattern.lower()) for value, pattern in pairs]
    return any(fnmatchcase(value, pattern) for value, pattern in pairs)


def _holds(statement: Mapping[str, Any], context: Mapping[str, _Values | None]) -> bool:
    """Say whether all conditions of a statement hold. One that isn't understood never lets an Allow apply."""
    for operator, wanted in statement.get("Condition", {}).items():
        for key, patterns in wanted.items():
            holds = _condition(operator, _listed(patterns), context.get(key.lower()))
            if holds is None:
                holds = statement["Effect"] == "Deny"
            if not holds:
                return False
    return True


def _condition(operator: str, patterns: _Values, values: _Values | None) -> bool | None:
    """Evaluate one condition; None for an operator that isn't known here."""
    plain = operator.rpartition(":")[2]
    if plain == "Null":
        return (values is None) == (patterns[0].lower() == "true")
    if plain.endswith("IfExists"):
        if values is None:
            return True
        plain = plain.removesuffix("IfExists")
    negated = "Not" in plain
    compare = _COMPARISONS.get(plain.replace("Not", ""))
    if compare is None:
        return None
    if values is None:
        return negated
    return compare(patterns, values) != negated


_COMPARISONS: Mapping[str, Callable[[_Values, _Values], bool]] = {
    "StringEquals": lambda patterns, values: not set(patterns).isdisjoint(values),
    "StringEqualsIgnoreCase": lambda patterns, values: (
        not {each.lower() for each in patterns}.isdisjoint(map(str.lower, values))
    ),
    "StringLike": _any_like,
    "ArnEquals": _any_like,
    "ArnLike": _any_like,
    "Bool": lambda patterns, values: not {each.lower() for each in patterns}.isdisjoint(map(str.lower, values)),
}


def _listed(value: Any) -> list[Any]:
    """Give a list: policies write a single value without brackets."""
    return list(value) if isinstance(value, list) else [value]
