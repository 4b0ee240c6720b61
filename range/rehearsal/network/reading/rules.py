"""Groups, ACLs and prefix lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from range.rehearsal.network.world import Acl, AclEntry, Group, GroupRule, Match, Network, Span

_NUMBERS = {"icmp": 1, "tcp": 6, "udp": 17, "icmpv6": 58}
"""Source: IANA, "Assigned Internet Protocol Numbers", read 2026-11-28."""
_WITH_PORTS = (6, 17)
_ICMP = (1, 58)
_EVERY_PORT = (0, 65535)


def match(protocol: object, first: object, last: object) -> Match:
    """Read protocol and ports as EC2 has them: a name or a number, -1 for all; for ICMP type and code."""
    text = str(protocol).lower()
    if text in ("-1", "all"):
        return Match()
    number = _NUMBERS[text] if text in _NUMBERS else int(text)
    if number not in (*_WITH_PORTS, *_ICMP):
        return Match(number)
    any_ = (-1, -1)
    span: Span = (_whole(first), _whole(last))
    every = any_ if number in _ICMP else _EVERY_PORT
    return Match(number, None if span in (any_, every) else span)


def _whole(value: object) -> int:
    """Read a port; where none is given it is any."""
    return -1 if value is None else int(str(value))


def group(found: Any, lists: Mapping[str, tuple[Network, ...]]) -> Group:
    """Read a security group."""
    return Group(
        found.id,
        tuple(_group_rule(rule, lists) for rule in found.ingress_rules),
        tuple(_group_rule(rule, lists) for rule in found.egress_rules),
    )


def _group_rule(rule: Any, lists: Mapping[str, tuple[Network, ...]]) -> GroupRule:
    """Read a rule: whom it is about is one of a range, a prefix list and a group."""
    about = match(rule.ip_protocol, rule.from_port, rule.to_port)
    if rule.prefix_list_id:
        return GroupRule(about, lists.get(rule.prefix_list_id, ()))
    if rule.source_group:
        return GroupRule(about, (), rule.source_group.get("GroupId"))
    cidr = rule.ip_range.get("CidrIp") or rule.ip_range.get("CidrIpv6")
    return GroupRule(about, (ip_network(cidr, strict=False),) if cidr else ())


def acl(found: Any) -> Acl:
    """Read a network ACL, its entries in the order in which they count."""
    entries = sorted(found.network_acl_entries, key=lambda entry: int(entry.rule_number))
    return Acl(found.id, tuple(_entries(entries, "false")), tuple(_entries(entries, "true")))


def _entries(entries: Iterable[Any], egress: str) -> Iterator[AclEntry]:
    """Read the entries of one direction."""
    for entry in entries:
        if str(entry.egress).lower() != egress:
            continue
        network = ip_network(entry.cidr_block or entry.ipv6_cidr_block, strict=False)
        span = (entry.port_range_from, entry.port_range_to)
        if str(entry.protocol).lower() in ("1", "icmp", "58", "icmpv6"):
            span = (entry.icmp_type, entry.icmp_code)
        yield AclEntry(int(entry.rule_number), entry.rule_action == "allow", network, match(entry.protocol, *span))


def prefix_lists(every: Iterable[Any]) -> dict[str, tuple[Network, ...]]:
    """Give the entries of all prefix lists, in the version that counts."""
    return {
        found.id: tuple(ip_network(entry["Cidr"]) for entry in found.entries.get(found.version) or ())
        for each in every
        for found in each.managed_prefix_lists.values()
    }
