"""Whether a security group or network ACL lets one packet pass, rule by rule. Shares no code with the proof."""

from __future__ import annotations

from dataclasses import dataclass

from tests.verify.oracle.facts import Address, Facts, Item, ip_network

_NUMBERS = {"icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}


@dataclass(frozen=True)
class Load:
    """What a packet carries: a protocol, and a port, or type and code for ICMP."""

    protocol: int
    port: int = 0
    kind: int = 0
    code: int = 0


def groups_pass(facts: Facts, interface: Item, peer: Address, load: Load, *, egress: bool) -> bool:
    """Say whether any rule of any group of an interface lets a packet to or from a peer pass."""
    groups = [group["GroupId"] for group in interface["Groups"]]
    for rule in facts.all("DescribeSecurityGroupRules"):
        if rule["GroupId"] in groups and rule["IsEgress"] == egress:
            if _rule_carries(rule, load) and _rule_means(facts, rule, peer):
                return True
    return False


def _rule_carries(rule: Item, load: Load) -> bool:
    """Say whether a rule is about such packets."""
    if rule["IpProtocol"] == "-1":
        return True
    named = str(rule["IpProtocol"])
    if int(_NUMBERS.get(named, named)) != load.protocol:
        return False
    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
    if load.protocol in {6, 17}:
        return bool(first == -1 or first <= load.port <= last)
    if load.protocol in {1, 58}:
        return bool(first == -1 or (first == load.kind and last in {-1, load.code}))
    return True


def _rule_means(facts: Facts, rule: Item, peer: Address) -> bool:
    """Say whether a rule is about such a peer."""
    if "CidrIpv4" in rule:
        return peer in ip_network(rule["CidrIpv4"])
    if "CidrIpv6" in rule:
        return peer in ip_network(rule["CidrIpv6"])
    if "PrefixListId" in rule:
        return any(peer in block for block in facts.list_entries(rule["PrefixListId"]))
    named = rule["ReferencedGroupInfo"]["GroupId"]
    own = facts.one("DescribeSecurityGroups", "GroupId", rule["GroupId"])
    other = facts.one("DescribeSecurityGroups", "GroupId", named)
    if own is None or other is None or not _may_name(facts, own["VpcId"], other["VpcId"], egress=rule["IsEgress"]):
        return False
    members = [i for i in facts.all("DescribeNetworkInterfaces") if named in [g["GroupId"] for g in i["Groups"]]]
    return any(facts.holds(member, peer) for member in members)


def _may_name(facts: Facts, vpc: str, other: str, *, egress: bool) -> bool:
    """Say whether a group of one VPC can name a group of another: within, across a peering, or a transit gateway."""
    if vpc == other:
        return True
    for peering in facts.all("DescribeVpcPeeringConnections"):
        sides = {peering["RequesterVpcInfo"]["VpcId"], peering["AccepterVpcInfo"]["VpcId"]}
        if peering["Status"]["Code"] == "active" and sides == {vpc, other}:
            return True
    if egress:
        return False
    for gateway in facts.all("DescribeTransitGateways"):
        if gateway["Options"]["SecurityGroupReferencingSupport"] == "enable":
            joined = {
                one["VpcId"]
                for one in facts.all("DescribeTransitGatewayVpcAttachments")
                if one["TransitGatewayId"] == gateway["TransitGatewayId"]
                and one["State"] == "available"
                and one["Options"]["SecurityGroupReferencingSupport"] == "enable"
            }
            if {vpc, other} <= joined:
                return True
    return False


def acl_passes(facts: Facts, subnet: Item, peer: Address, load: Load, *, egress: bool) -> bool:
    """Say whether a subnet's ACL lets a packet to or from a peer pass: the first entry that matches decides."""
    acls = [acl for acl in facts.all("DescribeNetworkAcls") if acl["VpcId"] == subnet["VpcId"]]
    own = [acl for acl in acls if any(one["SubnetId"] == subnet["SubnetId"] for one in acl["Associations"])]
    acl = own[0] if own else next(one for one in acls if one["IsDefault"])
    entries = [entry for entry in acl["Entries"] if entry["Egress"] == egress]
    for entry in sorted(entries, key=lambda one: int(one["RuleNumber"])):
        if peer in ip_network(entry.get("CidrBlock") or entry["Ipv6CidrBlock"]) and _entry_carries(entry, load):
            return bool(entry["RuleAction"] == "allow")
    return False


def _entry_carries(entry: Item, load: Load) -> bool:
    """Say whether an entry is about such packets."""
    if entry["Protocol"] == "-1":
        return True
    if int(entry["Protocol"]) != load.protocol:
        return False
    if load.protocol in {6, 17} and "PortRange" in entry:
        return bool(entry["PortRange"]["From"] <= load.port <= entry["PortRange"]["To"])
    if load.protocol in {1, 58} and "IcmpTypeCode" in entry:
        said = entry["IcmpTypeCode"]
        return said["Type"] in {-1, load.kind} and (said["Type"] == -1 or said["Code"] in {-1, load.code})
    return True
