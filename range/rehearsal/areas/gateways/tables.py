"""Route tables of gateways: which attachments use one, and which teach it their ranges."""

from __future__ import annotations

from typing import Any

from moto.ec2.utils import random_transit_gateway_route_table_id

from range.rehearsal.areas.ec2_records import tag, tags_of
from range.rehearsal.areas.filters import matching, page, tag_facts
from range.rehearsal.areas.gateways.models import Attachment, Table, kept_by
from range.rehearsal.areas.gateways.sight import no_attachment, own_gateway, own_table, usable
from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal
from range.rehearsal.states.passing import enter


def create(call: Call) -> Shape:
    """Add a table to a gateway."""
    kept, gateway = own_gateway(call, call.params["TransitGatewayId"])
    table = Table(random_transit_gateway_route_table_id(), usable(gateway).id)
    kept.tables[table.id] = table
    enter("transit-gateway-route-table", table.state, table.id, kept)
    tag(call, table.id, call.params.get("TagSpecifications", []), "transit-gateway-route-table")
    return {"TransitGatewayRouteTable": _shape(call, table)}


def describe(call: Call) -> Shape:
    """List the tables of the caller's gateways."""
    wanted = call.params.get("TransitGatewayRouteTableIds")
    for table_id in wanted or ():
        if table_id not in kept_by(call.account, call.region).tables:
            own_table(call, table_id)
    tables = kept_by(call.account, call.region).tables.values()
    named = [table for table in tables if wanted is None or table.id in wanted]
    found = matching(named, call.params.get("Filters", []), lambda table: _facts(call, table))
    return page(call.params, "TransitGatewayRouteTables", [_shape(call, table) for table in found])


def delete(call: Call) -> Shape:
    """Delete a table that no attachment uses and that isn't a default one."""
    kept, table = own_table(call, call.params["TransitGatewayRouteTableId"])
    if table.default_association or table.default_propagation:
        raise Refusal(
            "IncorrectState", f"Cannot delete Transit Gateway Route Table {table.id}: it is set as a default table."
        )
    users = kept.associated_with(table.id)
    if users:
        message = f"Transit Gateway Route Table {table.id} has associated attachments: {', '.join(each.id for each in users)}."
        raise Refusal("IncorrectState", message)
    table.state = "deleting"
    enter("transit-gateway-route-table", table.state, table.id, kept)
    return {"TransitGatewayRouteTable": _shape(call, table)}


def associate(call: Call) -> Shape:
    """Let an attachment use a table; it uses one at a time."""
    table, attachment = _pair(call)
    if attachment.table_id is not None:
        message = f"Transit Gateway Attachment {attachment.id} is already associated to a route table."
        raise Refusal("Resource.AlreadyAssociated", message)
    attachment.table_id = table.id
    return {"Association": {**_pair_shape(table, attachment), "State": "associating"}}


def disassociate(call: Call) -> Shape:
    """Let an attachment use a table no longer."""
    table, attachment = _pair(call)
    if attachment.table_id != table.id:
        message = f"Transit Gateway Attachment {attachment.id} is not associated with {table.id}."
        raise Refusal("InvalidAssociation.NotFound", message)
    attachment.table_id = None
    return {"Association": {**_pair_shape(table, attachment), "State": "disassociating"}}


def enable_propagation(call: Call) -> Shape:
    """Let a table learn the ranges of an attachment's VPC."""
    table, attachment = _pair(call)
    if attachment.id in table.propagations:
        message = f"Propagation from {attachment.id} to {table.id} already exists."
        raise Refusal("TransitGatewayRouteTablePropagation.Duplicate", message)
    table.propagations.append(attachment.id)
    return {"Propagation": {**_pair_shape(table, attachment), "State": "enabling"}}


def disable_propagation(call: Call) -> Shape:
    """Let a table forget the ranges of an attachment's VPC."""
    table, attachment = _pair(call)
    if attachment.id not in table.propagations:
        message = f"Propagation from {attachment.id} to {table.id} does not exist."
        raise Refusal("TransitGatewayRouteTablePropagation.NotFound", message)
    table.propagations.remove(attachment.id)
    return {"Propagation": {**_pair_shape(table, attachment), "State": "disabling"}}


def associations(call: Call) -> Shape:
    """List the attachments that use a table."""
    kept, table = own_table(call, call.params["TransitGatewayRouteTableId"])
    found = matching(kept.associated_with(table.id), call.params.get("Filters", []), _pair_facts)
    shapes = [{**_resource(attachment), "State": "associated"} for attachment in found]
    return page(call.params, "Associations", shapes)


def propagations(call: Call) -> Shape:
    """List the attachments that a table learns from."""
    kept, table = own_table(call, call.params["TransitGatewayRouteTableId"])
    teaching = [kept.attachments[attachment_id] for attachment_id in table.propagations]
    found = matching(teaching, call.params.get("Filters", []), _pair_facts)
    shapes = [{**_resource(attachment), "State": "enabled"} for attachment in found]
    return page(call.params, "TransitGatewayRouteTablePropagations", shapes)


def attachment_propagations(call: Call) -> Shape:
    """List the tables that learn from an attachment."""
    kept = kept_by(call.account, call.region)
    attachment_id = call.params["TransitGatewayAttachmentId"]
    if attachment_id not in kept.attachments:
        raise no_attachment(attachment_id)
    tables = [table for table in kept.tables.values() if attachment_id in table.propagations]
    found = matching(tables, call.params.get("Filters", []), lambda table: {"transit-gateway-route-table-id": table.id})
    shapes = [{"TransitGatewayRouteTableId": table.id, "State": "enabled"} for table in found]
    return page(call.params, "TransitGatewayAttachmentPropagations", shapes)


def _pair(call: Call) -> tuple[Table, Attachment]:
    """Find the table and the attachment that a call joins or parts; both belong to one gateway of the caller."""
    kept, table = own_table(call, call.params["TransitGatewayRouteTableId"])
    attachment = kept.attachments.get(call.params["TransitGatewayAttachmentId"])
    if attachment is None or attachment.gateway_id != table.gateway_id or not attachment.is_there:
        raise no_attachment(call.params["TransitGatewayAttachmentId"])
    if attachment.state != "available":
        raise Refusal("IncorrectState", f"{attachment.id} is in invalid state {attachment.state}.")
    return table, attachment


def _resource(attachment: Attachment) -> Shape:
    """Name an attachment and its VPC."""
    return {
        "TransitGatewayAttachmentId": attachment.id,
        "ResourceId": attachment.vpc_id,
        "ResourceType": "vpc",
    }


def _pair_shape(table: Table, attachment: Attachment) -> Shape:
    """Give an association or a propagation as the calls return it."""
    return {**_resource(attachment), "TransitGatewayRouteTableId": table.id}


def _pair_facts(attachment: Attachment) -> dict[str, Any]:
    """Give what associations and propagations are filtered by."""
    return {
        "transit-gateway-attachment-id": attachment.id,
        "resource-id": attachment.vpc_id,
        "resource-type": "vpc",
    }


def _shape(call: Call, table: Table) -> Shape:
    """Give a table as the calls return it."""
    return {
        "TransitGatewayRouteTableId": table.id,
        "TransitGatewayId": table.gateway_id,
        "State": table.state,
        "DefaultAssociationRouteTable": table.default_association,
        "DefaultPropagationRouteTable": table.default_propagation,
        "CreationTime": table.created,
        "Tags": tags_of(call, table.id),
    }


def _facts(call: Call, table: Table) -> dict[str, Any]:
    """Give what tables are filtered by."""
    return {
        "transit-gateway-route-table-id": table.id,
        "transit-gateway-id": table.gateway_id,
        "state": table.state,
        "default-association-route-table": table.default_association,
        "default-propagation-route-table": table.default_propagation,
        **tag_facts(tags_of(call, table.id)),
    }


OPERATIONS = {
    "CreateTransitGatewayRouteTable": create,
    "DescribeTransitGatewayRouteTables": describe,
    "DeleteTransitGatewayRouteTable": delete,
    "AssociateTransitGatewayRouteTable": associate,
    "DisassociateTransitGatewayRouteTable": disassociate,
    "EnableTransitGatewayRouteTablePropagation": enable_propagation,
    "DisableTransitGatewayRouteTablePropagation": disable_propagation,
    "GetTransitGatewayRouteTableAssociations": associations,
    "GetTransitGatewayRouteTablePropagations": propagations,
    "GetTransitGatewayAttachmentPropagations": attachment_propagations,
}
