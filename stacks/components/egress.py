"""The one way to the internet, in the hub, and only where the exercise file allows egress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from range.plan.ranges import ANYWHERE


@dataclass(frozen=True)
class EgressArgs:
    """Where the NAT gateway stands, and who goes out through it."""

    name: str
    vpc_id: pulumi.Output[str]
    public_subnet: pulumi.Output[str]
    public_route_table: pulumi.Output[str]
    private_route_tables: Mapping[str, pulumi.Output[str]]
    """By zone: the transit zone's, for enclaves, and those of the hub's own zones that the file lets out."""


class Egress(pulumi.ComponentResource):
    """An internet gateway and a NAT gateway: connections go out, none come in."""

    def __init__(self, name: str, args: EgressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make both gateways and the routes to them; a NAT gateway needs the internet gateway to be attached."""
        super().__init__("range:network:Egress", name, None, opts)
        within = pulumi.ResourceOptions(parent=self)
        gateway = ec2.InternetGateway(name, vpc_id=args.vpc_id, tags={"Name": args.name}, opts=within)
        address = ec2.Eip(
            name,
            domain="vpc",
            tags={"Name": args.name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[gateway]),
        )
        outward = ec2.Route(
            "public",
            route_table_id=args.public_route_table,
            destination_cidr_block=str(ANYWHERE),
            gateway_id=gateway.id,
            opts=within,
        )
        nat = ec2.NatGateway(
            name,
            allocation_id=address.id,
            subnet_id=args.public_subnet,
            tags={"Name": args.name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[gateway, outward]),
        )
        for zone, route_table_id in args.private_route_tables.items():
            ec2.Route(
                zone,
                route_table_id=route_table_id,
                destination_cidr_block=str(ANYWHERE),
                nat_gateway_id=nat.id,
                opts=within,
            )
        self.register_outputs({})
