"""The names that an enclave's hosts know the hub's services by."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
from pulumi_aws import route53

from range.records.plan import Service

TTL_S = 300


@dataclass(frozen=True)
class PrivateZoneArgs:
    """Which zone a VPC has, and the services in it."""

    domain: str
    comment: str
    vpc_id: pulumi.Output[str]
    services: tuple[Service, ...]


class PrivateZone(pulumi.ComponentResource):
    """A private zone of the enclave's own, in which every service of the hub has a name."""

    zone_id: pulumi.Output[str]

    def __init__(self, name: str, args: PrivateZoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the zone for its VPC, and a record per service."""
        super().__init__("range:names:PrivateZone", name, None, opts)
        zone = route53.Zone(
            name,
            name=args.domain,
            comment=args.comment,
            vpcs=[route53.ZoneVpcArgs(vpc_id=args.vpc_id)],
            force_destroy=True,  # whatever players put into it
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        for service in args.services:
            route53.Record(
                service.name,
                zone_id=zone.zone_id,
                name=f"{service.name}.{args.domain}",
                type="A",
                ttl=TTL_S,
                records=[str(service.address)],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.zone_id = zone.zone_id
        self.register_outputs({"zone_id": zone.zone_id})
