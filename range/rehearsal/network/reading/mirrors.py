"""Mirror sessions, with all that says what they copy and where to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from range.rehearsal.areas.shelves import shelves_backends
from range.rehearsal.network.reading.records import backends
from range.rehearsal.network.world import Match, Mirror, MirrorRule, Span

_DNS = "amazon-dns"


def mirrors() -> tuple[Mirror, ...]:
    """Read all sessions whose target is an interface; load balancers are no machines here."""
    kept = (each.shelves for each in backends(shelves_backends))
    return tuple(sorted((found for shelves in kept for found in _of_account(shelves)), key=lambda found: found.id))


def _of_account(shelves: Mapping[str, Mapping[str, Any]]) -> Iterator[Mirror]:
    """Read the sessions of one account."""
    targets, filters = shelves.get("mirror-targets", {}), shelves.get("mirror-filters", {})
    rules = list(shelves.get("mirror-rules", {}).values())
    for session in shelves.get("mirror-sessions", {}).values():
        target = targets.get(session["TrafficMirrorTargetId"], {})
        if "NetworkInterfaceId" not in target:
            continue
        used = session["TrafficMirrorFilterId"]
        chosen = [rule for rule in rules if rule["TrafficMirrorFilterId"] == used]
        length = session.get("PacketLength")
        yield Mirror(
            id=session["TrafficMirrorSessionId"],
            source=session["NetworkInterfaceId"],
            target=target["NetworkInterfaceId"],
            network=int(session.get("VirtualNetworkId", 0)),
            number=int(session["SessionNumber"]),
            ingress=_rules(chosen, "ingress"),
            egress=_rules(chosen, "egress"),
            with_dns=_DNS in filters.get(used, {}).get("NetworkServices", ()),
            length=None if length is None else int(length),
        )


def _rules(rules: list[Mapping[str, Any]], direction: str) -> tuple[MirrorRule, ...]:
    """Read the rules of one direction, in the order in which they count."""
    return tuple(
        MirrorRule(
            number=int(rule["RuleNumber"]),
            accept=rule["RuleAction"] == "accept",
            source=ip_network(rule["SourceCidrBlock"], strict=False),
            destination=ip_network(rule["DestinationCidrBlock"], strict=False),
            match=Match(
                None if rule.get("Protocol") in (None, "", -1, "-1") else int(rule["Protocol"]),
                _span(rule.get("DestinationPortRange")),
                _span(rule.get("SourcePortRange")),
            ),
        )
        for rule in sorted(rules, key=lambda rule: int(rule["RuleNumber"]))
        if rule["TrafficDirection"] == direction
    )


def _span(ports: Mapping[str, Any] | None) -> Span | None:
    """Read a range of ports."""
    if not ports or "FromPort" not in ports:
        return None
    return int(ports["FromPort"]), int(ports.get("ToPort", ports["FromPort"]))
