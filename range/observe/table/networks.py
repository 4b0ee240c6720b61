"""VPCs and everything in them, as the witness reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from range.observe.kinds import Detail, Item, Kind, each, ec2, state

_LAST_ENTRY = 32767
"""The entry that refuses everything, which every ACL has and nobody can change."""


def _entries(pages: Iterable[dict[str, Any]]) -> Iterable[Item]:
    """Spread network ACLs into their entries."""
    for entry in each("NetworkAcls", "Entries", Acl="NetworkAclId")(pages):
        if entry["RuleNumber"] < _LAST_ENTRY:
            yield {**entry, "Way": "egress" if entry["Egress"] else "ingress", "Number": str(entry["RuleNumber"])}


def _routes(pages: Iterable[dict[str, Any]]) -> Iterable[Item]:
    """Spread route tables into their routes."""
    for route in each("RouteTables", "Routes", Table="RouteTableId")(pages):
        keys = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
        yield {**route, "To": next((route[key] for key in keys if route.get(key)), "")}


def _rules(pages: Iterable[dict[str, Any]]) -> Iterable[Item]:
    """Give security group rules with what names them: group, way, protocol, ports and peer."""
    for page in pages:
        for rule in page.get("SecurityGroupRules", ()):
            peer = (
                rule.get("CidrIpv4")
                or rule.get("CidrIpv6")
                or rule.get("PrefixListId")
                or rule.get("ReferencedGroupInfo", {}).get("GroupId", "")
            )
            way = "egress" if rule["IsEgress"] else "ingress"
            ports = f"{rule.get('FromPort', '')}-{rule.get('ToPort', '')}"
            yield {**rule, "Called": [rule["GroupId"], way, rule["IpProtocol"], ports, peer]}


def _aws_options(item: Item, region: str) -> bool:
    """Say whether a set of DHCP options is the one that AWS keeps in a Region that had a VPC, down to its domain.

    Source: Amazon EC2 API Reference, CreateDhcpOptions (read 2026-11-28).
    """
    options = {each["Key"]: [value["Value"] for value in each["Values"]] for each in item["DhcpConfigurations"]}
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    default = {"domain-name": [domain], "domain-name-servers": ["AmazonProvidedDNS"]}
    return options == default and not item.get("Tags")


def _not_own_list(item: Item) -> bool:
    """Say whether a prefix list is AWS's, or on its way out."""
    return item.get("OwnerId") == "AWS" or str(item.get("State")) in ("delete-complete", "delete-in-progress")


def _vpc_attribute(key: str) -> Detail:
    return Detail(
        key[0].upper() + key[1:], "describe_vpc_attribute", {"VpcId": "VpcId"}, key[0].upper() + key[1:] + ".Value",
        fixed={"Attribute": key},
    )  # fmt: skip


_ROOT_OR_GONE = state("State", "deleted", "failed", "rejected", "expired", "deleting")

KINDS: tuple[Kind, ...] = (
    ec2("vpc", "vpcs", "Vpcs", "VpcId", abroad=True,
        details=(_vpc_attribute("enableDnsSupport"), _vpc_attribute("enableDnsHostnames"),
                 _vpc_attribute("enableNetworkAddressUsageMetrics"))),
    ec2("subnet", "subnets", "Subnets", "SubnetId", abroad=True, inside="ec2:vpc",
        details=(Detail("Reservations", "get_subnet_cidr_reservations", {"SubnetId": "SubnetId"},
                        "[SubnetIpv4CidrReservations, SubnetIpv6CidrReservations][].[Cidr, ReservationType]"),)),
    ec2("route-table", "route_tables", "RouteTables", "RouteTableId", abroad=True, inside="ec2:vpc",
        name="(Tags[?Key=='Name'].Value | [0]) || ['main of', VpcId]"),
    Kind("ec2:route", "ec2", "describe_route_tables", _routes, "join(' ', [Table, To])", name="[Table, To]",
         abroad=True, inside="ec2:vpc"),
    ec2("network-acl", "network_acls", "NetworkAcls", "NetworkAclId", abroad=True, inside="ec2:vpc",
        name="(Tags[?Key=='Name'].Value | [0]) || (IsDefault && ['default of', VpcId])"),
    Kind("ec2:network-acl-entry", "ec2", "describe_network_acls", _entries, "join(' ', [Acl, Way, Number])",
         name="[Acl, Way, Number]", abroad=True, inside="ec2:vpc"),
    ec2("security-group", "security_groups", "SecurityGroups", "GroupId", abroad=True, inside="ec2:vpc",
        name="(Tags[?Key=='Name'].Value | [0]) || [VpcId, GroupName]"),
    Kind("ec2:security-group-rule", "ec2", "describe_security_group_rules", _rules, "SecurityGroupRuleId",
         name="Called", abroad=True, inside="ec2:vpc"),
    ec2("network-interface", "network_interfaces", "NetworkInterfaces", "NetworkInterfaceId", abroad=True,
        inside="ec2:vpc",
        name="(TagSet[?Key=='Name'].Value | [0]) || Attachment.InstanceId && "
             "[Attachment.InstanceId, to_string(Attachment.DeviceIndex)] || [SubnetId, InterfaceType, Description]"),
    ec2("vpc-endpoint", "vpc_endpoints", "VpcEndpoints", "VpcEndpointId", abroad=True, inside="ec2:vpc", leave=_ROOT_OR_GONE),
    ec2("vpc-endpoint-service", "vpc_endpoint_service_configurations", "ServiceConfigurations", "ServiceId",
        leave=state("ServiceState", "deleted", "deleting"),
        details=(Detail("Principals", "describe_vpc_endpoint_service_permissions", {"ServiceId": "ServiceId"},
                        "AllowedPrincipals", paged=True),)),
    ec2("internet-gateway", "internet_gateways", "InternetGateways", "InternetGatewayId", abroad=True),
    ec2("egress-only-internet-gateway", "egress_only_internet_gateways", "EgressOnlyInternetGateways",
        "EgressOnlyInternetGatewayId"),
    ec2("carrier-gateway", "carrier_gateways", "CarrierGateways", "CarrierGatewayId", leave=_ROOT_OR_GONE),
    ec2("nat-gateway", "nat_gateways", "NatGateways", "NatGatewayId", abroad=True, inside="ec2:vpc", leave=_ROOT_OR_GONE),
    ec2("address", "addresses", "Addresses", "AllocationId", abroad=True),
    ec2("vpc-peering-connection", "vpc_peering_connections", "VpcPeeringConnections", "VpcPeeringConnectionId",
        abroad=True, leave=state("Status.Code", "deleted", "failed", "rejected", "expired", "deleting")),
    ec2("dhcp-options", "dhcp_options", "DhcpOptions", "DhcpOptionsId", leave_in=_aws_options, abroad=True),
    ec2("prefix-list", "managed_prefix_lists", "PrefixLists", "PrefixListId", name="PrefixListName",
        also=("PrefixListArn",), abroad=True, leave=_not_own_list,
        details=(Detail("Entries", "get_managed_prefix_list_entries", {"PrefixListId": "PrefixListId"}, "Entries",
                        paged=True),)),
    ec2("vpn-gateway", "vpn_gateways", "VpnGateways", "VpnGatewayId", leave=_ROOT_OR_GONE),
    ec2("vpn-connection", "vpn_connections", "VpnConnections", "VpnConnectionId", leave=_ROOT_OR_GONE),
    ec2("customer-gateway", "customer_gateways", "CustomerGateways", "CustomerGatewayId", leave=_ROOT_OR_GONE),
    ec2("client-vpn-endpoint", "client_vpn_endpoints", "ClientVpnEndpoints", "ClientVpnEndpointId",
        leave=state("Status.Code", "deleted", "deleting")),
    ec2("instance-connect-endpoint", "instance_connect_endpoints", "InstanceConnectEndpoints",
        "InstanceConnectEndpointId",
        leave=state("State", "delete-complete", "create-failed", "delete-in-progress")),
    ec2("flow-log", "flow_logs", "FlowLogs", "FlowLogId",
        name="(Tags[?Key=='Name'].Value | [0]) || [ResourceId, LogDestinationType, LogDestination]", abroad=True),
    ec2("network-insights-path", "network_insights_paths", "NetworkInsightsPaths", "NetworkInsightsPathId"),
    ec2("ipam", "ipams", "Ipams", "IpamId", leave=state("State", "delete-complete", "delete-in-progress")),
    ec2("ipam-pool", "ipam_pools", "IpamPools", "IpamPoolId",
        leave=state("State", "delete-complete", "delete-in-progress")),
)  # fmt: skip
"""One row per type."""
