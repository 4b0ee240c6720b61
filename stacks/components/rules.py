"""The flow table as AWS enforces it: a security group and a network ACL per zone, one resource per rule.

The rules' logical names are the plan's keys: a new flow adds resources and changes none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, vpc

from range.plan.rules import AclEntry, GroupRule

_PROTOCOL_NUMBERS = {"all": "-1", "icmp": "1", "tcp": "6", "udp": "17"}
"""Source: IANA, Protocol Numbers (read 2026-11-22); -1 is AWS's."""

_EVERY_ICMP = -1
_WITH_PORTS = ("tcp", "udp")


@dataclass(frozen=True)
class ZoneGroupArgs:
    """What the hosts of one zone may open and accept."""

    name: str
    """The AWS name: `steadfast-est-targets`."""
    vpc_id: pulumi.Output[str]
    rules: tuple[GroupRule, ...]


class ZoneGroup(pulumi.ComponentResource):
    """The one security group that all hosts of a zone have."""

    group_id: pulumi.Output[str]

    def __init__(self, name: str, args: ZoneGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the group, empty, and each rule as a resource of its own."""
        super().__init__("range:network:ZoneGroup", name, None, opts)
        group = ec2.SecurityGroup(
            name,
            name=args.name,
            description=f"What the flow table lets into and out of {name}",
            vpc_id=args.vpc_id,
            tags={"Name": args.name},
            opts=pulumi.ResourceOptions(parent=self),
        )
        for rule in args.rules:
            kind = vpc.SecurityGroupIngressRule if rule.direction == "ingress" else vpc.SecurityGroupEgressRule
            kind(
                f"{name}-{rule.key}",
                security_group_id=group.id,
                ip_protocol=rule.protocol,
                from_port=rule.from_port,
                to_port=rule.to_port,
                cidr_ipv4=str(rule.cidr),
                description=rule.description,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.group_id = group.id
        self.register_outputs({"group_id": group.id})


@dataclass(frozen=True)
class ZoneAclArgs:
    """What may cross the edge of one zone's subnets."""

    name: str
    vpc_id: pulumi.Output[str]
    subnets: Mapping[str, pulumi.Output[str]]
    """By availability zone id."""
    entries: tuple[AclEntry, ...]


class ZoneAcl(pulumi.ComponentResource):
    """The network ACL of a zone: a second fence, that holds where somebody opens the first."""

    ready: tuple[pulumi.Resource, ...]
    """The subnets' associations: from then on it isn't the emptied default ACL that counts."""

    def __init__(self, name: str, args: ZoneAclArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the ACL, each entry as a resource of its own, and put it around the subnets."""
        super().__init__("range:network:ZoneAcl", name, None, opts)
        within = pulumi.ResourceOptions(parent=self)
        acl = ec2.NetworkAcl(name, vpc_id=args.vpc_id, tags={"Name": args.name}, opts=within)
        for entry in args.entries:
            self._entry(name, acl, entry)
        self.ready = tuple(
            ec2.NetworkAclAssociation(f"{name}-{place}", network_acl_id=acl.id, subnet_id=subnet_id, opts=within)
            for place, subnet_id in args.subnets.items()
        )
        self.register_outputs({})

    def _entry(self, name: str, acl: ec2.NetworkAcl, entry: AclEntry) -> None:
        icmp = _EVERY_ICMP if entry.protocol == "icmp" else None
        with_ports = entry.protocol in _WITH_PORTS
        ec2.NetworkAclRule(
            f"{name}-{entry.key}",
            network_acl_id=acl.id,
            egress=entry.direction == "egress",
            rule_number=entry.number,
            rule_action="allow",
            protocol=_PROTOCOL_NUMBERS[entry.protocol],
            from_port=entry.from_port if with_ports else None,
            to_port=entry.to_port if with_ports else None,
            icmp_type=icmp,
            icmp_code=icmp,
            cidr_block=str(entry.cidr),
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
