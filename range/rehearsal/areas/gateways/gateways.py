"""CreateTransitGateway and what changes, lists and deletes one."""

from __future__ import annotations

from typing import Any

from moto.ec2.utils import random_transit_gateway_id, random_transit_gateway_route_table_id

from range.rehearsal.areas.ec2_records import tag, tags_of
from range.rehearsal.areas.filters import matching, page, tag_facts
from range.rehearsal.areas.gateways.models import Gateway, Gateways, Table, kept_by
from range.rehearsal.areas.gateways.sight import gateways_seen, own_gateway, own_table, usable
from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal
from range.rehearsal.states.passing import enter

_DEFAULTS = {
    "AmazonSideAsn": 64512,
    "AutoAcceptSharedAttachments": "disable",
    "DefaultRouteTableAssociation": "enable",
    "DefaultRouteTablePropagation": "enable",
    "VpnEcmpSupport": "enable",
    "DnsSupport": "enable",
    "SecurityGroupReferencingSupport": "disable",
    "MulticastSupport": "disable",
}
_TABLE_OPTIONS = {
    "DefaultRouteTableAssociation": "AssociationDefaultRouteTableId",
    "DefaultRouteTablePropagation": "PropagationDefaultRouteTableId",
}


def create(call: Call) -> Shape:
    """Make a gateway, with a default route table unless both uses of it are off."""
    asked = call.params.get("Options", {})
    options: dict[str, Any] = {**_DEFAULTS, **asked}
    gateway = Gateway(
        random_transit_gateway_id(), call.account, call.region, call.params.get("Description", ""), options
    )
    kept = kept_by(call.account, call.region)
    kept.gateways[gateway.id] = gateway
    enter("transit-gateway", gateway.state, gateway.id, kept)
    if "enable" in (options[flag] for flag in _TABLE_OPTIONS):
        _add_default_table(kept, gateway)
    tag(call, gateway.id, call.params.get("TagSpecifications", []), "transit-gateway")
    return {"TransitGateway": _shape(call, gateway)}


def _add_default_table(kept: Gateways, gateway: Gateway) -> None:
    """Make the one table that new attachments use, by association, propagation or both."""
    options = gateway.options
    table = Table(random_transit_gateway_route_table_id(), gateway.id, state="available")
    table.default_association = options["DefaultRouteTableAssociation"] == "enable"
    table.default_propagation = options["DefaultRouteTablePropagation"] == "enable"
    kept.tables[table.id] = table
    for flag, option in _TABLE_OPTIONS.items():
        if options[flag] == "enable":
            options[option] = table.id


def describe(call: Call) -> Shape:
    """List the gateways that the caller sees."""
    wanted = call.params.get("TransitGatewayIds")
    seen = [gateway for gateway in gateways_seen(call) if wanted is None or gateway.id in wanted]
    missing = set(wanted or ()) - {gateway.id for gateway in seen}
    if missing:
        message = f"Transit Gateway {', '.join(sorted(missing))} was deleted or does not exist."
        raise Refusal("InvalidTransitGatewayID.NotFound", message)
    found = matching(seen, call.params.get("Filters", []), lambda gateway: _facts(call, gateway))
    return page(call.params, "TransitGateways", [_shape(call, gateway) for gateway in found])


def modify(call: Call) -> Shape:
    """Change a gateway's description and options."""
    kept, gateway = own_gateway(call, call.params["TransitGatewayId"])
    usable(gateway)
    if "Description" in call.params:
        gateway.description = call.params["Description"]
    asked = dict(call.params.get("Options", {}))
    ranges = [*gateway.options.get("TransitGatewayCidrBlocks", []), *asked.pop("AddTransitGatewayCidrBlocks", [])]
    removed = asked.pop("RemoveTransitGatewayCidrBlocks", [])
    _set_default_tables(call, kept, gateway, asked)
    gateway.options |= asked
    gateway.options["TransitGatewayCidrBlocks"] = [each for each in ranges if each not in removed]
    gateway.state = "modifying"
    enter("transit-gateway", gateway.state, gateway.id, kept)
    return {"TransitGateway": _shape(call, gateway)}


def _set_default_tables(call: Call, kept: Gateways, gateway: Gateway, asked: Shape) -> None:
    """Switch the default tables: on needs a table's id, off forbids one."""
    for flag, option in _TABLE_OPTIONS.items():
        use = "default_association" if flag.endswith("Association") else "default_propagation"
        if flag not in asked and option not in asked:
            continue
        turned_on = asked.get(flag, gateway.options[flag]) == "enable"
        if turned_on != (option in asked):
            message = f"{option} must be given to enable {flag}, and only then."
            raise Refusal("InvalidParameterCombination", message)
        for table in kept.tables.values():
            if table.gateway_id == gateway.id:
                setattr(table, use, False)
        gateway.options.pop(option, None)
        if turned_on:
            setattr(own_table(call, asked[option])[1], use, True)


def delete(call: Call) -> Shape:
    """Delete a gateway; its tables go with it. Attachments keep it from being deleted."""
    kept, gateway = own_gateway(call, call.params["TransitGatewayId"])
    usable(gateway)
    left = sorted(attachment.id for attachment in kept.attachments_of(gateway.id))
    if left:
        raise Refusal("IncorrectState", f"{gateway.id} has non-deleted Transit Gateway Attachments: {', '.join(left)}.")
    gateway.state = "deleting"
    enter("transit-gateway", gateway.state, gateway.id, kept)
    for table in kept.tables.values():
        if table.gateway_id == gateway.id:
            table.state = "deleted"
    return {"TransitGateway": _shape(call, gateway)}


def _shape(call: Call, gateway: Gateway) -> Shape:
    """Give a gateway as the calls return it."""
    return {
        "TransitGatewayId": gateway.id,
        "TransitGatewayArn": gateway.arn,
        "State": gateway.state,
        "OwnerId": gateway.owner,
        "Description": gateway.description,
        "CreationTime": gateway.created,
        "Options": gateway.options,
        "Tags": tags_of(call, gateway.id),
    }


def _facts(call: Call, gateway: Gateway) -> dict[str, Any]:
    """Give what gateways are filtered by."""
    names = {
        "propagation-default-route-table-id": "PropagationDefaultRouteTableId",
        "amazon-side-asn": "AmazonSideAsn",
        "association-default-route-table-id": "AssociationDefaultRouteTableId",
        "auto-accept-shared-attachments": "AutoAcceptSharedAttachments",
        "default-route-table-association": "DefaultRouteTableAssociation",
        "default-route-table-propagation": "DefaultRouteTablePropagation",
        "dns-support": "DnsSupport",
        "vpn-ecmp-support": "VpnEcmpSupport",
    }
    return {
        "transit-gateway-id": gateway.id,
        "owner-id": gateway.owner,
        "state": gateway.state,
        **{f"options.{name}": gateway.options.get(option, "") for name, option in names.items()},
        **tag_facts(tags_of(call, gateway.id)),
    }


OPERATIONS = {
    "CreateTransitGateway": create,
    "DescribeTransitGateways": describe,
    "ModifyTransitGateway": modify,
    "DeleteTransitGateway": delete,
}
