"""The private way to S3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from stacks.documents.endpoints import own_resources_only
from stacks.documents.language import Place


@dataclass(frozen=True)
class StorageEndpointArgs:
    """Which route tables lead to S3."""

    name: str
    place: Place
    vpc_id: pulumi.Output[str]
    route_tables: Sequence[pulumi.Output[str]]


class StorageEndpoint(pulumi.ComponentResource):
    """A gateway endpoint that leads to the account's own buckets and nobody else's."""

    def __init__(self, name: str, args: StorageEndpointArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the endpoint in every zone's route table."""
        super().__init__("range:network:StorageEndpoint", name, None, opts)
        ec2.VpcEndpoint(
            name,
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.place.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=list(args.route_tables),
            policy=own_resources_only(args.place),
            tags={"Name": args.name},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
