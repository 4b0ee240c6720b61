"""Attachments of VPCs: asked for by who has the VPC, accepted by who has the gateway."""

from __future__ import annotations

from typing import Any

from moto.ec2.utils import random_transit_gateway_attachment_id

from range.rehearsal.areas.ec2_records import remove_interface, service_interface, subnets, tag, tags_of, vpc
from range.rehearsal.areas.filters import matching, page, tag_facts
from range.rehearsal.areas.gateways.models import Attachment, Gateways, kept_by
from range.rehearsal.areas.gateways.sight import attachment_seen, attachments_seen, gateway_seen, no_attachment, usable
from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal
from range.rehearsal.states.passing import enter

_DEFAULTS = {
    "DnsSupport": "enable",
    "SecurityGroupReferencingSupport": "enable",
    "Ipv6Support": "disable",
    "ApplianceModeSupport": "disable",
}
_PENDING = "pendingAcceptance"
_DELETABLE = ("available", "pendingAcceptance")
_KIND = "transit-gateway-attachment"


def create(call: Call) -> Shape:
    """Attach a VPC of the caller; on somebody else's gateway it waits until that account accepts."""
    gateway = usable(gateway_seen(call, call.params["TransitGatewayId"]))
    wanted = vpc(call, call.params["VpcId"])
    chosen = _one_per_zone(subnets(call, call.params["SubnetIds"]), wanted.id)
    kept = kept_by(gateway.owner, call.region)
    if any(each.vpc_id == wanted.id for each in kept.attachments_of(gateway.id)):
        message = f"{gateway.id} has non-deleted Transit Gateway Attachments with same VPC ID."
        raise Refusal("DuplicateTransitGatewayAttachment", message)
    waits = gateway.owner != call.account and gateway.options["AutoAcceptSharedAttachments"] != "enable"
    options = {**_DEFAULTS, **call.params.get("Options", {})}
    attachment = Attachment(
        random_transit_gateway_attachment_id(), gateway.id, gateway.owner, wanted.id, call.account, options, _PENDING,
        {subnet.id: "" for subnet in chosen},
    )  # fmt: skip
    kept.attachments[attachment.id] = attachment
    if gateway.owner != call.account:
        kept_by(call.account, call.region).attached_elsewhere[attachment.id] = gateway.owner
    tag(call, attachment.id, call.params.get("TagSpecifications", []), _KIND)
    if not waits:
        _open(kept, attachment, chosen)
    return {"TransitGatewayVpcAttachment": _shape(call, attachment)}


def _one_per_zone(chosen: list[Any], vpc_id: str) -> list[Any]:
    """Check that the subnets are the VPC's, and no two in one zone."""
    if any(subnet.vpc_id != vpc_id for subnet in chosen):
        raise Refusal("InvalidParameterValue", f"The subnets must all be in the VPC {vpc_id}")
    if len({subnet.availability_zone for subnet in chosen}) < len(chosen):
        raise Refusal("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")
    return chosen


def _open(kept: Gateways, attachment: Attachment, chosen: list[Any]) -> None:
    """Begin to make an attachment available, with its interfaces."""
    for subnet in chosen:
        attachment.interfaces[subnet.id] = _interface(attachment, subnet)
    _pass(kept, attachment, "pending")


def _pass(kept: Gateways, attachment: Attachment, state: str) -> None:
    """Put an attachment into a state that doesn't last."""
    attachment.state = state
    enter("transit-gateway-attachment", state, attachment.id, kept, also=attachment.vpc_owner)


def arrive(kept: Gateways, attachment: Attachment) -> None:
    """Make an attachment available; a new one uses the tables that the gateway gives new ones."""
    new, attachment.state = attachment.state == "pending", "available"
    gateway = kept.gateways[attachment.gateway_id]
    if not new:
        return
    if gateway.options["DefaultRouteTableAssociation"] == "enable":
        attachment.table_id = gateway.options["AssociationDefaultRouteTableId"]
    if gateway.options["DefaultRouteTablePropagation"] == "enable":
        kept.tables[gateway.options["PropagationDefaultRouteTableId"]].propagations.append(attachment.id)


def _interface(attachment: Attachment, subnet: Any) -> str:
    """Make the interface that the gateway keeps in a subnet."""
    description = f"Network Interface for Transit Gateway Attachment {attachment.id}"
    return service_interface(subnet, kind="transit_gateway", description=description)


def accept(call: Call) -> Shape:
    """Accept an attachment to a gateway of the caller."""
    kept, attachment = _pending(call)
    requester = _as_owner(call, attachment)
    _open(kept, attachment, subnets(requester, list(attachment.interfaces)))
    return {"TransitGatewayVpcAttachment": _shape(call, attachment)}


def reject(call: Call) -> Shape:
    """Reject an attachment to a gateway of the caller."""
    _, attachment = _pending(call)
    attachment.state = "rejected"
    return {"TransitGatewayVpcAttachment": {**_shape(call, attachment), "State": "rejecting"}}


def _pending(call: Call) -> tuple[Gateways, Attachment]:
    """Find an attachment that waits for the caller."""
    attachment = attachment_seen(call, call.params["TransitGatewayAttachmentId"])
    if attachment.gateway_owner != call.account:
        raise no_attachment(attachment.id)
    if attachment.state != _PENDING:
        raise Refusal("IncorrectState", f"{attachment.id} is in invalid state {attachment.state}, not {_PENDING}.")
    return kept_by(call.account, call.region), attachment


def modify(call: Call) -> Shape:
    """Change an attachment of a VPC of the caller: its subnets and options."""
    attachment = attachment_seen(call, call.params["TransitGatewayAttachmentId"])
    if attachment.vpc_owner != call.account:
        raise no_attachment(attachment.id)
    removed = call.params.get("RemoveSubnetIds", [])
    remaining = [subnet_id for subnet_id in attachment.interfaces if subnet_id not in removed]
    added = call.params.get("AddSubnetIds", [])
    _one_per_zone(subnets(call, [*remaining, *added]), attachment.vpc_id)
    for subnet in subnets(call, added):
        attachment.interfaces[subnet.id] = _interface(attachment, subnet) if attachment.state == "available" else ""
    for subnet_id in removed:
        remove_interface(attachment.vpc_owner, call.region, attachment.interfaces.pop(subnet_id, ""))
    attachment.options |= call.params.get("Options", {})
    if attachment.state == "available":
        _pass(kept_by(attachment.gateway_owner, call.region), attachment, "modifying")
    return {"TransitGatewayVpcAttachment": _shape(call, attachment)}


def delete(call: Call) -> Shape:
    """Delete an attachment, from either side. Static routes to it stay as blackholes; what it propagated vanishes."""
    attachment = attachment_seen(call, call.params["TransitGatewayAttachmentId"])
    if not attachment.is_there:
        raise no_attachment(attachment.id)
    if attachment.state not in _DELETABLE:
        raise Refusal("IncorrectState", f"{attachment.id} is in invalid state {attachment.state}.")
    _pass(kept_by(attachment.gateway_owner, call.region), attachment, "deleting")
    return {"TransitGatewayVpcAttachment": _shape(call, attachment)}


def depart(kept: Gateways, attachment: Attachment) -> None:
    """Delete an attachment, with its interfaces, its association and what it propagated."""
    attachment.state, attachment.table_id = "deleted", None
    for table in kept.tables.values():
        table.propagations = [each for each in table.propagations if each != attachment.id]
    for interface_id in attachment.interfaces.values():
        remove_interface(attachment.vpc_owner, kept.region_name, interface_id)


def describe(call: Call) -> Shape:
    """List the attachments of VPCs that the caller sees."""
    found = [_shape(call, attachment) for attachment in _described(call)]
    return page(call.params, "TransitGatewayVpcAttachments", found)


def describe_all(call: Call) -> Shape:
    """List the attachments of every kind that the caller sees."""
    found = [_general_shape(call, attachment) for attachment in _described(call)]
    return page(call.params, "TransitGatewayAttachments", found)


def _described(call: Call) -> list[Attachment]:
    """Find the attachments that a call names or filters."""
    seen, wanted = attachments_seen(call), call.params.get("TransitGatewayAttachmentIds")
    for attachment_id in wanted or ():
        if attachment_id not in (attachment.id for attachment in seen):
            raise no_attachment(attachment_id)
    named = [attachment for attachment in seen if wanted is None or attachment.id in wanted]
    return matching(named, call.params.get("Filters", []), lambda attachment: _facts(call, attachment))


def _as_owner(call: Call, attachment: Attachment) -> Call:
    """Give a call as it would be by the account that has the VPC, whose subnets only it can look up."""
    from dataclasses import replace

    return replace(call, caller=replace(call.caller, account=attachment.vpc_owner))


def _shape(call: Call, attachment: Attachment) -> Shape:
    """Give an attachment as the calls about VPCs return it."""
    return {
        "TransitGatewayAttachmentId": attachment.id,
        "TransitGatewayId": attachment.gateway_id,
        "VpcId": attachment.vpc_id,
        "VpcOwnerId": attachment.vpc_owner,
        "State": attachment.state,
        "SubnetIds": list(attachment.interfaces),
        "CreationTime": attachment.created,
        "Options": attachment.options,
        "Tags": tags_of(call, attachment.id),
    }


def _general_shape(call: Call, attachment: Attachment) -> Shape:
    """Give an attachment as the call about all kinds returns it."""
    association = {"TransitGatewayRouteTableId": attachment.table_id, "State": "associated"}
    return {
        "TransitGatewayAttachmentId": attachment.id,
        "TransitGatewayId": attachment.gateway_id,
        "TransitGatewayOwnerId": attachment.gateway_owner,
        "ResourceOwnerId": attachment.vpc_owner,
        "ResourceType": "vpc",
        "ResourceId": attachment.vpc_id,
        "State": attachment.state,
        "Association": association if attachment.table_id and attachment.gateway_owner == call.account else None,
        "CreationTime": attachment.created,
        "Tags": tags_of(call, attachment.id),
    }


def _facts(call: Call, attachment: Attachment) -> dict[str, Any]:
    """Give what attachments are filtered by."""
    return {
        "transit-gateway-attachment-id": attachment.id,
        "transit-gateway-id": attachment.gateway_id,
        "transit-gateway-owner-id": attachment.gateway_owner,
        "resource-id": attachment.vpc_id,
        "resource-owner-id": attachment.vpc_owner,
        "resource-type": "vpc",
        "vpc-id": attachment.vpc_id,
        "state": attachment.state,
        "association.state": "associated" if attachment.table_id else "",
        "association.transit-gateway-route-table-id": attachment.table_id or "",
        **tag_facts(tags_of(call, attachment.id)),
    }


OPERATIONS = {
    "CreateTransitGatewayVpcAttachment": create,
    "AcceptTransitGatewayVpcAttachment": accept,
    "RejectTransitGatewayVpcAttachment": reject,
    "ModifyTransitGatewayVpcAttachment": modify,
    "DeleteTransitGatewayVpcAttachment": delete,
    "DescribeTransitGatewayVpcAttachments": describe,
    "DescribeTransitGatewayAttachments": describe_all,
}
