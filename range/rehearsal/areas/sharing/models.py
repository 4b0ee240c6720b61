"""What a share consists of, kept in the account that shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend

from range.rehearsal.areas.clock import now
from range.rehearsal.areas.organisation_records import organisation_of, path_of
from range.rehearsal.areas.regions import REGIONS

_TYPES = {
    ("ec2", "transit-gateway"): "ec2:TransitGateway",
    ("ec2", "subnet"): "ec2:Subnet",
    ("ec2", "prefix-list"): "ec2:PrefixList",
    ("route53resolver", "resolver-rule"): "route53resolver:ResolverRule",
    ("route53resolver", "firewall-rule-group"): "route53resolver:FirewallRuleGroup",
}
"""What can be shared here. Source: AWS RAM User Guide, "Shareable AWS resources"; from memory, 2026-11-22."""


@dataclass
class Association:
    """A principal or a resource in a share."""

    entity: str
    kind: str
    status: str
    external: bool = False
    created: datetime = field(default_factory=now)

    @property
    def is_there(self) -> bool:
        """Whether it counts."""
        return self.status == "ASSOCIATED"


@dataclass
class Share:
    """A resource share."""

    arn: str
    name: str
    owner: str
    external_allowed: bool
    tags: dict[str, str]
    permissions: list[str] = field(default_factory=list)
    status: str = "ACTIVE"
    created: datetime = field(default_factory=now)
    associations: dict[tuple[str, str], Association] = field(default_factory=dict)
    """By kind (PRINCIPAL, RESOURCE) and entity; those that ended are remembered."""

    def of_kind(self, kind: str) -> list[Association]:
        """Give the associations of a kind that count."""
        return [each for each in self.associations.values() if each.kind == kind and each.is_there]

    def reaches(self, account: str) -> bool:
        """Say whether a principal of the share stands for an account: itself, a unit above it, its organisation."""
        above = path_of(account)
        return any(_stands_for(principal.entity, account, above) for principal in self.of_kind("PRINCIPAL"))


def _stands_for(principal: str, account: str, above: tuple[str, ...]) -> bool:
    """Say whether a principal stands for an account that is under these ids."""
    if principal == account or principal.startswith(f"arn:aws:iam::{account}:"):
        return True
    if ":organization/" in principal:
        return bool(above) and principal.endswith("/" + organisation_id(account))
    return ":ou/" in principal and principal.rpartition("/")[2] in above


def organisation_id(account: str) -> str:
    """Give the id of an account's organisation, or an empty string."""
    records = organisation_of(account)
    return str(records.org.id) if records is not None else ""


@dataclass
class Invitation:
    """What an account outside of the organisation must accept before it sees a share."""

    arn: str
    share_arn: str
    sender: str
    receiver: str
    status: str = "PENDING"
    created: datetime = field(default_factory=now)


class Shares(BaseBackend):
    """The shares of one account in one Region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin with none."""
        super().__init__(region_name, account_id)
        self.shares: dict[str, Share] = {}
        self.invitations: dict[str, Invitation] = {}
        """Those that this account sent."""


shares_backends = BackendDict(Shares, "resource-shares", use_boto3_regions=False, additional_regions=REGIONS)


def kept_by(account: str, region: str) -> Shares:
    """Give what an account shares in a Region."""
    kept: Shares = shares_backends[account][region]
    return kept


def all_kept(region: str) -> Iterator[Shares]:
    """Give what every account shares in a Region."""
    for regional in list(shares_backends.values()):
        kept: Any = dict.get(regional, region)
        if kept is not None:
            yield kept


def shares_for(account: str, region: str) -> list[Share]:
    """Give the shares of others that an account may use."""
    shares = (share for kept in all_kept(region) for share in kept.shares.values() if kept.account_id != account)
    return [share for share in shares if share.status == "ACTIVE" and share.reaches(account)]


def shared_with(account: str, region: str, resource_type: str) -> list[str]:
    """Give the ARNs of what others share with an account, of one type."""
    arns = (each.entity for share in shares_for(account, region) for each in share.of_kind("RESOURCE"))
    return list(dict.fromkeys(arn for arn in arns if type_of(arn) == resource_type))


def type_of(arn: str) -> str | None:
    """Tell the type that RAM gives a resource, or None if it can't be shared."""
    parts = arn.split(":", 5)
    if len(parts) < len(("arn", "partition", "service", "region", "account", "path")):
        return None
    return _TYPES.get((parts[2], parts[5].partition("/")[0]))
