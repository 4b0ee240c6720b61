"""How people reach the hub's hosts without any of them having a public address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import ec2
from pulumi_aws import ec2transitgateway as instance_connect

from stacks.documents.endpoints import own_principals_only
from stacks.documents.language import Place

SESSION_MANAGER = ("ssm", "ssmmessages", "ec2messages")
"""Source: AWS Systems Manager User Guide, "Create VPC endpoints for Systems Manager" (read 2026-11-22)."""


@dataclass(frozen=True)
class AccessArgs:
    """Where the endpoints stand, and which security group they have."""

    name: str
    place: Place
    vpc_id: pulumi.Output[str]
    subnets: Mapping[str, pulumi.Output[str]]
    """Of the management zone, by availability zone id."""
    cidrs: Mapping[str, IPv4Network]
    """Of the same subnets."""
    group_id: pulumi.Output[str]


class Access(pulumi.ComponentResource):
    """Session Manager's endpoints and an Instance Connect endpoint, in the management zone and under its rules."""

    def __init__(self, name: str, args: AccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the endpoints; whoever is allowed in by IAM comes by one or the other.

        They take whatever addresses are free, and must not take those that hosts are given by the address lock.
        """
        super().__init__("range:access:Access", name, None, opts)
        kept = [self._keep_for_hosts(place, subnet, args.cidrs[place]) for place, subnet in args.subnets.items()]
        elsewhere = pulumi.ResourceOptions(parent=self, depends_on=kept)
        for service in SESSION_MANAGER:
            ec2.VpcEndpoint(
                service,
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.place.region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=list(args.subnets.values()),
                security_group_ids=[args.group_id],
                private_dns_enabled=True,
                policy=own_principals_only(args.place),
                tags={"Name": f"{args.name}-{service}"},
                opts=elsewhere,
            )
        instance_connect.InstanceConnectEndpoint(
            name,
            subnet_id=next(iter(args.subnets.values())),
            security_group_ids=[args.group_id],
            preserve_client_ip=False,
            tags={"Name": args.name},
            opts=elsewhere,
        )
        self.register_outputs({})

    def _keep_for_hosts(self, place: str, subnet_id: pulumi.Output[str], cidr: IPv4Network) -> pulumi.Resource:
        """Keep the lower half of a subnet, where hosts are given addresses, from being handed out.

        Source: Amazon VPC User Guide, "Subnet CIDR reservations" (read 2026-11-22).
        """
        lower, _ = cidr.subnets()
        return ec2.SubnetCidrReservation(
            place,
            subnet_id=subnet_id,
            cidr_block=str(lower),
            reservation_type="explicit",
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
