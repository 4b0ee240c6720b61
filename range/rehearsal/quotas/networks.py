"""Quotas of VPCs and of what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.quotas.counting import one_more
from range.rehearsal.quotas.rows import Quota
from range.rehearsal.truths.stores import store

_LAST_RULE = 32767
"""The number of the rule that denies the rest, which counts for nothing."""
_GONE = ("deleted", "failed", "rejected", "expired")


def _in_vpc(things: Iterator[Any], call: Call) -> int:
    """Count things of the call's VPC, and one more."""
    return one_more(each for each in things if each.vpc_id == call.params.get("VpcId"))


def _subnets(call: Call) -> int:
    return _in_vpc((each for zone in store(call).subnets.values() for each in zone.values()), call)


def _routes(call: Call) -> int:
    """Count the routes that somebody wrote into the table; the VPC's own don't count."""
    table = store(call).route_tables.get(call.params.get("RouteTableId"))
    return 0 if table is None else one_more(route for route in table.routes if not route.local)


def _acl_rules(call: Call) -> int:
    """Count the rules of the call's direction and IP version."""
    acl = store(call).network_acls.get(call.params.get("NetworkAclId"))
    wanted = (bool(call.params.get("Egress")), "Ipv6CidrBlock" in call.params)
    return 0 if acl is None else one_more(rule for rule in acl.network_acl_entries if _kind_of(rule) == wanted)


def _kind_of(rule: Any) -> tuple[bool, bool] | None:
    """Give direction and IP version of a rule; None for the last one."""
    if int(rule.rule_number) >= _LAST_RULE:
        return None
    return str(rule.egress).lower() == "true", bool(rule.ipv6_cidr_block)


def _groups(call: Call) -> int:
    return one_more(group for groups in store(call).groups.values() for group in groups.values())


def _group_rules(call: Call) -> int:
    """Count the rules of the call's direction, in the IP version that has more; a rule that names a group is in both."""
    group = store(call).get_security_group_by_name_or_id(call.params.get("GroupId") or call.params.get("GroupName"))
    if group is None:
        return 0
    rules = group.ingress_rules if call.operation.endswith("Ingress") else group.egress_rules
    versions = [_version(rule.ip_range) for rule in rules] + list(_asked_rules(call.params))
    return max(sum(version != other for version in versions) for other in (4, 6))


def _version(addresses: Mapping[str, Any]) -> int:
    """Give the IP version of a rule's addresses; 0 for a rule that names something else."""
    return 4 if addresses.get("CidrIp") else 6 if addresses.get("CidrIpv6") else 0


def _asked_rules(params: Mapping[str, Any]) -> Iterator[int]:
    """Give the IP versions of the rules that a call asks for."""
    for permission in params.get("IpPermissions", [params]):
        yield from (4 for _ in permission.get("IpRanges", ()))
        yield from (6 for _ in permission.get("Ipv6Ranges", ()))
        yield from (0 for _ in (*permission.get("UserIdGroupPairs", ()), *permission.get("PrefixListIds", ())))
        if "CidrIp" in permission:
            yield 4


def _groups_of_an_interface(call: Call) -> int:
    """Count the groups of the interface that gets most."""
    wanted = [call.params, *call.params.get("NetworkInterfaces", ())]
    return max(len(each.get("Groups") or each.get("SecurityGroupIds") or ()) for each in wanted)


def _interfaces(call: Call) -> int:
    """Count interfaces; a launch makes one for each instance."""
    return len(store(call).enis) + int(call.params.get("MaxCount", 1))


def _nat_gateways(call: Call) -> int:
    """Count the NAT gateways of the subnet's zone."""
    zones = {subnet: zone for zone, subnets in store(call).subnets.items() for subnet in subnets}
    there = (each for each in store(call).nat_gateways.values() if each.state not in _GONE)
    return one_more(each for each in there if zones.get(each.subnet_id) == zones.get(call.params.get("SubnetId")))


def _gateway_endpoints(call: Call) -> int:
    wanted = call.params.get("VpcEndpointType", "Gateway") == "Gateway"
    return one_more(_endpoints(call, "Gateway")) if wanted else 0


def _interface_endpoints(call: Call) -> int:
    wanted = call.params.get("VpcEndpointType", "Gateway") == "Interface"
    return _in_vpc(_endpoints(call, "Interface"), call) if wanted else 0


def _endpoints(call: Call, kind: str) -> Iterator[Any]:
    """Give the endpoints of a kind; one that is deleted is listed for a while, and counts for nothing."""
    endpoints = store(call).vpc_end_points.values()
    return (each for each in endpoints if each.vpc_endpoint_type == kind and each.state not in _GONE)


def _peerings(call: Call) -> int:
    """Count the peerings of the asking VPC that are, or may become, active."""
    there = (each for each in store(call).vpc_pcxs.values() if each._status.code not in _GONE)
    return one_more(each for each in there if call.params.get("VpcId") in (each.vpc.id, each.peer_vpc.id))


_LAUNCHES = ("ec2.CreateNetworkInterface", "ec2.RunInstances")

QUOTAS = (
    Quota(
        "VPCs per Region",
        ("ec2.CreateVpc",),
        "VpcLimitExceeded",
        "The maximum number of VPCs has been reached.",
        lambda call: one_more(store(call).vpcs),
    ),
    Quota(
        "subnets per VPC",
        ("ec2.CreateSubnet",),
        "SubnetLimitExceeded",
        "The maximum number of subnets has been reached.",
        _subnets,
    ),
    Quota(
        "route tables per VPC",
        ("ec2.CreateRouteTable",),
        "RouteTableLimitExceeded",
        "The maximum number of route tables has been reached.",
        lambda call: _in_vpc(iter(store(call).route_tables.values()), call),
    ),
    Quota(
        "routes per route table (static)",
        ("ec2.CreateRoute",),
        "RouteLimitExceeded",
        "The maximum number of routes has been reached.",
        _routes,
    ),
    Quota(
        "network ACLs per VPC",
        ("ec2.CreateNetworkAcl",),
        "NetworkAclLimitExceeded",
        "The maximum number of network acls has been reached.",
        lambda call: _in_vpc(iter(store(call).network_acls.values()), call),
    ),
    Quota(
        "rules per network ACL (each direction, each IP version)",
        ("ec2.CreateNetworkAclEntry",),
        "NetworkAclEntryLimitExceeded",
        "The maximum number of network acl entries has been reached.",
        _acl_rules,
    ),
    Quota(
        "security groups per Region",
        ("ec2.CreateSecurityGroup",),
        "SecurityGroupLimitExceeded",
        "The maximum number of security groups has been reached.",
        _groups,
    ),
    Quota(
        "inbound or outbound rules per security group (each direction, each IP version)",
        ("ec2.AuthorizeSecurityGroupIngress", "ec2.AuthorizeSecurityGroupEgress"),
        "RulesPerSecurityGroupLimitExceeded",
        "The maximum number of rules per security group has been reached.",
        _group_rules,
    ),
    Quota(
        "security groups per network interface",
        (*_LAUNCHES, "ec2.ModifyNetworkInterfaceAttribute"),
        "SecurityGroupsPerInterfaceLimitExceeded",
        "The maximum number of security groups per interface has been reached.",
        _groups_of_an_interface,
    ),
    Quota(
        "network interfaces per Region",
        _LAUNCHES,
        "NetworkInterfaceLimitExceeded",
        "The maximum number of network interfaces has been reached.",
        _interfaces,
    ),
    Quota(
        "internet gateways per Region",
        ("ec2.CreateInternetGateway",),
        "InternetGatewayLimitExceeded",
        "The maximum number of internet gateways has been reached.",
        lambda call: one_more(store(call).internet_gateways),
    ),
    Quota(
        "NAT gateways per Availability Zone",
        ("ec2.CreateNatGateway",),
        "NatGatewayLimitExceeded",
        "The maximum number of NAT Gateways has been reached.",
        _nat_gateways,
    ),
    Quota(
        "Elastic IPs per Region",
        ("ec2.AllocateAddress",),
        "AddressLimitExceeded",
        "The maximum number of addresses has been reached.",
        lambda call: one_more(store(call).addresses),
    ),
    Quota(
        "gateway endpoints per Region",
        ("ec2.CreateVpcEndpoint",),
        "VpcEndpointLimitExceeded",
        "The maximum number of VPC endpoints has been reached.",
        _gateway_endpoints,
    ),
    Quota(
        "interface and GWLB endpoints per VPC",
        ("ec2.CreateVpcEndpoint",),
        "VpcEndpointLimitExceeded",
        "The maximum number of VPC endpoints has been reached.",
        _interface_endpoints,
    ),
    Quota(
        "active VPC peering connections per VPC",
        ("ec2.CreateVpcPeeringConnection",),
        "ActiveVpcPeeringConnectionPerVpcLimitExceeded",
        "The maximum number of active VPC peering connections has been reached.",
        _peerings,
    ),
)
