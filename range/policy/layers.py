"""The layers of policies that AWS asks about one request, and how each is called when it refuses.

Source: IAM User Guide, "Policy evaluation logic", "Troubleshoot access denied error messages" (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from range.policy.request import Principal, PrincipalKind, Request
from range.policy.rules import Rule, Rules

Levels: TypeAlias = tuple[tuple[Rules, ...], ...]
"""The policies attached to the organisation's root, to each unit below, and to the account: every level must allow."""

UNDER_RESOURCE_CONTROL = ("kms", "s3", "secretsmanager", "sqs", "sts")
"""The services that resource control policies have bound since there are any. Others were added, and whether they bind
a service that isn't here can't be told.

Source: AWS Organizations User Guide, "List of AWS services that support RCPs" (read 2026-11-22).
"""

_BY_TRUST = ("sts:assumerole", "sts:setcontext", "sts:setsourceidentity", "sts:tagsession")
DECIDED_BY_RESOURCE = ("kms:", *_BY_TRUST)
"""How the actions begin, in lower case, that only the resource's own policy may allow."""


class Layer(StrEnum):
    """A kind of policy, as AWS calls it when it refuses."""

    RESOURCE_CONTROL = "resource control policy"
    SERVICE_CONTROL = "service control policy"
    ENDPOINT = "VPC endpoint policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"

    @property
    def with_article(self) -> str:
        """As AWS writes it after "with an explicit deny in"."""
        return {Layer.IDENTITY: "an ", Layer.TRUST: "the "}.get(self, "a ") + self.value


_RESOURCE = Layer.RESOURCE
_REMEMBERED_ACTIONS = 1_000


class Bearing(NamedTuple):
    """The statements that bear on one action: all that deny, in the order of layers, and by layer those that allow."""

    denies: tuple[tuple[Layer, Rule], ...]
    around: tuple[tuple[Layer, tuple[tuple[Rule, ...], ...]], ...]
    """By layer and level. These layers only narrow."""
    own: tuple[tuple[Layer, tuple[tuple[Rule, ...], ...]], ...]
    """Of the principal itself, the identity's first."""
    resource: tuple[Rule, ...]


@dataclass(frozen=True)
class Layers:
    """Every policy that bears on requests of one principal for one resource."""

    identity: tuple[Rules, ...] = ()
    """The principal's own, managed and inline, with those of its groups."""
    boundary: Rules | None = None
    session: tuple[Rules, ...] | None = None
    """None: the session was made without any, and isn't narrowed."""
    resource: Rules | None = None
    """The resource's own, a role's trust policy included."""
    endpoint: Rules | None = None
    """Of the VPC endpoint that the request comes through."""
    service_control: Levels = ()
    """Of the principal's account. Empty where none are in force: in the management account."""
    resource_control: Levels = ()
    """Of the resource's account."""

    _by_action: dict[str, Bearing] = field(default_factory=dict, init=False, repr=False, compare=False)

    def about(self, action: str) -> Bearing:
        """Give the statements about an action, in lower case; remembered, for requests come in kinds."""
        known = self._by_action.get(action)
        if known is None:
            if len(self._by_action) >= _REMEMBERED_ACTIONS:
                self._by_action.clear()
            known = self._by_action[action] = self._bearing(action)
        return known

    def _bearing(self, action: str) -> Bearing:
        around = [(Layer.RESOURCE_CONTROL, self.resource_control), (Layer.SERVICE_CONTROL, self.service_control)]
        if self.endpoint is not None:
            around.append((Layer.ENDPOINT, ((self.endpoint,),)))
        own: list[tuple[Layer, Levels]] = [(Layer.IDENTITY, (self.identity,))]
        if self.boundary is not None:
            own.append((Layer.BOUNDARY, ((self.boundary,),)))
        if self.session is not None:
            own.append((Layer.SESSION, (self.session,)))
        resource = () if self.resource is None else ((self.resource,),)
        layers = (*around, *own, (_RESOURCE, resource))
        return Bearing(
            denies=tuple((layer, rule) for layer, levels in layers for rule in _denying(levels, action)),
            around=tuple((layer, _allowing(levels, action)) for layer, levels in around if levels),
            own=tuple((layer, _allowing(levels, action)) for layer, levels in own),
            resource=tuple(rule for level in _allowing(resource, action) for rule in level),
        )


def _denying(levels: Levels, action: str) -> Iterator[Rule]:
    return (rule for level in levels for rules in level for rule in rules.about(action)[0])


def _allowing(levels: Levels, action: str) -> tuple[tuple[Rule, ...], ...]:
    return tuple(tuple(rule for rules in level for rule in rules.about(action)[1]) for level in levels)


def exempt(principal: Principal) -> frozenset[Layer]:
    """Give the layers that don't bind somebody: AWS's services, and the roles that AWS made for them."""
    if principal.is_service_linked:
        return frozenset({Layer.SERVICE_CONTROL, Layer.RESOURCE_CONTROL})
    return frozenset() if principal.is_of_an_account else frozenset({Layer.SERVICE_CONTROL})


def resource_layer(request: Request) -> Layer:
    """Say what the policy of the request's resource is called."""
    return Layer.TRUST if request.lowered.startswith(_BY_TRUST) else Layer.RESOURCE


def resource_decides(request: Request) -> bool:
    """Say whether only the resource's own policy lets anybody in, the people of its own account included.

    Source: AWS KMS Developer Guide, "Key policies in AWS KMS"; IAM User Guide, "Role trust policies" (read 2026-11-22).
    """
    return request.lowered.startswith(DECIDED_BY_RESOURCE) and request.resource != "*"


def under_resource_control(request: Request) -> bool:
    """Say whether resource control policies are known to bind the service."""
    return request.lowered.partition(":")[0] in UNDER_RESOURCE_CONTROL


def is_same_account(request: Request) -> bool:
    """Say whether principal and resource are in one account."""
    return request.principal.account == request.resource_account and request.principal.kind is not PrincipalKind.SERVICE
