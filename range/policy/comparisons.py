"""What each condition operator compares: a value of the request with the values that a policy wants.

Each comparison is made once for a clause of a policy, and then asked with one value at a time, for the operator's
positive form. NO means that the value matches none of the wanted ones, for certain.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Variables and tags" (read 2026-11-22).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from operator import eq, ge, gt, le, lt
from typing import Any, TypeAlias

from range.policy.arns import Arns
from range.policy.match import MAYBE, NO, YES, Doubts, Sureness
from range.policy.patterns import Template, Tokens, Variable, bound, glob, template
from range.policy.request import Request

Comparison: TypeAlias = Callable[[str, Request, Doubts], Sureness]
"""Says how surely a value matches one of the wanted ones."""
_Single: TypeAlias = Callable[[str], Sureness]

_EPOCH = re.compile(r"-?[0-9]{1,14}")
_ARN_COLONS = 5


def comparison(operator: str, wanted: Sequence[str], *, variables: bool, negated: bool) -> Comparison:
    """Make the comparison of an operator, which is named without its Not."""
    if operator.startswith(("String", "Arn")):
        return _of_texts(operator, wanted, variables=variables, negated=negated)
    singles = [_MAKERS[operator](each) for each in wanted]
    return lambda value, _, doubts: _any(singles, value, operator, doubts)


def _any(singles: Sequence[_Single], value: str, operator: str, doubts: Doubts) -> Sureness:
    sureness = max(single(value) for single in singles)
    if sureness == MAYBE:
        doubts.append(f"{operator} can't compare {value!r}")
    return sureness


def _of_texts(operator: str, wanted: Sequence[str], *, variables: bool, negated: bool) -> Comparison:
    """Make the comparison of an operator that knows policy variables; most policies have none."""
    wildcards = operator in ("StringLike", "ArnEquals", "ArnLike")
    templates = [template(each, wildcards=wildcards, variables=variables) for each in wanted]
    plain = [bound(each, {}) for each in templates if each is not None and not _has_variables(each)]
    fixed = _fixed(operator, [each for each in plain if not isinstance(each, str)])
    open_ones = [each for each in templates if each is not None and _has_variables(each)]
    unread = len(templates) - len(plain) - len(open_ones)
    if not open_ones and not unread:
        return fixed

    def compare(value: str, request: Request, doubts: Doubts) -> Sureness:
        sureness = fixed(value, request, doubts)
        for each in open_ones:
            if sureness == YES:
                return YES
            tokens = bound(each, request.context)
            if not isinstance(tokens, str):
                sureness = max(sureness, _fixed(operator, [tokens])(value, request, doubts))
            elif negated or not request.lacks(tokens):
                doubts.append(f"what ${{{tokens}}} stands for can't be told")
                sureness = max(sureness, MAYBE)
        if unread and sureness == NO:
            doubts.append(f"{operator} has a variable that isn't one")
            return MAYBE
        return sureness

    return compare


def _has_variables(pattern: Template) -> bool:
    return any(isinstance(part, Variable) for part in pattern)


def _fixed(operator: str, wanted: Sequence[Tokens]) -> Comparison:
    """Make the comparison with texts and patterns in which nothing is left open."""
    if operator == "StringEquals":
        texts = frozenset("".join(str(part) for part in each) for each in wanted)
        return lambda value, _request, _doubts: YES if value in texts else NO
    if operator == "StringEqualsIgnoreCase":
        return _ignoring_case(["".join(str(part) for part in each) for each in wanted])
    if operator == "StringLike":
        tests = [glob(each) for each in wanted]
        return lambda value, _request, _doubts: YES if any(test(value) for test in tests) else NO
    return _like_arns(wanted)


def _ignoring_case(wanted: Sequence[str]) -> Comparison:
    """Compare without case; how AWS folds letters beyond ASCII isn't documented."""
    folded = frozenset(each.lower() for each in wanted)
    all_ascii = all(each.isascii() for each in wanted)

    def compare(value: str, _: Request, doubts: Doubts) -> Sureness:
        if value in wanted:
            return YES
        if all_ascii and value.isascii():
            return YES if value.lower() in folded else NO
        if value.casefold() in {each.casefold() for each in wanted} or value.lower() in folded:
            doubts.append(f"the case of {value!r} can't be told")
            return MAYBE
        return NO

    return compare


def _like_arns(wanted: Sequence[Tokens]) -> Comparison:
    """Compare ARNs part by part; what isn't an ARN can't be told."""
    arns = Arns(wanted, last_expands=False)

    def compare(value: str, _: Request, doubts: Doubts) -> Sureness:
        if not value.startswith("arn:") or value.count(":") < _ARN_COLONS:
            doubts.append(f"{value!r} is compared as an ARN, and is none")
            return MAYBE
        return arns.sureness(value, doubts)

    return compare


def number(text: str) -> Decimal | None:
    """Read a number; None if it is none."""
    try:
        value = Decimal(text) if text.isascii() and "_" not in text else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() else None


def moment(text: str) -> Decimal | None:
    """Give seconds since 1970 for a date as ISO 8601 or in seconds; None if it is none."""
    if _EPOCH.fullmatch(text):
        return Decimal(text)
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Decimal(str((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()))


def _ordered(parse: Callable[[str], Decimal | None], holds: Callable[[Any, Any], bool]) -> Callable[[str], _Single]:
    def of(wanted: str) -> _Single:
        limit = parse(wanted)

        def single(value: str) -> Sureness:
            parsed = parse(value)
            if limit is None or parsed is None:
                return MAYBE
            return YES if holds(parsed, limit) else NO

        return single

    return of


def _bool(wanted: str) -> _Single:
    truth = wanted.lower()

    def single(value: str) -> Sureness:
        if truth not in ("true", "false") or value.lower() not in ("true", "false"):
            return MAYBE
        return YES if value.lower() == truth else NO

    return single


def _address(wanted: str) -> _Single:
    network: IPv4Network | IPv6Network | None
    try:
        network = ip_network(wanted, strict=False)
    except ValueError:
        network = None

    def single(value: str) -> Sureness:
        if network is None:
            return MAYBE
        try:
            address = ip_address(value)
        except ValueError:
            return MAYBE
        if address.version == 6 and address.ipv4_mapped is not None:
            return MAYBE
        return YES if address in network else NO

    return single


def _binary(wanted: str) -> _Single:
    def single(value: str) -> Sureness:
        try:
            return YES if base64.b64decode(value, validate=True) == base64.b64decode(wanted, validate=True) else NO
        except binascii.Error:
            return MAYBE

    return single


_ORDERS = {"": eq, "LessThan": lt, "LessThanEquals": le, "GreaterThan": gt, "GreaterThanEquals": ge}
_MAKERS: dict[str, Callable[[str], _Single]] = {
    "Bool": _bool,
    "BinaryEquals": _binary,
    "IpAddress": _address,
    **{f"Numeric{order or 'Equals'}": _ordered(number, holds) for order, holds in _ORDERS.items()},
    **{f"Date{order or 'Equals'}": _ordered(moment, holds) for order, holds in _ORDERS.items()},
}
