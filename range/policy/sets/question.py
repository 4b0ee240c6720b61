"""A question about all requests of a kind, and its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from range.policy.decision import Decision, Verdict
from range.policy.document import Effect
from range.policy.layers import Layers
from range.policy.request import Principal, Request, role_session, root_user, user
from range.policy.rules import Rule


@dataclass(frozen=True)
class Question:
    """May somebody do any of some actions on any of some resources?

    `context` gives keys whose values are known, None for one that is missing; all other keys may have any value,
    but those that follow from the principal and the resource's account.
    """

    resource_account: str
    actions: Sequence[str] = ("*",)
    """Patterns: `kms:Decrypt`, `s3:Get*`."""
    resources: Sequence[str] = ("*",)
    """Patterns of ARNs."""
    principal: Principal | None = None
    """Somebody; or else anybody of `account`."""
    account: str = ""
    context: Mapping[str, Sequence[str] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """ALLOWED: some request passes, and here is one. DENIED: none does. UNKNOWN: neither was shown."""

    verdict: Verdict
    request: Request | None = None
    decision: Decision | None = None
    """Of that request; its chain is the statements that let it through."""
    doubts: tuple[str, ...] = ()


def every_rule(layers: Layers) -> list[Rule]:
    """Give every statement of every layer."""
    single = [each for each in (layers.boundary, layers.resource, layers.endpoint) if each is not None]
    levels = [rules for level in (*layers.service_control, *layers.resource_control) for rules in level]
    policies = [*single, *layers.identity, *(layers.session or ()), *levels]
    return [rule for rules in policies for rule in rules.rules]


def allowing(rules: Sequence[Rule]) -> list[Rule]:
    """Give the statements that allow, or may."""
    return [rule for rule in rules if rule.statement.effect is not Effect.DENY]


def people(account: str, layers: Layers) -> list[Principal]:
    """Give everybody of an account whom policies name, its root user, and somebody whom they don't name."""
    named = {name for rule in every_rule(layers) if (who := rule.statement.principals) for name in who.aws}
    found = [root_user(account)]
    for name in sorted(name for name in named if name.startswith("arn:") and name.split(":")[4] == account):
        kind, _, rest = name.split(":", 5)[5].partition("/")
        partition = name.split(":")[1]
        if kind == "user":
            found.append(user(name))
        elif kind == "role":
            found.append(role_session(_session(partition, account, rest.rpartition("/")[2]), name))
        elif kind == "assumed-role":
            found.append(role_session(name, f"arn:{partition}:iam::{account}:role/{rest.partition('/')[0]}"))
    return found


def session_of(role_arn: str) -> Principal:
    """Give somebody who has taken a role."""
    partition, account = role_arn.split(":")[1], role_arn.split(":")[4]
    return role_session(_session(partition, account, role_arn.rpartition("/")[2]), role_arn)


def _session(partition: str, account: str, role: str) -> str:
    return f"arn:{partition}:sts::{account}:assumed-role/{role}/somebody"
