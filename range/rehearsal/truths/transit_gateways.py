"""Transit gateways and resource shares; `range.rehearsal.areas` itself refuses these, so no row has a check."""

from __future__ import annotations

from range.rehearsal.truths.rows import Confidence, Truth

_LIVE = "floci-io/floci, Ec2Service.java: checked on a live account (read 2026-11-22)"
_TERRAFORM = "hashicorp/terraform-provider-aws, internal/service/ec2/errors.go (read 2026-11-22)"
_RAM = "botocore 1.44.5, RAM 2018-01-04, {} (read 2026-11-22)"


def _ec2(name: str, *calls: str, when: str, code: str, source: str, confidence: Confidence = "seen_in_issue") -> Truth:
    """Make a row of EC2."""
    return Truth(name, tuple(f"ec2.{call}" for call in calls), when, code, source, confidence)


def _ram(name: str, call: str, *, when: str, code: str, source: str, confidence: Confidence = "documented") -> Truth:
    """Make a row of RAM."""
    return Truth(name, (f"ram.{call}",), when, code, source, confidence)


TRUTHS = (
    _ec2(
        "gateway-with-attachments",
        "DeleteTransitGateway",
        when="an attachment isn't deleted",
        code="IncorrectState",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/7196",
    ),
    _ec2(
        "gateway-gone",
        "DeleteTransitGateway",
        when="it is deleted already",
        code="InvalidTransitGatewayID.NotFound",
        source=_TERRAFORM,
    ),
    _ec2(
        "attachment-twice",
        "CreateTransitGatewayVpcAttachment",
        when="the VPC has an attachment to that gateway",
        code="DuplicateTransitGatewayAttachment",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/10852",
    ),
    _ec2(
        "attachment-twice-in-a-zone",
        "CreateTransitGatewayVpcAttachment",
        when="two of its subnets are in one availability zone",
        code="DuplicateSubnetsInSameZone",
        source="https://github.com/zoitech/terraform-aws-network/issues/46",
    ),
    _ec2(
        "attachment-to-an-unshared-gateway",
        "CreateTransitGatewayVpcAttachment",
        when="the gateway is another account's and isn't shared with the caller",
        code="InvalidTransitGatewayID.NotFound",
        source="https://github.com/terraform-aws-modules/terraform-aws-transit-gateway/issues/89",
    ),
    _ec2(
        "attachment-gone",
        "DeleteTransitGatewayVpcAttachment",
        when="it is deleted already",
        code="InvalidTransitGatewayAttachmentID.NotFound",
        source="https://github.com/rebuy-de/aws-nuke/issues/961",
    ),
    _ec2(
        "attachment-accepted-twice",
        "AcceptTransitGatewayVpcAttachment",
        when="it doesn't wait for acceptance",
        code="IncorrectState",
        source="botocore 1.44.5, EC2 2016-11-15, AcceptTransitGatewayVpcAttachment (read 2026-11-22); the code is from memory",
        confidence="general_knowledge",
    ),
    _ec2(
        "gateway-association-second",
        "AssociateTransitGatewayRouteTable",
        when="the attachment is associated",
        code="Resource.AlreadyAssociated",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/16452",
    ),
    _ec2(
        "gateway-association-absent",
        "DisassociateTransitGatewayRouteTable",
        when="the attachment isn't associated with that table",
        code="InvalidAssociation.NotFound",
        source=f"{_TERRAFORM}; floci-io/floci has InvalidParameterValue",
        confidence="general_knowledge",
    ),
    _ec2(
        "gateway-table-in-use",
        "DeleteTransitGatewayRouteTable",
        when="attachments are associated with it",
        code="IncorrectState",
        source=_LIVE,
    ),
    _ec2(
        "gateway-table-default",
        "DeleteTransitGatewayRouteTable",
        when="it is the gateway's default table for association or propagation",
        code="IncorrectState",
        source=_LIVE,
    ),
    _ec2(
        "propagation-twice",
        "EnableTransitGatewayRouteTablePropagation",
        when="it is enabled",
        code="TransitGatewayRouteTablePropagation.Duplicate",
        source="floci-io/floci, Ec2Service.java (read 2026-11-22)",
        confidence="general_knowledge",
    ),
    _ec2(
        "propagation-absent",
        "DisableTransitGatewayRouteTablePropagation",
        when="it isn't enabled",
        code="TransitGatewayRouteTablePropagation.NotFound",
        source="hashicorp/terraform-provider-aws, transitgateway_route_table_propagation.go (read 2026-11-22)",
    ),
    _ec2(
        "propagation-too-early",
        "EnableTransitGatewayRouteTablePropagation",
        when="the attachment isn't available yet",
        code="IncorrectState",
        source="https://github.com/aws-solutions-library-samples/network-orchestration-for-aws-transit-gateway/issues/116",
    ),
    _ec2(
        "gateway-route-twice",
        "CreateTransitGatewayRoute",
        when="the table has a static route to that destination",
        code="RouteAlreadyExists",
        source="https://github.com/ministryofjustice/modernisation-platform/pull/4810",
    ),
    _ec2(
        "gateway-route-absent",
        "DeleteTransitGatewayRoute",
        when="the table has no static route to that destination",
        code="InvalidRoute.NotFound",
        source="floci-io/floci, Ec2Service.java (read 2026-11-22)",
        confidence="general_knowledge",
    ),
    _ec2(
        "gateway-not-ready",
        "CreateTransitGatewayVpcAttachment",
        "CreateTransitGatewayRouteTable",
        when="the gateway is pending, being changed or deleting",
        code="IncorrectState",
        source="hashicorp/terraform-provider-aws, internal/service/ec2: it waits and retries (read 2026-11-22)",
        confidence="general_knowledge",
    ),
    _ec2(
        "gateway-table-of-a-foreign-attachment",
        "AssociateTransitGatewayRouteTable",
        "EnableTransitGatewayRouteTablePropagation",
        "CreateTransitGatewayRoute",
        when="the attachment is of another gateway, or unknown",
        code="InvalidTransitGatewayAttachmentID.NotFound",
        source=_LIVE,
    ),
    _ec2(
        "gateway-default-table-unnamed",
        "ModifyTransitGateway",
        when="default association or propagation is switched on without a table, or off with one",
        code="InvalidParameterCombination",
        source="https://github.com/floci-io/floci/pull/2329",
    ),
    _ram(
        "share-of-nothing",
        "CreateResourceShare",
        when="the resource doesn't exist",
        code="UnknownResourceException",
        source=_RAM.format("CreateResourceShare"),
    ),
    _ram(
        "share-of-what-cannot-be-shared",
        "CreateResourceShare",
        when="resources of that type can't be shared",
        code="MalformedArnException",
        source=f"{_RAM.format('CreateResourceShare')}; the choice of code is from memory",
        confidence="general_knowledge",
    ),
    _ram(
        "share-with-an-unknown-organisation",
        "CreateResourceShare",
        when="RAM doesn't know the organisation: sharing within it isn't switched on",
        code="UnknownResourceException",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/17748",
        confidence="seen_in_issue",
    ),
    _ram(
        "sharing-switched-on-by-a-member",
        "EnableSharingWithAwsOrganization",
        when="the caller isn't the management account",
        code="OperationNotPermittedException",
        source=_RAM.format("EnableSharingWithAwsOrganization"),
    ),
    _ram(
        "share-invitation-absent",
        "AcceptResourceShareInvitation",
        when="there is none, as within an organisation",
        code="ResourceShareInvitationArnNotFoundException",
        source=_RAM.format("AcceptResourceShareInvitation"),
    ),
    _ram(
        "share-invitation-accepted-twice",
        "AcceptResourceShareInvitation",
        when="it was accepted",
        code="ResourceShareInvitationAlreadyAcceptedException",
        source=_RAM.format("AcceptResourceShareInvitation"),
    ),
    _ram(
        "share-with-an-outsider",
        "CreateResourceShare",
        when="external principals aren't allowed, and one is, or sharing within the organisation isn't switched on",
        code="OperationNotPermittedException",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/15254",
        confidence="seen_in_issue",
    ),
)
