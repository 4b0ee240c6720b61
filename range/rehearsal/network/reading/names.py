"""Zones, the resolver's firewall, and the names that AWS gives by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any

from moto.route53.models import route53_backends

from range.rehearsal.areas.shelves import shelves_backends
from range.rehearsal.network.names import Address, Names, Record, Rule, Zone
from range.rehearsal.network.reading.records import backends

_OWN_TTL_S = 60
_OVERRIDE_TTL_S = 0


def read_names(every: Iterable[Any]) -> Names:
    """Read all names. `every` are the backends of EC2."""
    ec2 = list(every)
    return Names(
        zones=tuple(zone for each in backends(route53_backends) for zone in _zones(each)),
        rules=_rules(),
        vpc_of={address: interface.subnet.vpc_id for each in ec2 for address, interface in _addresses(each)},
        hosts=_own_names(ec2),
    )


def lowered(name: str) -> str:
    """Write a name as all are written here."""
    return name.lower().replace("\\052", "*").rstrip(".") + "."


def _addresses(ec2: Any) -> Iterator[tuple[Address, Any]]:
    """Give the addresses of the interfaces of an account."""
    for interface in ec2.enis.values():
        for held in interface.private_ip_addresses:
            yield ip_address(held["PrivateIpAddress"]), interface


def _zones(route53: Any) -> Iterator[Zone]:
    """Give the zones of an account."""
    for zone in route53.zones.values():
        seen = frozenset(str(vpc["vpc_id"]) for vpc in zone.vpcs) if zone.private_zone else None
        yield Zone(lowered(zone.name), tuple(_records(zone)), seen)


def _records(zone: Any) -> Iterator[Record]:
    """Give the records of a zone."""
    for each in zone.rrsets:
        values = tuple(str(value["Value"]) if isinstance(value, dict) else str(value) for value in each.records or ())
        alias = (each.alias_target or {}).get("DNSName")
        ttl = int(each.ttl or _OWN_TTL_S)
        yield Record(lowered(each.name), str(each.type), ttl, values, lowered(alias) if alias else None)


def _rules() -> dict[str, tuple[Rule, ...]]:
    """Give the rules of each VPC's firewall: groups by their priority, and in a group the rules by theirs."""
    found: dict[str, list[tuple[int, int, Rule]]] = {}
    for kept in backends(shelves_backends):
        shelves = kept.shelves
        groups, lists = shelves.get("firewall-rule-group", {}), shelves.get("firewall-domain-list", {})
        for association in shelves.get("firewall-rule-group-association", {}).values():
            group = groups.get(association["FirewallRuleGroupId"], {})
            for rule in group.get("Rules", ()):
                about = (int(association["Priority"]), int(rule["Priority"]), _rule(rule, lists))
                found.setdefault(association["VpcId"], []).append(about)
    return {vpc: tuple(rule for *_, rule in sorted(rules, key=lambda each: each[:2])) for vpc, rules in found.items()}


def _rule(rule: Mapping[str, Any], lists: Mapping[str, Any]) -> Rule:
    """Give a rule. Lists of AWS's own are empty here: nobody knows what is on them."""
    domains = lists.get(rule.get("FirewallDomainListId", ""), {}).get("Domains", ())
    return Rule(
        domains=tuple(lowered(domain) for domain in domains),
        action=rule["Action"],
        type=rule.get("Qtype"),
        trusts_aliases=rule.get("FirewallDomainRedirectionAction") == "TRUST_REDIRECTION_DOMAIN",
        response=rule.get("BlockResponse", "NODATA"),
        override=lowered(rule.get("BlockOverrideDomain", "")),
        override_ttl=int(rule.get("BlockOverrideTtl", _OVERRIDE_TTL_S)),
    )


def _own_names(every: Iterable[Any]) -> dict[str, tuple[Record, ...]]:
    """Give the names of hosts by their addresses, both ways, and those of services that have an endpoint in the VPC.

    Source: Amazon VPC User Guide, "DNS attributes for your VPC", and AWS PrivateLink Guide, "Access an AWS service";
    from memory, 2026-11-28.
    """
    found: dict[str, list[Record]] = {}
    for ec2 in every:
        domain = "ec2.internal" if ec2.region_name == "us-east-1" else f"{ec2.region_name}.compute.internal"
        for address, interface in _addresses(ec2):
            name = f"ip-{str(address).replace('.', '-')}.{domain}."
            own = found.setdefault(interface.subnet.vpc_id, [])
            own.append(Record(name, "A", _OWN_TTL_S, (str(address),)))
            own.append(Record(lowered(address.reverse_pointer), "PTR", _OWN_TTL_S, (name,)))
        for endpoint in ec2.vpc_end_points.values():
            values = tuple(
                ec2.enis[each].private_ip_address for each in endpoint.network_interface_ids if each in ec2.enis
            )
            if endpoint.private_dns_enabled and endpoint.state == "available" and values:
                name = lowered(".".join(reversed(endpoint.service_name.split("."))))
                found.setdefault(endpoint.vpc_id, []).append(Record(name, "A", _OWN_TTL_S, values))
    return {vpc: tuple(records) for vpc, records in found.items()}
