"""What a transit gateway consists of, kept in the account that owns the gateway."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend

from range.rehearsal.areas.clock import now
from range.rehearsal.areas.regions import REGIONS
from range.rehearsal.callers import PARTITION

GONE = ("deleted", "rejected", "failed")
"""States of attachments and gateways that are only remembered."""


@dataclass
class Attachment:
    """A VPC on a gateway."""

    id: str
    gateway_id: str
    gateway_owner: str
    vpc_id: str
    vpc_owner: str
    options: dict[str, str]
    state: str
    interfaces: dict[str, str] = field(default_factory=dict)
    """The interface that the gateway keeps in each subnet; empty ids until the attachment is accepted."""
    table_id: str | None = None
    """The route table that it is associated with."""
    created: datetime = field(default_factory=now)

    @property
    def is_there(self) -> bool:
        """Whether it is more than remembered."""
        return self.state not in GONE


@dataclass
class StaticRoute:
    """A route that somebody wrote into a table: to an attachment, or to nowhere."""

    cidr: str
    attachment_id: str | None


@dataclass
class Table:
    """A route table of a gateway."""

    id: str
    gateway_id: str
    default_association: bool = False
    default_propagation: bool = False
    routes: dict[str, StaticRoute] = field(default_factory=dict)
    propagations: list[str] = field(default_factory=list)
    """The attachments whose VPCs' ranges it learns, oldest first."""
    state: str = "pending"
    created: datetime = field(default_factory=now)


@dataclass
class Gateway:
    """A transit gateway."""

    id: str
    owner: str
    region: str
    description: str
    options: dict[str, Any]
    state: str = "pending"
    created: datetime = field(default_factory=now)

    @property
    def arn(self) -> str:
        """Its ARN."""
        return f"arn:{PARTITION}:ec2:{self.region}:{self.owner}:transit-gateway/{self.id}"


class Gateways(BaseBackend):
    """The transit gateways of one account in one Region, with everything that belongs to them."""

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin with none."""
        super().__init__(region_name, account_id)
        self.gateways: dict[str, Gateway] = {}
        self.tables: dict[str, Table] = {}
        self.attachments: dict[str, Attachment] = {}
        self.attached_elsewhere: dict[str, str] = {}
        """Attachments of this account's VPCs to gateways of other accounts: which account keeps them."""

    def attachments_of(self, gateway_id: str) -> Iterator[Attachment]:
        """Give the attachments of a gateway that are there."""
        return (each for each in self.attachments.values() if each.gateway_id == gateway_id and each.is_there)

    def associated_with(self, table_id: str) -> list[Attachment]:
        """Give the attachments that use a table."""
        return [each for each in self.attachments.values() if each.table_id == table_id and each.is_there]


gateways_backends = BackendDict(Gateways, "transit-gateways", use_boto3_regions=False, additional_regions=REGIONS)


def kept_by(account: str, region: str) -> Gateways:
    """Give what an account keeps in a Region."""
    kept: Gateways = gateways_backends[account][region]
    return kept
