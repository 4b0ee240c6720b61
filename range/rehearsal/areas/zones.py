"""Private zones and the VPCs that see them, also when a zone and a VPC belong to different accounts."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends
from moto.route53.models import route53_backends

from range.rehearsal.areas.shelves import EVERYWHERE, shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.messages import Answer
from range.rehearsal.refusals import Refusal

_SHELF = "zone-authorisations"


def _zone_id(call: Call) -> str:
    """Name the zone that a call is about, as it is named among the records."""
    return str(call.params["HostedZoneId"]).rpartition("/")[2]


def _owner_of_zone(zone_id: str) -> str:
    """Find the account that has a zone.

    Raises:
        Refusal: no account has it.
    """
    for account, regional in list(route53_backends.items()):
        backend = dict.get(regional, PARTITION)
        if backend is not None and zone_id in backend.zones:
            return str(account)
    raise Refusal("NoSuchHostedZone", f"No hosted zone found with ID: {zone_id}", status=404)


def _own_zone(call: Call) -> Any:
    """Find the zone of the caller that a call is about."""
    zone_id = _zone_id(call)
    if _owner_of_zone(zone_id) != call.account:
        raise Refusal("AccessDenied", f"User: {call.caller.arn} is not authorized to access this resource", status=403)
    return route53_backends[call.account][PARTITION].zones[zone_id]


def _owner_of_vpc(vpc: Shape) -> str:
    """Find the account that has a VPC.

    Raises:
        Refusal: no account has it in that Region.
    """
    for account, regional in list(ec2_backends.items()):
        backend = dict.get(regional, vpc["VPCRegion"])
        if backend is not None and vpc["VPCId"] in backend.vpcs:
            return str(account)
    raise Refusal("InvalidVPCId", f"The VPC: {vpc['VPCId']} is not found in the Region {vpc['VPCRegion']}.")


def create(call: Call) -> Answer:
    """Make a zone; a private one begins with a VPC of the caller."""
    vpc = call.params.get("VPC")
    if vpc and _owner_of_vpc(vpc) != call.account:
        raise Refusal("InvalidVPCId", f"The VPC: {vpc['VPCId']} does not belong to this account.")
    return call.by_moto()


def associate(call: Call) -> Answer:
    """Let a VPC of the caller see a zone: one of the caller, or one whose owner has authorised this."""
    zone_id, vpc = _zone_id(call), call.params["VPC"]
    owner, vpc_owner = _owner_of_zone(zone_id), _owner_of_vpc(vpc)
    authorised = vpc in _authorisations(call, owner).get(zone_id, [])
    if vpc_owner != call.account or (owner != call.account and not authorised):
        message = f"The VPC: {vpc['VPCId']} has not authorized to associate with your hosted zone."
        raise Refusal("NotAuthorizedException", message, status=401)
    return call.by_moto(account=owner)


def disassociate(call: Call) -> Answer:
    """Let a VPC see a zone no longer; either owner may."""
    owner = _owner_of_zone(_zone_id(call))
    if call.account not in (owner, _owner_of_vpc(call.params["VPC"])):
        raise Refusal("AccessDenied", f"User: {call.caller.arn} is not authorized to access this resource", status=403)
    return call.by_moto(account=owner)


def _authorisations(call: Call, owner: str) -> dict[str, list[Shape]]:
    """Give the VPCs that an account lets see its zones, by zone."""
    return shelf(call, _SHELF, account=owner, region=EVERYWHERE)


def authorise(call: Call) -> Shape:
    """Let another account associate its VPC with a zone of the caller."""
    zone, vpc = _own_zone(call), call.params["VPC"]
    if not zone.private_zone:
        raise Refusal("InvalidInput", "The hosted zone is public: only private ones have VPCs.")
    authorised = _authorisations(call, call.account).setdefault(_zone_id(call), [])
    if vpc not in authorised:
        authorised.append(vpc)
    return {"HostedZoneId": _zone_id(call), "VPC": vpc}


def unauthorise(call: Call) -> Shape:
    """Take that back; a VPC that is associated stays so."""
    _own_zone(call)
    authorised = _authorisations(call, call.account).get(_zone_id(call), [])
    if call.params["VPC"] not in authorised:
        message = "The VPC that you specified is not authorized to be associated with the hosted zone."
        raise Refusal("VPCAssociationAuthorizationNotFound", message, status=404)
    authorised.remove(call.params["VPC"])
    return {}


def authorisations(call: Call) -> Shape:
    """List the VPCs that may be associated with a zone of the caller."""
    _own_zone(call)
    return {"HostedZoneId": _zone_id(call), "VPCs": _authorisations(call, call.account).get(_zone_id(call), [])}


def zones_of_vpc(call: Call) -> Shape:
    """List the zones that a VPC sees, whoever has them."""
    vpc_id = call.params["VPCId"]
    found = [
        {"HostedZoneId": zone_id, "Name": zone.name, "Owner": {"OwningAccount": account}}
        for account, regional in list(route53_backends.items())
        for zone_id, zone in getattr(dict.get(regional, PARTITION), "zones", {}).items()
        if any(vpc.get("vpc_id") == vpc_id for vpc in zone.vpcs)
    ]
    return {"HostedZoneSummaries": found, "MaxItems": str(call.params.get("MaxItems", 100))}


OPERATIONS = {
    "CreateHostedZone": create,
    "AssociateVPCWithHostedZone": associate,
    "DisassociateVPCFromHostedZone": disassociate,
    "CreateVPCAssociationAuthorization": authorise,
    "DeleteVPCAssociationAuthorization": unauthorise,
    "ListVPCAssociationAuthorizations": authorisations,
    "ListHostedZonesByVPC": zones_of_vpc,
}
