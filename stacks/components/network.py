"""A VPC, its zones as subnets with a route table each, and everything emptied that AWS gives it by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import ec2

from range.records.plan import Zone


@dataclass(frozen=True)
class NetworkArgs:
    """What a network is made from; `name` prefixes the Name tags."""

    name: str
    cidr: IPv4Network
    zones: tuple[Zone, ...]
    domain: str
    """What hosts complete short names with: the private zone."""


class Network(pulumi.ComponentResource):
    """A VPC in which nothing may talk to anything yet: routes, groups and ACL entries belong to other components."""

    vpc_id: pulumi.Output[str]
    subnets: Mapping[str, Mapping[str, pulumi.Output[str]]]
    """Subnet ids by zone and availability zone id."""
    route_tables: Mapping[str, pulumi.Output[str]]
    """Route table ids by zone."""

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the VPC, its subnets and route tables."""
        super().__init__("range:network:Network", name, None, opts)
        self._args = args
        vpc = ec2.Vpc(
            "vpc",
            cidr_block=str(args.cidr),
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": args.name},
            opts=self._within(),
        )
        self.vpc_id = vpc.id
        self._empty_defaults(vpc)
        self._complete_names()
        self.subnets = {zone.name: self._subnets(zone) for zone in args.zones}
        self.route_tables = {zone.name: self._route_table(zone) for zone in args.zones}
        self.register_outputs({"vpc_id": vpc.id})

    def _within(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _empty_defaults(self, vpc: ec2.Vpc) -> None:
        """Take over what AWS makes with every VPC, and leave no rule and no route in it.

        New subnets are in the default ACL until each zone's own takes them, so which ones it has isn't looked at.

        Source: Terraform AWS provider, `aws_default_network_acl`, "Managing Subnets" (read 2026-11-22).
        """
        tags = {"Name": f"{self._args.name}-default-unused"}
        ec2.DefaultSecurityGroup("default", vpc_id=vpc.id, tags=tags, opts=self._within())
        ec2.DefaultNetworkAcl(
            "default",
            default_network_acl_id=vpc.default_network_acl_id,
            tags=tags,
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["subnet_ids"]),
        )
        ec2.DefaultRouteTable(
            "default", default_route_table_id=vpc.default_route_table_id, routes=[], tags=tags, opts=self._within()
        )

    def _complete_names(self) -> None:
        options = ec2.VpcDhcpOptions(
            "names",
            domain_name=self._args.domain,
            domain_name_servers=["AmazonProvidedDNS"],
            tags={"Name": self._args.name},
            opts=self._within(),
        )
        ec2.VpcDhcpOptionsAssociation("names", vpc_id=self.vpc_id, dhcp_options_id=options.id, opts=self._within())

    def _subnets(self, zone: Zone) -> dict[str, pulumi.Output[str]]:
        made = {}
        for subnet in zone.subnets:
            name = f"{zone.name}-{subnet.availability_zone_id}"
            made[subnet.availability_zone_id] = ec2.Subnet(
                name,
                vpc_id=self.vpc_id,
                cidr_block=str(subnet.cidr),
                availability_zone_id=subnet.availability_zone_id,
                map_public_ip_on_launch=False,
                tags={"Name": f"{self._args.name}-{name}", "range:zone": zone.name},
                opts=self._within(),
            ).id
        return made

    def _route_table(self, zone: Zone) -> pulumi.Output[str]:
        table = ec2.RouteTable(
            zone.name,
            vpc_id=self.vpc_id,
            tags={"Name": f"{self._args.name}-{zone.name}", "range:zone": zone.name},
            opts=self._within(),
        )
        for availability_zone_id, subnet_id in self.subnets[zone.name].items():
            ec2.RouteTableAssociation(
                f"{zone.name}-{availability_zone_id}",
                route_table_id=table.id,
                subnet_id=subnet_id,
                opts=self._within(),
            )
        return table.id
