"""EC2's routes: one whose target is gone leads nowhere, and says so."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.route_tables import Route

from range.rehearsal.areas.gateways.models import GONE, kept_by

_LEAVING = (*GONE, "deleting")
_GONE = ("deleted", "failed", "expired", "rejected")


def adapt() -> None:
    """Change moto's routes, all of which are active for ever."""
    setattr(Route, "state", property(_state))  # noqa: B010 moto types it as its own


def _state(route: Any) -> str:
    """Tell whether a route leads anywhere.

    Source: botocore 1.44.5, EC2 2016-11-15, Route, State: a gateway that isn't attached, a terminated instance (read 2026-11-22).
    """
    return "active" if route.local or _is_there(route) else "blackhole"


def _is_there(route: Any) -> bool:
    """Say whether what a route leads to is there; endpoints take their routes along."""
    ec2, vpc_id = route.route_table.ec2_backend, route.route_table.vpc_id
    if route.gateway is not None:
        return _is_attached(ec2, route.gateway, vpc_id)
    if route.nat_gateway is not None:
        return route.nat_gateway.state not in _GONE
    if route.interface is not None:
        return route.interface.id in ec2.enis
    if route.instance is not None:
        return str(route.instance.state) != "terminated"
    if route.vpc_pcx is not None:
        return route.vpc_pcx._status.code not in _GONE
    if route.transit_gateway is not None:
        return _is_on(ec2, route.transit_gateway.id, vpc_id)
    return True


def _is_on(ec2: Any, gateway_id: str, vpc_id: str) -> bool:
    """Say whether a VPC is attached to a transit gateway, its own account's or another's."""
    keepers = {ec2.account_id, *kept_by(ec2.account_id, ec2.region_name).attached_elsewhere.values()}
    return any(
        (attachment.gateway_id, attachment.vpc_id) == (gateway_id, vpc_id) and attachment.state not in _LEAVING
        for keeper in keepers
        for attachment in kept_by(keeper, ec2.region_name).attachments.values()
    )


def _is_attached(ec2: Any, gateway: Any, vpc_id: str) -> bool:
    """Say whether an internet or VPN gateway is attached to a VPC."""
    known = ec2.internet_gateways.get(gateway.id)
    if known is not None:
        return known.vpc is not None and known.vpc.id == vpc_id
    virtual = ec2.vpn_gateways.get(gateway.id)
    attachment = virtual.attachments.get(vpc_id) if virtual is not None else None
    return attachment is not None and attachment.state == "attached"
