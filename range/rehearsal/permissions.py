"""Judging by the policies that resources carry: who may assume a role, whom an organisation lets manage its policies.

What a policy means is `range.policy`'s to say, here as in the proof. The caller's own policies are
asked at the door, in `rights`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from range.policy.decision import Decision, Verdict
from range.policy.evaluation import decide
from range.policy.kinds import Kind
from range.policy.layers import Layers
from range.policy.reading import found
from range.policy.request import Principal, asked, role_session, service, user
from range.policy.rules import Rules

_EVERYTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
_NO_ACCOUNT = ""
"""Whose the resource is doesn't matter: its own policy has to allow, also where an identity's would be enough."""


@dataclass(frozen=True)
class Asked:
    """What somebody asks to do."""

    principals: frozenset[str]
    """Every string by which a policy may name who asks: account id, root ARN, role ARN, session ARN; or a service's name."""
    action: str
    resource: str = "*"
    context: Mapping[str, Sequence[str] | None] = field(default_factory=dict)
    """What conditions look at, by lower-case key; None for what is known not to be there."""


def allows(policy: str, asked: Asked) -> bool:
    """Say whether a resource's own policy allows what is asked; keys that `asked` hasn't are missing.

    What can't be told isn't allowed.
    """
    return _decision(policy, asked).verdict is Verdict.ALLOWED


def _decision(policy: str, wanted: Asked) -> Decision:
    context = {key: values for key, values in wanted.context.items() if values is not None}
    request = asked(_principal(wanted.principals), wanted.action, wanted.resource, _NO_ACCOUNT, context)
    return decide(request, _layers(policy))


def _principal(names: frozenset[str]) -> Principal:
    """Make out who asks: a user, a session of a role, or a service."""
    services = [name for name in names if name.endswith(".amazonaws.com")]
    if services:
        return service(*services)
    session = next((name for name in names if ":assumed-role/" in name), None)
    if session is None:
        return user(next(name for name in names if ":user/" in name))
    return role_session(session, next(name for name in names if ":role/" in name))


@lru_cache(maxsize=1_024)
def _ready(policy: str) -> Rules:
    return Rules(found(policy, Kind.RESOURCE))


@lru_cache(maxsize=1_024)
def _layers(policy: str) -> Layers:
    return Layers(identity=(Rules(found(_EVERYTHING, Kind.MANAGED)),), resource=_ready(policy))
