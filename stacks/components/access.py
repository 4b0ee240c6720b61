"""How people reach the hub's hosts without any of them having a public address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    subnets: Sequence[pulumi.Output[str]]
    """Of the management zone, one per availability zone."""
    group_id: pulumi.Output[str]


class Access(pulumi.ComponentResource):
    """Session Manager's endpoints and an Instance Connect endpoint, in the management zone and under its rules."""

    def __init__(self, name: str, args: AccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the endpoints; whoever is allowed in by IAM comes by one or the other."""
        super().__init__("range:access:Access", name, None, opts)
        for service in SESSION_MANAGER:
            ec2.VpcEndpoint(
                service,
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.place.region}.{service}",
                vpc_endpoint_type="Interface",
                subnet_ids=list(args.subnets),
                security_group_ids=[args.group_id],
                private_dns_enabled=True,
                policy=own_principals_only(args.place),
                tags={"Name": f"{args.name}-{service}"},
                opts=pulumi.ResourceOptions(parent=self),
            )
        instance_connect.InstanceConnectEndpoint(
            name,
            subnet_id=args.subnets[0],
            security_group_ids=[args.group_id],
            preserve_client_ip=False,
            tags={"Name": args.name},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
