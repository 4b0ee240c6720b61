"""The transit gateway that all enclaves attach to: its route tables, what they swallow, and the share that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2transitgateway as tgw
from pulumi_aws import ram

from range.plan.ranges import ANYWHERE
from range.records.plan import GatewayTable


@dataclass(frozen=True)
class GatewayArgs:
    """What the gateway is called, and whom its tables serve."""

    name: str
    description: str
    tables: tuple[GatewayTable, ...]


class Gateway(pulumi.ComponentResource):
    """A gateway on which nothing happens by itself: no attachment is accepted, associated or propagated unasked.

    DNS support is off, for it resolves public names of one enclave's hosts in another; so is referring to another
    enclave's security groups.
    """

    gateway_id: pulumi.Output[str]
    arn: pulumi.Output[str]
    share_arn: pulumi.Output[str]
    route_tables: Mapping[str, pulumi.Output[str]]
    """Route table ids by name."""

    def __init__(self, name: str, args: GatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the gateway, its tables with their blackholes, and a share that has no members yet.

        An enclave's stack adds its own account to the share, so that only who plays sees the gateway.
        """
        super().__init__("range:gateway:Gateway", name, None, opts)
        gateway = tgw.TransitGateway(
            name,
            description=args.description,
            auto_accept_shared_attachments="disable",
            default_route_table_association="disable",
            default_route_table_propagation="disable",
            security_group_referencing_support="disable",
            dns_support="disable",
            multicast_support="disable",
            vpn_ecmp_support="disable",
            tags={"Name": args.name},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.gateway_id = gateway.id
        self.arn = gateway.arn
        self.route_tables = {table.name: self._table(table, args.name) for table in args.tables}
        self.share_arn = self._share(name, args.name)
        self.register_outputs({"gateway_id": gateway.id})

    def _table(self, table: GatewayTable, prefix: str) -> pulumi.Output[str]:
        made = tgw.RouteTable(
            table.name,
            transit_gateway_id=self.gateway_id,
            tags={"Name": f"{prefix}-{table.name}"},
            opts=pulumi.ResourceOptions(parent=self),
        )
        for blackhole in table.blackholes:
            tgw.Route(
                f"{table.name}-{blackhole}",
                transit_gateway_route_table_id=made.id,
                destination_cidr_block=str(blackhole),
                blackhole=True,
                opts=pulumi.ResourceOptions(parent=self),
            )
        return made.id

    def _share(self, name: str, share_name: str) -> pulumi.Output[str]:
        share = ram.ResourceShare(
            name, name=share_name, allow_external_principals=False, opts=pulumi.ResourceOptions(parent=self)
        )
        ram.ResourceAssociation(
            name, resource_arn=self.arn, resource_share_arn=share.arn, opts=pulumi.ResourceOptions(parent=self)
        )
        return share.arn


@dataclass(frozen=True)
class WayOutArgs:
    """Through which attachment the internet is reached, and from which route tables; ids by name."""

    attachment_id: pulumi.Output[str]
    tables: Mapping[str, pulumi.Output[str]]


class WayOut(pulumi.ComponentResource):
    """Default routes to the hub, in the tables of those whom the exercise file lets out."""

    def __init__(self, name: str, args: WayOutArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make a route per table; without egress there is none."""
        super().__init__("range:gateway:WayOut", name, None, opts)
        for table, table_id in args.tables.items():
            tgw.Route(
                table,
                transit_gateway_route_table_id=table_id,
                destination_cidr_block=str(ANYWHERE),
                transit_gateway_attachment_id=args.attachment_id,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
