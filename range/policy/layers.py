"""The layers of policies that AWS asks about one request, and how each is called when it refuses.

Source: IAM User Guide, "Policy evaluation logic", "Troubleshoot access denied error messages" (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from range.policy.request import PrincipalKind, Request
from range.policy.rules import Rules

Levels: TypeAlias = tuple[tuple[Rules, ...], ...]
"""The policies attached to the organisation's root, to each unit below, and to the account: every level must allow."""

_UNDER_RESOURCE_CONTROL = frozenset(
    {"aoss", "cognito-idp", "dynamodb", "ecr", "kms", "logs", "s3", "secretsmanager", "sqs", "sts"}
)
"""The services that resource control policies bind.

Source: AWS Organizations User Guide, "List of AWS services that support RCPs" (read 2026-11-22).
"""


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

    @cached_property
    def around(self) -> tuple[tuple[Layer, Levels], ...]:
        """The layers around both sides, which only narrow."""
        layers = []
        if self.resource_control:
            layers.append((Layer.RESOURCE_CONTROL, self.resource_control))
        if self.service_control:
            layers.append((Layer.SERVICE_CONTROL, self.service_control))
        if self.endpoint is not None:
            layers.append((Layer.ENDPOINT, ((self.endpoint,),)))
        return tuple(layers)

    @cached_property
    def own(self) -> tuple[tuple[Layer, Levels], ...]:
        """The layers of the principal itself."""
        layers = [(Layer.IDENTITY, (self.identity,))]
        if self.boundary is not None:
            layers.append((Layer.BOUNDARY, ((self.boundary,),)))
        if self.session is not None:
            layers.append((Layer.SESSION, (self.session,)))
        return tuple(layers)

    def binding(self, request: Request) -> Iterator[tuple[Layer, Levels]]:
        """Give the layers around that bind whoever asks: not all bind services and what AWS made for them."""
        principal = request.principal
        for layer, levels in self.around:
            if layer is Layer.SERVICE_CONTROL and not principal.is_of_an_account:
                continue
            if layer is not Layer.ENDPOINT and principal.is_service_linked:
                continue
            yield layer, levels


def resource_layer(request: Request) -> Layer:
    """Say what the policy of the request's resource is called."""
    return Layer.TRUST if request.lowered.startswith("sts:assumerole") else Layer.RESOURCE


def resource_decides(request: Request) -> bool:
    """Say whether only the resource's own policy lets anybody in, its own account's people included.

    Source: AWS KMS Developer Guide, "Key policies in AWS KMS"; IAM User Guide, "Role trust policies" (read 2026-11-22).
    """
    return request.lowered.startswith(("kms:", "sts:assumerole")) and request.resource != "*"


def under_resource_control(request: Request) -> bool:
    """Say whether resource control policies are known to bind the service."""
    return request.lowered.partition(":")[0] in _UNDER_RESOURCE_CONTROL


def is_same_account(request: Request) -> bool:
    """Say whether principal and resource are in one account."""
    return request.principal.account == request.resource_account and request.principal.kind is not PrincipalKind.SERVICE
