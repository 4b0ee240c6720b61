"""Reading the elements of one statement; what is wrong is told to a `Problem`, which may raise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from range.policy.document import Clause, Effect, Named, Principals
from range.policy.kinds import Fault, Form
from range.policy.names import is_operator

_PARTS = {
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
}
_SID = re.compile(r"[0-9A-Za-z]*")
_VENDOR = re.compile(r"[a-zA-Z0-9.-]+|\*")
_PARTITIONS = {"aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-eusc", "*"}
_PRINCIPAL = re.compile(
    r"""\* | [0-9]{12}
    | arn:aws[a-z-]*:iam::[0-9]{12}:(?:root|(?:user|role)/[^*?]+)
    | arn:aws[a-z-]*:sts::[0-9]{12}:(?:assumed-role/[^/*?]+/[^/*?]+|federated-user/[^/*?]+)
    | A(?:IDA|ROA)[A-Z0-9]{16,}""",
    re.VERBOSE,
)
_PRINCIPALS = {"AWS": "aws", "Service": "service", "Federated": "federated", "CanonicalUser": "canonical"}


class Repeated(dict[str, Any]):
    """A JSON object that says the same key twice: which one counts isn't known."""


class Problem(Protocol):
    """Takes what is wrong: the fault, what was found, and a sentence for whoever looks for it."""

    def __call__(self, fault: Fault, value: str = "", why: str = "") -> None:
        """Raise, or note it and go on."""


def listed(value: Any) -> list[Any]:
    """Give a list: policies write a single value without brackets."""
    return value if isinstance(value, list) else [value]


def known(written: Mapping[str, Any], names: set[str], problem: Problem) -> None:
    """Tell of every element that isn't one; their names count as written, `effect` is none."""
    for name in written.keys() - names:
        problem(Fault.SYNTAX, name, f"unknown element {name!r}; valid: {', '.join(sorted(names))}")


def parts(written: Mapping[str, Any], problem: Problem) -> None:
    """Tell of elements that a statement doesn't have."""
    known(written, _PARTS, problem)


def sid(written: Mapping[str, Any], form: Form, problem: Problem) -> str:
    """Read the statement's id; IAM's are letters and digits, other services take more."""
    name = written.get("Sid", "")
    if not isinstance(name, str):
        problem(Fault.SYNTAX, why="Sid is no text")
        return ""
    if form.needs_version and not _SID.fullmatch(name):
        problem(Fault.SID, name, f"Sid {name!r} has other characters than letters and digits")
    return name


def effect(written: Mapping[str, Any], problem: Problem) -> Effect | None:
    """Read what the statement does; `allow` isn't `Allow`."""
    word = written.get("Effect")
    if isinstance(word, str) and word in tuple(Effect):
        return Effect(word)
    problem(Fault.SYNTAX, str(word), f"Effect is {word!r}; valid: Allow, Deny")
    return None


def actions(written: Mapping[str, Any], form: Form, problem: Problem) -> Named | None:
    """Read Action or NotAction."""
    named = _named(written, "Action", problem)
    if named is None or not named.values:
        problem(Fault.NO_ACTION, why="neither Action nor NotAction")
        return None
    if named.negated and form.only_everyone:
        problem(Fault.SYNTAX, why="NotAction isn't taken here")
    for value in named.values:
        vendor, colon, rest = value.partition(":")
        if not value.isascii():
            problem(Fault.VENDOR, value, f"action {value!r} has characters that no action has")
        elif value != "*" and not colon:
            problem(Fault.NO_VENDOR, value, f"action {value!r} names no service")
        elif ":" in rest:
            problem(Fault.COLONS, value, f"action {value!r} has two colons")
        elif value != "*" and not _VENDOR.fullmatch(vendor):
            problem(Fault.VENDOR, vendor, f"action {value!r} names no service")
        elif form.resource == "forbidden" and vendor.lower() != "sts":
            problem(Fault.NOT_STS, value, f"action {value!r} isn't of STS")
    return named


def resources(written: Mapping[str, Any], form: Form, problem: Problem) -> Named | None:
    """Read Resource or NotResource."""
    named = _named(written, "Resource", problem)
    if named is None or not named.values:
        if form.resource == "required":
            problem(Fault.NO_RESOURCE, why="neither Resource nor NotResource")
        return None
    if form.resource == "forbidden":
        problem(Fault.HAS_RESOURCE, why="Resource isn't taken here")
    for value in named.values:
        prefix, _, rest = value.partition(":")
        if value == "*":
            continue
        if prefix != "arn" or not rest:
            problem(Fault.RESOURCE, value, f"resource {value!r} is neither an ARN nor *")
        elif (partition := rest.partition(":")[0]) not in _PARTITIONS and "*" not in partition:
            problem(Fault.PARTITION, partition, f"resource {value!r} is in no partition")
    return named


def _named(written: Mapping[str, Any], element: str, problem: Problem) -> Named | None:
    """Read an element or its Not form, which exclude each other."""
    if element in written and f"Not{element}" in written:
        problem(Fault.SYNTAX, why=f"both {element} and Not{element}")
        return None
    for name in (element, f"Not{element}"):
        if name in written:
            values = listed(written[name])
            if all(isinstance(value, str) for value in values):
                return Named(tuple(values), negated=name != element)
            problem(Fault.SYNTAX, why=f"{name} holds something else than text")
    return None


def principals(written: Mapping[str, Any], form: Form, problem: Problem) -> Principals | None:
    """Read Principal or NotPrincipal."""
    present = [name for name in ("Principal", "NotPrincipal") if name in written]
    if not present:
        if form.principal == "required":
            problem(Fault.NO_PRINCIPAL, why="no Principal")
        return None
    if form.principal == "forbidden":
        problem(Fault.HAS_PRINCIPAL, why="Principal isn't taken here")
    if len(present) > 1:
        problem(Fault.SYNTAX, why="both Principal and NotPrincipal")
        return None
    named = written[present[0]]
    negated = present[0] == "NotPrincipal"
    if form.only_everyone and (negated or named not in ("*", {"AWS": "*"})):
        problem(Fault.SYNTAX, why="Principal is always * here")
    if named == "*":
        return Principals(everyone=True, negated=negated)
    if not isinstance(named, dict) or isinstance(named, Repeated) or not named:
        problem(Fault.PRINCIPAL, str(named), f"principal {named!r} is of no kind")
        return None
    return _by_kind(named, problem, negated=negated)


def _by_kind(named: Mapping[str, Any], problem: Problem, *, negated: bool) -> Principals | None:
    found: dict[str, tuple[str, ...]] = {}
    for kind, value in named.items():
        values = listed(value)
        if kind not in _PRINCIPALS or not all(isinstance(each, str) for each in values):
            problem(Fault.PRINCIPAL, f'"{kind}":"{value}"', f"principal {kind!r}; valid: {', '.join(_PRINCIPALS)}")
            return None
        for each in values:
            if kind == "AWS" and not _PRINCIPAL.fullmatch(each):
                problem(Fault.PRINCIPAL, f'"AWS":"{each}"', f"principal {each!r} names nobody")
        found[_PRINCIPALS[kind]] = tuple(values)
    everyone = "*" in found.get("aws", ())
    return Principals(everyone=everyone, negated=negated, **found)


def clauses(written: Mapping[str, Any], problem: Problem) -> Iterator[Clause]:
    """Read the Condition, a line at a time."""
    condition = written.get("Condition", {})
    if not isinstance(condition, dict) or isinstance(condition, Repeated):
        problem(Fault.SYNTAX, why="Condition is no object, or says an operator twice")
        return
    for operator, lines in condition.items():
        if not is_operator(operator):
            problem(Fault.OPERATOR, operator, f"unknown condition operator {operator!r}")
        elif not isinstance(lines, dict) or isinstance(lines, Repeated):
            problem(Fault.SYNTAX, why=f"{operator} holds no object, or says a key twice")
        else:
            for key, value in lines.items():
                values = [_text(each) for each in listed(value)]
                if any(each is None for each in values) or not values:
                    problem(Fault.SYNTAX, why=f"the values of {key!r} are no text")
                elif not key.isascii():
                    problem(Fault.SYNTAX, why=f"condition key {key!r} has characters that no key has")
                else:
                    yield Clause(operator, key, tuple(each for each in values if each is not None))


def _text(value: Any) -> str | None:
    """Give a condition's value as text: true and numbers may be written without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None
