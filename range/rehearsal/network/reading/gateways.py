"""Transit gateways: which VPCs hang on them, and where their tables lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from range.rehearsal.network.world import Attachment, GatewayRoute, Vpc

_PASSING = ("available", "modifying", "pending")
"""States in which an attachment passes packets; what is pending is there at the next look."""
_IPV6 = 6


def attachments(kept: Iterable[Any]) -> list[tuple[Attachment, str]]:
    """Give the attachments that pass packets, each with its gateway."""
    found = []
    for each in kept:
        for attachment in each.attachments.values():
            if attachment.state not in _PASSING:
                continue
            gateway = each.gateways[attachment.gateway_id]
            shows = all(
                options.get("SecurityGroupReferencingSupport") == "enable"
                for options in (gateway.options, attachment.options)
            )
            subnets = tuple(attachment.interfaces)
            found.append(
                (
                    Attachment(attachment.id, attachment.vpc_id, subnets, attachment.table_id, shows),
                    attachment.gateway_id,
                )
            )
    return found


def gateway_tables(kept: Iterable[Any], vpcs: Mapping[str, Vpc]) -> dict[str, tuple[GatewayRoute, ...]]:
    """Give the routes of all tables: written ones before learned ones, which count less."""
    return {
        table.id: (*_written(each, table), *_learned(each, table, vpcs))
        for each in kept
        for table in each.tables.values()
        if table.state not in ("deleting", "deleted")
    }


def _written(kept: Any, table: Any) -> Iterator[GatewayRoute]:
    """Give the routes that somebody wrote; one whose attachment is gone is a blackhole."""
    for route in table.routes.values():
        attachment = kept.attachments.get(route.attachment_id or "")
        alive = attachment is not None and attachment.state in _PASSING
        yield GatewayRoute(ip_network(route.cidr), attachment.id if alive else None)


def _learned(kept: Any, table: Any, vpcs: Mapping[str, Vpc]) -> Iterator[GatewayRoute]:
    """Give the routes that attached VPCs teach: their ranges, those of IPv6 where the attachment has it."""
    for attachment_id in table.propagations:
        attachment = kept.attachments[attachment_id]
        vpc = vpcs.get(attachment.vpc_id)
        if attachment.state not in _PASSING or vpc is None:
            continue
        for network in vpc.networks:
            if network.version != _IPV6 or attachment.options.get("Ipv6Support") == "enable":
                yield GatewayRoute(network, attachment.id, static=False)
