"""How a VPC hangs on the transit gateway: whoever owns the VPC asks, whoever owns the gateway decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
from pulumi_aws import ec2, ram
from pulumi_aws import ec2transitgateway as tgw


@dataclass(frozen=True)
class Membership:
    """Which route table an attachment looks routes up in, and which tables learn its addresses."""

    associated: pulumi.Input[str]
    learned_by: Mapping[str, pulumi.Input[str]]
    """Ids by name."""


@dataclass(frozen=True)
class AttachmentArgs:
    """What hangs on the gateway, through which subnets, and as what."""

    name: str
    gateway_id: pulumi.Input[str]
    vpc_id: pulumi.Output[str]
    subnets: Sequence[pulumi.Output[str]]
    """The transit zone's, one in every availability zone in use."""
    routes: Mapping[str, tuple[pulumi.Output[str], tuple[IPv4Network, ...]]]
    """By zone: its route table, and what it reaches by the gateway."""
    membership: Membership
    after: Sequence[pulumi.Resource]
    """What must be in place before a packet can pass: rules and flow logs."""


@dataclass(frozen=True)
class Invitation:
    """How another account comes to see the gateway, and who accepts it there."""

    account: str
    share_arn: pulumi.Input[str]
    owner: pulumi.ProviderResource
    """The gateway owner's provider."""


class Attachment(pulumi.ComponentResource):
    """A VPC on the gateway. With an invitation both sides are here, so that destroying it removes both."""

    attachment_id: pulumi.Output[str]
    """Known when the attachment can be used, accepted if it had to be."""

    def __init__(
        self,
        name: str,
        args: AttachmentArgs,
        invitation: Invitation | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Ask, accept, associate, propagate, and only then route to it: AWS refuses routes to what isn't accepted."""
        super().__init__("range:gateway:Attachment", name, None, opts)
        self._owner = None if invitation is None else invitation.owner
        invited = [] if invitation is None else [self._invite(name, invitation)]
        attachment = self._attach(name, args, [*args.after, *invited], own=invitation is None)
        usable = attachment if invitation is None else self._accept(name, args.name, attachment)
        self.attachment_id = usable.id
        self._join(args.membership)
        self._route(args, usable)
        self.register_outputs({"attachment_id": usable.id})

    def _owned(self, *, delete_before_replace: bool | None = None) -> pulumi.ResourceOptions:
        """Act as the gateway's owner, or as whoever this component belongs to."""
        return pulumi.ResourceOptions(parent=self, provider=self._owner, delete_before_replace=delete_before_replace)

    def _invite(self, name: str, invitation: Invitation) -> pulumi.Resource:
        return ram.PrincipalAssociation(
            name, principal=invitation.account, resource_share_arn=invitation.share_arn, opts=self._owned()
        )

    def _attach(
        self, name: str, args: AttachmentArgs, after: Sequence[pulumi.Resource], *, own: bool
    ) -> tgw.VpcAttachment:
        """Only the owner may say that nothing is associated by default; for others the accepter says it."""
        return tgw.VpcAttachment(
            name,
            transit_gateway_id=args.gateway_id,
            vpc_id=args.vpc_id,
            subnet_ids=list(args.subnets),
            dns_support="disable",
            security_group_referencing_support="disable",
            transit_gateway_default_route_table_association=False if own else None,
            transit_gateway_default_route_table_propagation=False if own else None,
            tags={"Name": args.name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(after), delete_before_replace=True),
        )

    def _accept(self, name: str, full_name: str, attachment: tgw.VpcAttachment) -> tgw.VpcAttachmentAccepter:
        return tgw.VpcAttachmentAccepter(
            name,
            transit_gateway_attachment_id=attachment.id,
            transit_gateway_default_route_table_association=False,
            transit_gateway_default_route_table_propagation=False,
            tags={"Name": full_name},
            opts=self._owned(),
        )

    def _join(self, membership: Membership) -> None:
        tgw.RouteTableAssociation(
            "table",
            transit_gateway_attachment_id=self.attachment_id,
            transit_gateway_route_table_id=membership.associated,
            opts=self._owned(delete_before_replace=True),
        )
        for table, table_id in membership.learned_by.items():
            tgw.RouteTablePropagation(
                table,
                transit_gateway_attachment_id=self.attachment_id,
                transit_gateway_route_table_id=table_id,
                opts=self._owned(),
            )

    def _route(self, args: AttachmentArgs, usable: pulumi.Resource) -> None:
        for zone, (route_table_id, destinations) in args.routes.items():
            for destination in destinations:
                ec2.Route(
                    f"{zone}-{destination}",
                    route_table_id=route_table_id,
                    destination_cidr_block=str(destination),
                    transit_gateway_id=args.gateway_id,
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[usable]),
                )
