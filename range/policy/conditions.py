"""A line of a Condition, made into a check of requests: which keys are there, how many values, and IfExists.

Source: IAM User Guide, "Conditions with multiple context keys or values", "Set operators for multivalued context
keys", "...IfExists condition operators", "Null" (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from range.policy.comparisons import Comparison, comparison
from range.policy.document import Clause
from range.policy.keys import is_modelled
from range.policy.match import MAYBE, NO, YES, Doubts, Sureness
from range.policy.names import Operator, Quantifier, operator
from range.policy.request import Check, Request

_Values: TypeAlias = tuple[str, ...]
_Decision: TypeAlias = Callable[[_Values, Request, Doubts], Sureness]


def check(clause: Clause, *, variables: bool) -> Check:
    """Make the check of one line."""
    parsed = operator(clause.operator)
    assert parsed is not None, "reading lets no other operator through"
    key = clause.key.lower()
    if parsed.name == "Null":
        return _null(key, clause.values)
    compare = comparison(parsed.name, clause.values, variables=variables, negated=parsed.negated)
    decide = _deciding(parsed, compare, clause.key)
    if_missing = _if_missing(parsed)
    modelled = is_modelled(key)

    def checked(request: Request, doubts: Doubts) -> Sureness:
        values = request.context.get(key)
        if values is not None:
            return decide(values, request, doubts)
        if (modelled or request.complete) and key not in request.unknown:
            return if_missing
        doubts.append(f"condition key {clause.key} can't be told")
        return MAYBE

    return checked


def _if_missing(parsed: Operator) -> Sureness:
    """Say what a condition is worth where its key is missing."""
    if parsed.if_exists or parsed.quantifier is Quantifier.ALL:
        return YES
    if parsed.quantifier is Quantifier.ANY:
        return NO
    return YES if parsed.negated else NO


def _deciding(parsed: Operator, compare: Comparison, key: str) -> _Decision:
    negated = parsed.negated

    def single(value: str, request: Request, doubts: Doubts) -> Sureness:
        sureness = compare(value, request, doubts)
        return 2 - sureness if negated else sureness

    def one(values: _Values, request: Request, doubts: Doubts) -> Sureness:
        if len(values) == 1:
            return single(values[0], request, doubts)
        each = {single(value, request, doubts) for value in values}
        if len(each) == 1:
            return each.pop()
        doubts.append(f"{key} has {len(values)} values, and the condition doesn't say all or any")
        return MAYBE

    def every(values: _Values, request: Request, doubts: Doubts) -> Sureness:
        return min((single(value, request, doubts) for value in values), default=YES)

    def some(values: _Values, request: Request, doubts: Doubts) -> Sureness:
        return max((single(value, request, doubts) for value in values), default=NO)

    return {Quantifier.ONE: one, Quantifier.ALL: every, Quantifier.ANY: some}[parsed.quantifier]


def _null(key: str, wanted: _Values) -> Check:
    """Check that a key is missing, or that it isn't."""
    answers = {each.lower() for each in wanted}
    modelled = is_modelled(key)

    def checked(request: Request, doubts: Doubts) -> Sureness:
        values = request.context.get(key)
        if values is None and (key in request.unknown or not (modelled or request.complete)):
            doubts.append(f"condition key {key} can't be told")
            return MAYBE
        if not answers <= {"true", "false"}:
            doubts.append(f"Null wants neither true nor false of {key}")
            return MAYBE
        return YES if ("true" if not values else "false") in answers else NO

    return checked
