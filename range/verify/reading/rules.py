"""Security groups, network ACLs and prefix lists."""

from __future__ import annotations

from typing import Any

from range.verify.addresses import span
from range.verify.gathering import Items
from range.verify.intervals import Span, Spans
from range.verify.model import Acl, Entry, Group, Permission
from range.verify.traffic import ALL, ICMP, ICMPV6, NUMBERS, TCP, UDP, block, icmp_types, ports


def groups(items: Items) -> list[Group]:
    """Read the security groups with their rules, and doubt one whose two descriptions by AWS differ."""
    rules: dict[str, list[Permission]] = {}
    seen: dict[str, set[tuple[Any, ...]]] = {}
    for name, permission, said in items.read(
        "DescribeSecurityGroupRules", lambda item: (str(item["GroupId"]), _permission(item), _summary(item))
    ):
        rules.setdefault(name, []).append(permission)
        seen.setdefault(name, set()).add(said)
    return items.read("DescribeSecurityGroups", lambda item: _group(items, item, rules, seen))


def _group(
    items: Items, item: dict[str, Any], rules: dict[str, list[Permission]], seen: dict[str, set[tuple[Any, ...]]]
) -> Group:
    """Read one group."""
    name = item["GroupId"]
    if seen.get(name, set()) != _summaries(item):
        items.doubt(name, "DescribeSecurityGroups and DescribeSecurityGroupRules don't agree about its rules")
    permissions = tuple(sorted(rules.get(name, ()), key=lambda rule: rule.id))
    return Group(name, item.get("VpcId", ""), item.get("OwnerId") or items.account, permissions)


def _permission(item: dict[str, Any]) -> Permission:
    """Read one rule of a security group."""
    cidr = item.get("CidrIpv4") or item.get("CidrIpv6")
    return Permission(
        item["SecurityGroupRuleId"],
        bool(item.get("IsEgress")),
        _group_traffic(str(item["IpProtocol"]), item.get("FromPort"), item.get("ToPort")),
        span(cidr) if cidr else None,
        (item.get("ReferencedGroupInfo") or {}).get("GroupId", ""),
        item.get("PrefixListId") or "",
    )


def _group_traffic(protocol: str, first: int | None, last: int | None) -> Spans:
    """Read what traffic a security group's rule means; -1 or nothing stands for all."""
    if protocol == "-1":
        return ALL
    number = NUMBERS.get(protocol) or int(protocol)
    if number in {ICMP, ICMPV6}:
        return icmp_types(number, -1 if first is None else first, -1 if last is None else last)
    if number in {TCP, UDP} and first is not None and first != -1:
        return ports(number, first, first if last is None else last)
    return (block(number),)


def _summary(rule: dict[str, Any]) -> tuple[Any, ...]:
    """Give what a rule says, in a form that both of AWS's descriptions of it share."""
    reference = (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
    peer = rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId") or reference
    traffic = _group_traffic(str(rule["IpProtocol"]), rule.get("FromPort"), rule.get("ToPort"))
    return (bool(rule.get("IsEgress")), traffic, peer)


def _summaries(group: dict[str, Any]) -> set[tuple[Any, ...]]:
    """Give what DescribeSecurityGroups says about a group's rules, one tuple per rule."""
    found = set()
    for key, egress in (("IpPermissions", False), ("IpPermissionsEgress", True)):
        for one in group.get(key) or ():
            traffic = _group_traffic(str(one["IpProtocol"]), one.get("FromPort"), one.get("ToPort"))
            peers = [peer["CidrIp"] for peer in one.get("IpRanges") or ()]
            peers += [peer["CidrIpv6"] for peer in one.get("Ipv6Ranges") or ()]
            peers += [peer["PrefixListId"] for peer in one.get("PrefixListIds") or ()]
            peers += [peer["GroupId"] for peer in one.get("UserIdGroupPairs") or ()]
            found |= {(egress, traffic, peer) for peer in peers}
    return found


def acls(items: Items) -> list[Acl]:
    """Read the network ACLs; what no entry matches is refused, whether AWS lists that last entry or not."""
    return items.read(
        "DescribeNetworkAcls",
        lambda item: Acl(
            item["NetworkAclId"],
            item["VpcId"],
            bool(item.get("IsDefault")),
            tuple(one["SubnetId"] for one in item.get("Associations") or ()),
            tuple(sorted((_entry(one) for one in item.get("Entries") or ()), key=lambda one: (one.egress, one.number))),
        ),
    )


def _entry(item: dict[str, Any]) -> Entry:
    """Read one entry of a network ACL."""
    return Entry(
        int(item["RuleNumber"]),
        bool(item.get("Egress")),
        item["RuleAction"] == "allow",
        span(item.get("CidrBlock") or item["Ipv6CidrBlock"]),
        _acl_traffic(item),
    )


def _acl_traffic(item: dict[str, Any]) -> Spans:
    """Read what traffic an ACL's entry means."""
    protocol = str(item["Protocol"])
    if protocol == "-1":
        return ALL
    number = NUMBERS.get(protocol) or int(protocol)
    if number in {ICMP, ICMPV6}:
        kind = item.get("IcmpTypeCode") or {}
        return icmp_types(number, int(kind.get("Type", -1)), int(kind.get("Code", -1)))
    span_of_ports = item.get("PortRange") or {}
    if number in {TCP, UDP} and "From" in span_of_ports:
        return ports(number, int(span_of_ports["From"]), int(span_of_ports["To"]))
    return (block(number),)


def prefix_lists(items: Items) -> dict[str, tuple[Span, ...]]:
    """Read the entries of the prefix lists that were asked for, each a block of its own."""
    return {
        str(asked["PrefixListId"]): tuple(sorted(set(entries)))
        for asked, entries in items.read_asked("GetManagedPrefixListEntries", lambda entry: span(entry["Cidr"]))
    }
