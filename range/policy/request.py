"""Who asks to do what to whom, with everything that conditions look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TypeAlias

from range.policy.keys import ALWAYS, is_modelled
from range.policy.match import Doubts, Sureness

ANYBODY = "*"


class PrincipalKind(StrEnum):
    """What somebody is, by the value of `aws:PrincipalType` where there is one."""

    ROOT = "Account"
    USER = "User"
    ROLE = "AssumedRole"
    FEDERATED_USER = "FederatedUser"
    IDENTITY = "WebIdentity"
    """Known to a provider only: who takes a role with SAML or a web identity."""
    SERVICE = "Service"
    ANONYMOUS = "Anonymous"


_TYPELESS = (PrincipalKind.SERVICE, PrincipalKind.IDENTITY)
"""AWS documents no `aws:PrincipalType` for these."""


class Bond(IntEnum):
    """How closely a Principal element names who asks; a boundary and a session policy don't bind the closest."""

    ACCOUNT = 1
    """Its account: whoever the account's own policies allow."""
    ISSUER = 2
    """The role, or user, behind a session."""
    ITSELF = 3
    """The user, the session, the service; or everybody."""


@dataclass(frozen=True)
class Principal:
    """Somebody who asks."""

    kind: PrincipalKind
    arn: str = ""
    account: str = ""
    issuer: str = ""
    """The ARN of the role, or user, behind a session."""
    bonds: Mapping[str, Bond] = field(default_factory=dict)
    """Every string by which a policy may name it."""

    @property
    def has_identity_policies(self) -> bool:
        """Whether an account's policies are attached to it; the root user needs none, outsiders have none."""
        return self.kind in (PrincipalKind.USER, PrincipalKind.ROLE, PrincipalKind.FEDERATED_USER)

    @property
    def is_of_an_account(self) -> bool:
        """Whether it is somebody in an account, whom service control policies bind."""
        return self.has_identity_policies or self.kind is PrincipalKind.ROOT

    @property
    def is_service_linked(self) -> bool:
        """Whether AWS made the role for a service of its own; no organisation policy binds those."""
        return ":role/aws-service-role/" in self.issuer


def user(arn: str, unique_id: str = "") -> Principal:
    """Give an IAM user."""
    return _somebody(PrincipalKind.USER, arn, "", {unique_id: Bond.ITSELF})


def role_session(arn: str, role_arn: str, unique_id: str = "") -> Principal:
    """Give a session of a role; a session's ARN doesn't tell the role's path."""
    return _somebody(PrincipalKind.ROLE, arn, role_arn, {unique_id: Bond.ISSUER})


def federated_user(arn: str, user_arn: str) -> Principal:
    """Give a session that a user made with GetFederationToken."""
    return _somebody(PrincipalKind.FEDERATED_USER, arn, user_arn, {})


def root_user(account: str, partition: str = "aws") -> Principal:
    """Give an account's root user."""
    arn = f"arn:{partition}:iam::{account}:root"
    return Principal(PrincipalKind.ROOT, arn, account, bonds={arn: Bond.ITSELF, account: Bond.ITSELF})


def service(*names: str) -> Principal:
    """Give an AWS service, by every name that it has: `logs.eu-west-2.amazonaws.com`, `logs.amazonaws.com`."""
    return Principal(PrincipalKind.SERVICE, names[0], bonds=dict.fromkeys(names, Bond.ITSELF))


def identity_of(provider: str) -> Principal:
    """Give somebody whom a SAML or web identity provider vouches for."""
    return Principal(PrincipalKind.IDENTITY, provider, bonds={provider: Bond.ITSELF})


def anonymous() -> Principal:
    """Give somebody who signed nothing."""
    return Principal(PrincipalKind.ANONYMOUS, ANYBODY)


def _somebody(kind: PrincipalKind, arn: str, issuer: str, ids: Mapping[str, Bond]) -> Principal:
    partition, account = arn.split(":")[1], arn.split(":")[4]
    bonds = {f"arn:{partition}:iam::{account}:root": Bond.ACCOUNT, account: Bond.ACCOUNT}
    bonds.update({name: bond for name, bond in ids.items() if name})
    if issuer:
        bonds[issuer] = Bond.ISSUER
    bonds[arn] = Bond.ITSELF
    return Principal(kind, arn, account, issuer, bonds)


@dataclass(frozen=True)
class Request:
    """One call, as the policies see it; made by `asked`, which fills in what follows from principal and resource."""

    principal: Principal
    action: str
    """As AWS writes it: `s3:GetObject`."""
    resource: str
    """An ARN, or `*` for calls that are about no resource."""
    resource_account: str
    context: Mapping[str, tuple[str, ...]]
    """By key in lower case. A modelled key that isn't here is missing."""
    unknown: frozenset[str] = frozenset()
    """Keys, in lower case, that whoever made the request couldn't tell."""
    lowered: str = ""
    """The action in lower case."""
    complete: bool = False
    """Whether keys that aren't modelled are missing, too: in a request that was thought up, not received."""

    def lacks(self, key: str) -> bool:
        """Say whether a key, in lower case, is missing for certain."""
        return key not in self.context and key not in self.unknown and (self.complete or is_modelled(key))


Check: TypeAlias = Callable[[Request, Doubts], Sureness]
"""Says how surely something in a statement is about a request."""


def asked(
    principal: Principal,
    action: str,
    resource: str = ANYBODY,
    resource_account: str | None = None,
    context: Mapping[str, str | Sequence[str]] | None = None,
    *,
    unknown: Sequence[str] = (),
) -> Request:
    """Make a request. What is given in `context` wins over what follows from the principal and the resource.

    Without `resource_account` the resource is in the account that its ARN names, or else in the caller's.
    """
    parts = resource.split(":")
    named = parts[4] if len(parts) > 5 else ""
    owner = (named or principal.account) if resource_account is None else resource_account
    full = _implied(principal, owner)
    for key, values in (context or {}).items():
        full[key.lower()] = (values,) if isinstance(values, str) else tuple(values)
    doubtful = frozenset(key.lower() for key in unknown) | (ALWAYS - full.keys())
    if principal.kind in _TYPELESS and "aws:principaltype" not in full:
        doubtful |= {"aws:principaltype"}
    for key in doubtful:
        full.pop(key, None)
    return Request(principal, action, resource, owner, full, doubtful, action.lower())


def _implied(principal: Principal, owner: str) -> dict[str, tuple[str, ...]]:
    """Give the keys that every request has."""
    is_service = principal.kind is PrincipalKind.SERVICE
    implied: dict[str, tuple[str, ...]] = {
        "aws:principalisawsservice": ("true" if is_service else "false",),
        "aws:viaawsservice": ("false",),
        "aws:securetransport": ("true",),
    }
    if principal.kind not in _TYPELESS:
        implied["aws:principaltype"] = (principal.kind.value,)
    if owner:
        implied["aws:resourceaccount"] = implied["s3:resourceaccount"] = (owner,)
    if is_service:
        implied["aws:principalservicename"] = (principal.arn,)
        implied["aws:principalservicenameslist"] = tuple(principal.bonds)
    if principal.account:
        implied["aws:principalaccount"] = implied["kms:calleraccount"] = (principal.account,)
        implied["aws:principalarn"] = (principal.issuer if principal.kind is PrincipalKind.ROLE else principal.arn,)
    if principal.kind is PrincipalKind.USER:
        implied["aws:username"] = (principal.arn.rpartition("/")[2],)
    return implied
