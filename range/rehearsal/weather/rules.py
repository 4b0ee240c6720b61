"""Rules of what goes wrong: which call or state, how, how often; checked before any is taken."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from range.errors import InputError
from range.rehearsal.states.failing import FAILS
from range.rehearsal.states.table import BY_KIND

CALL_KINDS = ("error", "unavailable", "unavailable-after", "lost", "lost-before", "stall", "kill")
"""error: refused with `code`, nothing happened. unavailable: a 500, nothing happened; -after: it happened all the same.
lost: it happened, and the connection breaks before the answer; -before: nothing happened. stall: no answer for `seconds`.
kill: SIGKILL for `target` as the call comes in."""
STATE_KINDS = ("stuck", "failed")
"""stuck: the state never ends. failed: it ends badly."""
KINDS = (*CALL_KINDS, *STATE_KINDS, "late")
"""late: the event history is `seconds` behind."""
TARGETS = ("rehearsal", "provider", "engine", "controller", "host")
"""The rehearsal's process holds its provider too, so killing either kills both. `host`: of instances that the call names."""
_NEAR = 5
_USUAL = (
    "ec2",
    "iam",
    "sts",
    "kms",
    "s3",
    "logs",
    "organizations",
    "ram",
    "route53",
    "route53resolver",
    "cloudtrail",
    "ssm",
)
"""Where a pattern of all services' calls is looked for: reading the models of all of them takes a minute."""


@dataclass(frozen=True)
class Rule:
    """One kind of fault, and what it befalls."""

    kind: str
    call: str = ""
    """A pattern of calls: `ec2.CreateVpc`, `ec2.*`, `*.Describe*`."""
    state: str = ""
    """A state, by kind: `nat-gateway:pending`; a pattern too."""
    account: str = ""
    """Only there; anywhere without it."""
    rate: float = 1.0
    """For what share of what it befalls."""
    times: int = 0
    """How often at the most; 0 is without end."""
    after: int = 0
    """How many are let through first."""
    code: str = "AccessDenied"
    message: str = "The rehearsal was told to refuse this."
    seconds: float = 30.0
    """How long a stall or a delay lasts, simulated."""
    target: str = "rehearsal"
    """Who is killed."""

    def matches(self, name: str, account: str) -> bool:
        """Say whether it is about a call or a state of an account."""
        return fnmatchcase(name, self.call or self.state) and self.account in ("", account)

    def document(self) -> dict[str, Any]:
        """Give it as the endpoint takes it."""
        return asdict(self)


def rule_of(document: Mapping[str, Any]) -> Rule:
    """Read a rule.

    Raises:
        InputError: it says nothing valid; the hint has what would be.
    """
    known = {each.name: each.type for each in fields(Rule)}
    for name in document:
        if name not in known:
            raise InputError(f"a fault rule has no {name!r}", hint=f"valid: {', '.join(known)}")
    try:
        rule = Rule(**document)
        numbers_fit = 0 < float(rule.rate) <= 1 and int(rule.times) >= 0 and int(rule.after) >= 0 and rule.seconds >= 0
    except (TypeError, ValueError) as error:
        raise InputError(f"no fault rule: {error}", hint=f"a kind is needed: {', '.join(KINDS)}") from error
    if not numbers_fit:
        raise InputError(
            f"a fault rule with rate {rule.rate}, times {rule.times}, after {rule.after} and {rule.seconds} seconds",
            hint="valid: a rate above 0 and up to 1; times and after 0 or more; seconds 0 or more",
        )
    _checked(rule)
    return rule


def _checked(rule: Rule) -> None:
    """Refuse a rule that can befall nothing."""
    if rule.kind not in KINDS:
        raise InputError(f"there is no fault {rule.kind!r}", hint=f"valid: {', '.join(KINDS)}")
    if rule.kind == "kill" and rule.target not in TARGETS:
        raise InputError(f"{rule.target!r} can't be killed", hint=f"valid: {', '.join(TARGETS)}")
    if rule.kind in STATE_KINDS:
        _check_state(rule)
    elif rule.kind in CALL_KINDS:
        _check_call(rule.call)


def _check_state(rule: Rule) -> None:
    valid = tuple(FAILS) if rule.kind == "failed" else tuple(BY_KIND)
    if not any(fnmatchcase(kind, rule.state.partition(":")[0]) for kind in valid):
        raise InputError(
            f"the fault rule {rule.kind!r} matches no state: {rule.state!r}",
            hint=f"give KIND:STATE; valid kinds: {', '.join(valid)}",
        )


def _check_call(pattern: str) -> None:
    """Refuse a pattern that no call fits, naming some that come near."""
    if pattern == "*":
        return
    service, _, operation = pattern.partition(".")
    names = list(_USUAL) if service == "*" else [name for name in _services() if fnmatchcase(name, service)]
    if not names:
        near = difflib.get_close_matches(service, _services(), _NEAR, cutoff=0.0)
        raise InputError(
            f"the fault rule matches no call: there is no service {service!r} in {pattern!r}",
            hint=f"give SERVICE.Operation, such as ec2.CreateVpc or ec2.*; near: {', '.join(near)}",
        )
    operations = {each for name in names for each in (_operations(name) if operation != "*" else ("*",))}
    if not any(fnmatchcase(each, operation) for each in operations):
        near = difflib.get_close_matches(operation, sorted(operations), _NEAR, cutoff=0.0)
        raise InputError(
            f"the fault rule matches no call: {pattern!r}",
            hint=f"near: {', '.join(f'{service}.{each}' for each in near)}",
        )


@cache
def _services() -> tuple[str, ...]:
    from range.rehearsal.models import loader

    return tuple(loader().list_available_services("service-2"))


@cache
def _operations(service: str) -> tuple[str, ...]:
    from range.rehearsal.services import service_named

    return tuple(service_named(service).model.operation_names)
