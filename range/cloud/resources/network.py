"""VPCs and everything in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from range.cloud.resources.kinds import Found, Item, Kind, Place, by, by_list, ec2, pages
from range.errors import CloudError

IN_VPC = ("ec2:vpc",)
OWNERS_OF_INTERFACES = (
    "ec2:instance", "ec2:nat-gateway", "ec2:vpc-endpoint", "ec2:transit-gateway-attachment",
    "ec2:instance-connect-endpoint", "elasticloadbalancing:loadbalancer", "rds:db", "lambda:function",
    "route53resolver:endpoint",
)  # fmt: skip
"""What has interfaces in subnets, with groups; they go when it goes."""
_GONE = frozenset({"deleted", "failed", "rejected", "expired"})
_GOING = frozenset({"deleting"})


def _routes(place: Place) -> Iterator[Item]:
    """List the routes that somebody made: not `local`, and not what a gateway propagates."""
    for table in pages("ec2", "describe_route_tables", "RouteTables")(place):
        for route in table.get("Routes", ()):
            destination = next((route[key] for key in _DESTINATIONS if route.get(key)), "")
            if route.get("Origin") == "CreateRoute" and route.get("GatewayId") != "local":
                yield {**route, "Id": f"{table['RouteTableId']}/{destination}", "Table": table["RouteTableId"]}


_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def _delete_route(place: Place, found: Found) -> object:
    key = next(key for key in _DESTINATIONS if found.item.get(key))
    return place.call("ec2", "delete_route", RouteTableId=found.item["Table"], **{key: found.item[key]})


def _entries(place: Place) -> Iterator[Item]:
    """List the numbered entries of network ACLs; the last one, which refuses everything, can't be removed."""
    for acl in pages("ec2", "describe_network_acls", "NetworkAcls")(place):
        for entry in acl.get("Entries", ()):
            if entry["RuleNumber"] <= 32766:
                way = "egress" if entry["Egress"] else "ingress"
                yield {**entry, "Id": f"{acl['NetworkAclId']}/{way}/{entry['RuleNumber']}", "Acl": acl["NetworkAclId"]}


def _delete_entry(place: Place, found: Found) -> object:
    item = found.item
    number, egress = item["RuleNumber"], item["Egress"]
    return place.call("ec2", "delete_network_acl_entry", NetworkAclId=item["Acl"], RuleNumber=number, Egress=egress)


def _delete_rule(place: Place, found: Found) -> object:
    operation = "revoke_security_group_egress" if found.item["IsEgress"] else "revoke_security_group_ingress"
    return place.call("ec2", operation, GroupId=found.item["GroupId"], SecurityGroupRuleIds=[found.id])


def _revoke_rules(place: Place, groups: Sequence[Found]) -> None:
    """Revoke the rules of these groups, and those of others that name them: AWS deletes no group that a rule names."""
    going = {group.id for group in groups}
    for item in pages("ec2", "describe_security_group_rules", "SecurityGroupRules")(place):
        named = item.get("ReferencedGroupInfo", {}).get("GroupId")
        if item["GroupId"] in going or named in going:
            operation = "revoke_security_group_egress" if item["IsEgress"] else "revoke_security_group_ingress"
            _unless_gone(place, operation, GroupId=item["GroupId"], SecurityGroupRuleIds=[item["SecurityGroupRuleId"]])


def _delete_table(place: Place, found: Found) -> object:
    """Disassociate a route table's subnets and gateways, then delete it."""
    for association in found.item.get("Associations", ()):
        if not association.get("Main"):
            _unless_gone(place, "disassociate_route_table", AssociationId=association["RouteTableAssociationId"])
    return place.call("ec2", "delete_route_table", RouteTableId=found.id)


def _delete_acl(place: Place, found: Found) -> object:
    """Give a network ACL's subnets the VPC's default one, then delete it."""
    associations = found.item.get("Associations", ())
    if associations:
        filters = [{"Name": "vpc-id", "Values": [found.resource.parent]}, {"Name": "default", "Values": ["true"]}]
        default = place.call("ec2", "describe_network_acls", Filters=filters)["NetworkAcls"][0]["NetworkAclId"]
        for association in associations:
            identifier = association["NetworkAclAssociationId"]
            _unless_gone(place, "replace_network_acl_association", AssociationId=identifier, NetworkAclId=default)
    return place.call("ec2", "delete_network_acl", NetworkAclId=found.id)


def _delete_interface(place: Place, found: Found) -> object:
    """Detach an interface, then delete it; a detachment under way is a conflict, and tried again."""
    attachment = found.item.get("Attachment")
    if attachment and attachment.get("Status") not in ("detached", "detaching"):
        _unless_gone(place, "detach_network_interface", AttachmentId=attachment["AttachmentId"], Force=True)
    return place.call("ec2", "delete_network_interface", NetworkInterfaceId=found.id)


def _is_managed(interface: Item) -> bool:
    """Say whether an interface goes with what it belongs to: a service's own, or an instance's first."""
    service = interface.get("RequesterManaged") or interface.get("InterfaceType", "interface") != "interface"
    return bool(service) or interface.get("Attachment", {}).get("DeviceIndex") == 0


def _delete_internet_gateway(place: Place, found: Found) -> object:
    """Detach an internet gateway, then delete it."""
    for attachment in found.item.get("Attachments", ()):
        _unless_gone(place, "detach_internet_gateway", InternetGatewayId=found.id, VpcId=attachment["VpcId"])
    return place.call("ec2", "delete_internet_gateway", InternetGatewayId=found.id)


def _release_address(place: Place, found: Found) -> object:
    """Disassociate an address, then release it."""
    if found.item.get("AssociationId"):
        _unless_gone(place, "disassociate_address", AssociationId=found.item["AssociationId"])
    return place.call("ec2", "release_address", AllocationId=found.id)


def _dhcp_options(place: Place) -> Iterator[Item]:
    """List the sets of DHCP options that somebody made; AWS keeps one of its own in a Region that had a VPC.

    Source: Amazon EC2 API Reference, CreateDhcpOptions (read 2026-11-28).
    """
    own = "ec2.internal" if place.region == "us-east-1" else f"{place.region}.compute.internal"
    default = {"domain-name": [own], "domain-name-servers": ["AmazonProvidedDNS"]}
    for item in pages("ec2", "describe_dhcp_options", "DhcpOptions")(place):
        options = {each["Key"]: [value["Value"] for value in each["Values"]] for each in item["DhcpConfigurations"]}
        if item.get("Tags") or options != default:
            yield item


def _unless_gone(place: Place, operation: str, **parameters: Any) -> None:
    """Make an EC2 call on something that may have gone since it was listed."""
    try:
        place.call("ec2", operation, **parameters)
    except CloudError as refused:
        if "NotFound" not in refused.code:
            raise


KINDS = (
    ec2("vpc", "vpcs", "Vpcs", "VpcId", "delete_vpc", abroad=True,
         after=("ec2:subnet", "ec2:route-table", "ec2:network-acl", "ec2:security-group", "ec2:internet-gateway",
                "ec2:egress-only-internet-gateway", "ec2:vpc-peering-connection", "ec2:vpn-gateway",
                "ec2:network-interface", "route53:zone", "route53resolver:firewall-association")),
    ec2("subnet", "subnets", "Subnets", "SubnetId", "delete_subnet", parent="VpcId", inside=IN_VPC, abroad=True,
         after=("ec2:network-interface", *OWNERS_OF_INTERFACES)),
    ec2("route-table", "route_tables", "RouteTables", "RouteTableId", _delete_table, parent="VpcId", inside=IN_VPC,
         managed=lambda item: any(each.get("Main") for each in item.get("Associations", ())),
         after=("ec2:route", "ec2:vpc-endpoint")),
    Kind("ec2:route", "ec2", _routes, "Id", _delete_route, parent="Table", inside=IN_VPC,
         ties="[NatGatewayId, NetworkInterfaceId, VpcPeeringConnectionId, GatewayId] | [?@]"),
    ec2("network-acl", "network_acls", "NetworkAcls", "NetworkAclId", _delete_acl, parent="VpcId", inside=IN_VPC,
         managed=lambda item: bool(item.get("IsDefault")), after=("ec2:network-acl-entry",)),
    Kind("ec2:network-acl-entry", "ec2", _entries, "Id", _delete_entry, parent="Acl", inside=IN_VPC),
    ec2("security-group", "security_groups", "SecurityGroups", "GroupId", "delete_security_group", parent="VpcId",
         inside=IN_VPC, prepare=_revoke_rules, abroad=True, managed=lambda item: item.get("GroupName") == "default",
         after=("ec2:security-group-rule", "ec2:network-interface", "ec2:launch-template", *OWNERS_OF_INTERFACES)),
    ec2("security-group-rule", "security_group_rules", "SecurityGroupRules", "SecurityGroupRuleId", _delete_rule,
         parent="GroupId", ties="ReferencedGroupInfo.GroupId", inside=IN_VPC),
    ec2("network-interface", "network_interfaces", "NetworkInterfaces", "NetworkInterfaceId", _delete_interface,
         parent="VpcId", tags="TagSet", inside=IN_VPC, abroad=True,
         managed=_is_managed,
         after=("ec2:traffic-mirror-session", "ec2:traffic-mirror-target", "ec2:address", *OWNERS_OF_INTERFACES)),
    ec2("vpc-endpoint", "vpc_endpoints", "VpcEndpoints", "VpcEndpointId",
         by_list("ec2", "delete_vpc_endpoints", "VpcEndpointIds"), parent="VpcId", state="State", ended=_GONE,
         ending=_GOING, inside=IN_VPC, abroad=True, after=("ec2:route",)),
    ec2("vpc-endpoint-service", "vpc_endpoint_service_configurations", "ServiceConfigurations", "ServiceId",
         by_list("ec2", "delete_vpc_endpoint_service_configurations", "ServiceIds"), state="ServiceState", ended=_GONE,
         ending=_GOING),
    ec2("internet-gateway", "internet_gateways", "InternetGateways", "InternetGatewayId", _delete_internet_gateway,
         parent="Attachments[0].VpcId", abroad=True,
         after=("ec2:address", "ec2:nat-gateway", "ec2:instance", "ec2:route", "elasticloadbalancing:loadbalancer")),
    ec2("egress-only-internet-gateway", "egress_only_internet_gateways", "EgressOnlyInternetGateways",
         "EgressOnlyInternetGatewayId", "delete_egress_only_internet_gateway", parent="Attachments[0].VpcId",
         inside=IN_VPC, after=("ec2:route",)),
    ec2("nat-gateway", "nat_gateways", "NatGateways", "NatGatewayId", "delete_nat_gateway", parent="VpcId",
         state="State", ended=_GONE, ending=_GOING, inside=IN_VPC, abroad=True, after=("ec2:route",)),
    ec2("address", "addresses", "Addresses", "AllocationId", _release_address,
         parent="NetworkInterfaceId || InstanceId", abroad=True, after=("ec2:nat-gateway", "ec2:instance")),
    ec2("vpc-peering-connection", "vpc_peering_connections", "VpcPeeringConnections", "VpcPeeringConnectionId",
         "delete_vpc_peering_connection", parent="RequesterVpcInfo.VpcId", ties="AccepterVpcInfo.VpcId",
         state="Status.Code", ended=_GONE, ending=_GOING, inside=IN_VPC, abroad=True, after=("ec2:route",)),
    Kind("ec2:dhcp-options", "ec2", _dhcp_options, "DhcpOptionsId", by("ec2", "delete_dhcp_options", "DhcpOptionsId"),
         after=("ec2:vpc",)),
    ec2("prefix-list", "managed_prefix_lists", "PrefixLists[?OwnerId!='AWS']", "PrefixListId",
         "delete_managed_prefix_list", state="State", ended=frozenset({"delete-complete"}),
         ending=frozenset({"delete-in-progress"}),
         after=("ec2:route", "ec2:security-group-rule", "ec2:security-group")),
    ec2("vpn-gateway", "vpn_gateways", "VpnGateways", "VpnGatewayId", "delete_vpn_gateway",
         parent="VpcAttachments[0].VpcId", state="State", ended=_GONE, ending=_GOING),
    ec2("customer-gateway", "customer_gateways", "CustomerGateways", "CustomerGatewayId", "delete_customer_gateway",
         state="State", ended=_GONE, ending=_GOING),
    ec2("instance-connect-endpoint", "instance_connect_endpoints", "InstanceConnectEndpoints",
         "InstanceConnectEndpointId", "delete_instance_connect_endpoint", parent="VpcId", state="State",
         ended=frozenset({"delete-complete", "create-failed"}), ending=frozenset({"delete-in-progress"}),
         inside=IN_VPC),
    ec2("flow-log", "flow_logs", "FlowLogs", "FlowLogId", by_list("ec2", "delete_flow_logs", "FlowLogIds"),
         parent="ResourceId"),
)  # fmt: skip
"""One row per type, networks only."""
