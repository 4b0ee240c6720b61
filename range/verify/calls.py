"""What a snapshot asks of every account: one row per read-only call, and which keys of its answer the model knows.

An item of a call that the model doesn't read at all, and a key that a row doesn't list, make a proof UNKNOWN as
soon as they say anything: so that what AWS adds next year isn't overlooked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Answers = Mapping[str, tuple[dict[str, Any], ...]]
"""The items of one account and Region by operation, while a snapshot is being taken."""

OFF = frozenset({None, "", False, "off", "disable", "disabled", "none", "standard", "zonal", "unmanaged"})
"""Values of an option that mean that it isn't used."""


def _words(text: str) -> frozenset[str]:
    """Split a row's list of keys."""
    return frozenset(text.split())


FORMS: Mapping[frozenset[str], tuple[type, ...]] = {
    _words(
        "Associations Attachments CidrBlockAssociationSet Entries Groups IpPermissions IpPermissionsEgress Ipv4Prefixes "
        "Ipv6Addresses Ipv6CidrBlockAssociationSet Ipv6Prefixes NatGatewayAddresses PrivateIpAddresses Routes SubnetIds "
        "TargetIps TransitGatewayAttachments"
    ): (list,),
    _words("AccepterVpcInfo Association Attachment Config Options ReferencedGroupInfo RequesterVpcInfo"): (dict,),
    _words("Status"): (dict, str),
    _words("IsDefault IsEgress RequesterManaged SourceDestCheck"): (bool,),
    _words("FromPort Priority ToPort"): (int,),
}
"""What AWS gives the keys that the model reads as, where that isn't a word."""


ENDPOINT = "vpce-"
"""How the ids of endpoints begin."""


@dataclass(frozen=True)
class Call:
    """One operation, and how much of what it says the model understands."""

    operation: str
    items: str
    """The key of the result that the items are under."""
    name: str
    """The key of an item that names it in a finding."""
    reads: frozenset[str] = frozenset()
    """Keys that the model derives flows from. None: an item of this type is as such not modelled."""
    harmless: frozenset[str] = frozenset()
    """Keys that can't change where a packet goes, or only repeat what another key says."""
    service: str = "ec2"
    of_no_region: bool = False
    token: str = "NextToken"
    """What the operation wants the token of the next page as."""
    needs: frozenset[str] = frozenset()
    """Keys that an item must have, besides the one that names it, to say anything."""
    per: Callable[[Answers], list[dict[str, Any]]] | None = None
    """What to ask about, where the operation wants an id; from what was answered before."""

    def wanted(self, answers: Answers) -> list[dict[str, Any]]:
        """Give the parameters of every time that it is asked, after some answers."""
        return [{}] if self.per is None else self.per(answers)

    @property
    def modelled(self) -> bool:
        """Say whether the model reads the items, or only that there are some."""
        return bool(self.reads)


def _each(operation: str, key: str, parameter: str) -> Callable[[Answers], list[dict[str, Any]]]:
    """Ask once for every item of an earlier answer."""
    return lambda answers: [{parameter: item[key]} for item in answers.get(operation, ())]


def _own_tables(answers: Answers) -> list[dict[str, Any]]:
    """Ask for the contents of every transit gateway route table; AWS shows deleted ones for a while, and refuses then."""
    tables = answers.get("DescribeTransitGatewayRouteTables", ())
    key = "TransitGatewayRouteTableId"
    return [{key: table[key]} for table in tables if table.get("State") not in ("deleting", "deleted")]


def _routes(answers: Answers) -> list[dict[str, Any]]:
    """Ask for all routes of every transit gateway route table; the operation wants a filter."""
    every = [{"Name": "state", "Values": ["active", "blackhole"]}]
    return [{**asked, "Filters": every} for asked in _own_tables(answers)]


def _lists(answers: Answers) -> list[dict[str, Any]]:
    """Ask for the entries of every prefix list that a customer made, or that a rule or a route names.

    But for those that only lead to a gateway endpoint: what is sent there reaches nobody's machine.
    """
    named = {rule.get("PrefixListId") for rule in answers.get("DescribeSecurityGroupRules", ())}
    routes = (route for table in answers.get("DescribeRouteTables", ()) for route in table.get("Routes") or ())
    named |= {
        route.get("DestinationPrefixListId") for route in routes if not str(route.get("GatewayId")).startswith(ENDPOINT)
    }
    lists = answers.get("DescribeManagedPrefixLists", ())
    own = {item["PrefixListId"] for item in lists if item.get("OwnerId") != "AWS"}
    return [{"PrefixListId": name} for name in sorted({*own, *filter(None, named)})]


def _private_zones(answers: Answers) -> list[dict[str, Any]]:
    """Ask which VPCs every private hosted zone is associated with."""
    zones = answers.get("ListHostedZones", ())
    return [{"Id": zone["Id"]} for zone in zones if zone.get("Config", {}).get("PrivateZone")]


CALLS: tuple[Call, ...] = (
    Call(
        "DescribeVpcs", "Vpcs", "VpcId",
        _words("VpcId OwnerId CidrBlock CidrBlockAssociationSet Ipv6CidrBlockAssociationSet"),
        _words("InstanceTenancy IsDefault Tags State DhcpOptionsId"),
    ),
    Call(
        "DescribeSubnets", "Subnets", "SubnetId",
        _words("SubnetId VpcId OwnerId CidrBlock Ipv6CidrBlockAssociationSet AvailabilityZoneId"),
        _words(
            "AvailabilityZone MapPublicIpOnLaunch AssignIpv6AddressOnCreation Tags SubnetArn Ipv6Native EnableDns64 "
            "PrivateDnsNameOptionsOnLaunch State AvailableIpAddressCount DefaultForAz MapCustomerOwnedIpOnLaunch"
        ),
    ),
    Call(
        "DescribeRouteTables", "RouteTables", "RouteTableId",
        _words("RouteTableId VpcId OwnerId Routes Associations"), _words("Tags"),
    ),
    Call(
        "DescribeNetworkInterfaces", "NetworkInterfaces", "NetworkInterfaceId",
        _words(
            "NetworkInterfaceId OwnerId VpcId SubnetId Groups InterfaceType PrivateIpAddress PrivateIpAddresses "
            "Ipv6Addresses Ipv6Address Ipv4Prefixes Ipv6Prefixes Association SourceDestCheck Attachment RequesterManaged"
        ),
        _words(
            "AvailabilityZone AvailabilityZoneId Description MacAddress PrivateDnsName PublicDnsName "
            "PublicIpDnsNameOptions RequesterId Status TagSet ConnectionTrackingConfiguration Ipv6Native Operator"
        ),
    ),
    Call(
        "DescribeSecurityGroups", "SecurityGroups", "GroupId",
        _words("GroupId VpcId OwnerId IpPermissions IpPermissionsEgress"),
        _words("Tags SecurityGroupArn GroupName Description"),
    ),
    Call(
        "DescribeSecurityGroupRules", "SecurityGroupRules", "SecurityGroupRuleId",
        _words(
            "SecurityGroupRuleId GroupId IsEgress IpProtocol FromPort ToPort CidrIpv4 CidrIpv6 PrefixListId "
            "ReferencedGroupInfo"
        ),
        _words("GroupOwnerId Description Tags SecurityGroupRuleArn"),
    ),
    Call(
        "DescribeNetworkAcls", "NetworkAcls", "NetworkAclId",
        _words("NetworkAclId VpcId OwnerId IsDefault Associations Entries"), _words("Tags"),
    ),
    Call("DescribeInternetGateways", "InternetGateways", "InternetGatewayId",
         _words("InternetGatewayId Attachments"), _words("OwnerId Tags")),
    Call("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId",
         _words("EgressOnlyInternetGatewayId Attachments"), _words("Tags")),
    Call(
        "DescribeNatGateways", "NatGateways", "NatGatewayId",
        _words("NatGatewayId State SubnetId VpcId NatGatewayAddresses ConnectivityType"),
        _words("CreateTime DeleteTime FailureCode FailureMessage ProvisionedBandwidth Tags"),
    ),
    Call(
        "DescribeVpcPeeringConnections", "VpcPeeringConnections", "VpcPeeringConnectionId",
        _words("VpcPeeringConnectionId Status AccepterVpcInfo RequesterVpcInfo"), _words("ExpirationTime Tags"),
    ),
    Call(
        "DescribeTransitGateways", "TransitGateways", "TransitGatewayId",
        _words("TransitGatewayId OwnerId State Options"), _words("TransitGatewayArn Description CreationTime Tags"),
    ),
    Call(
        "DescribeTransitGatewayAttachments", "TransitGatewayAttachments", "TransitGatewayAttachmentId",
        _words("TransitGatewayAttachmentId TransitGatewayId ResourceType ResourceId ResourceOwnerId State Association"),
        _words("TransitGatewayOwnerId CreationTime Tags"),
    ),
    Call(
        "DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments", "TransitGatewayAttachmentId",
        _words("TransitGatewayAttachmentId TransitGatewayId VpcId VpcOwnerId State SubnetIds Options"),
        _words("CreationTime Tags"),
    ),
    Call(
        "DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables", "TransitGatewayRouteTableId",
        _words("TransitGatewayRouteTableId TransitGatewayId State"),
        _words("DefaultAssociationRouteTable DefaultPropagationRouteTable CreationTime Tags"),
    ),
    Call(
        "GetTransitGatewayRouteTableAssociations", "Associations", "TransitGatewayAttachmentId",
        _words("TransitGatewayAttachmentId State"), _words("ResourceId ResourceType"), per=_own_tables,
    ),
    Call(
        "GetTransitGatewayRouteTablePropagations", "TransitGatewayRouteTablePropagations", "TransitGatewayAttachmentId",
        _words("TransitGatewayAttachmentId State"), _words("ResourceId ResourceType"), per=_own_tables,
    ),
    Call(
        "SearchTransitGatewayRoutes", "Routes", "DestinationCidrBlock",
        _words("DestinationCidrBlock TransitGatewayAttachments Type State PrefixListId"), per=_routes,
    ),
    Call(
        "DescribeManagedPrefixLists", "PrefixLists", "PrefixListId",
        _words("PrefixListId OwnerId"),
        _words(
            "AddressFamily State StateMessage PrefixListArn PrefixListName MaxEntries Version Tags "
            "IpamPrefixListResolverTargetId IpamPrefixListResolverSyncEnabled"
        ),
    ),
    Call("GetManagedPrefixListEntries", "Entries", "Cidr", _words("Cidr"), _words("Description"), per=_lists),
    Call(
        "DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId",
        _words("VpcEndpointId VpcEndpointType VpcId ServiceName State OwnerId"),
        _words(
            "PolicyDocument RouteTableIds SubnetIds Groups IpAddressType DnsOptions PrivateDnsEnabled RequesterManaged "
            "NetworkInterfaceIds DnsEntries CreationTimestamp Tags LastError FailureReason ServiceRegion PayerResponsibilities"
        ),
        needs=_words("VpcId"),
    ),
    Call(
        "DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations", "ServiceId",
        _words("ServiceId ServiceName"),
        _words(
            "ServiceType ServiceState AvailabilityZoneIds AvailabilityZones AcceptanceRequired ManagesVpcEndpoints "
            "NetworkLoadBalancerArns GatewayLoadBalancerArns SupportedIpAddressTypes BaseEndpointDnsNames PrivateDnsName "
            "PrivateDnsNameConfiguration PayerResponsibility Tags SupportedRegions RemoteAccessEnabled"
        ),
        needs=_words("ServiceName"),
    ),
    Call(
        "DescribeAddresses", "Addresses", "AllocationId",
        _words("PublicIp PrivateIpAddress NetworkInterfaceId"),
        _words(
            "AllocationId AssociationId Domain NetworkInterfaceOwnerId Tags PublicIpv4Pool NetworkBorderGroup SubnetId "
            "ServiceManaged InstanceId"
        ),
    ),
    Call(
        "DescribeTrafficMirrorSessions", "TrafficMirrorSessions", "TrafficMirrorSessionId",
        _words("TrafficMirrorSessionId TrafficMirrorTargetId NetworkInterfaceId OwnerId"),
        _words("TrafficMirrorFilterId PacketLength SessionNumber VirtualNetworkId Description Tags"),
        needs=_words("TrafficMirrorTargetId NetworkInterfaceId"),
    ),
    Call(
        "DescribeTrafficMirrorTargets", "TrafficMirrorTargets", "TrafficMirrorTargetId",
        _words("TrafficMirrorTargetId NetworkInterfaceId NetworkLoadBalancerArn GatewayLoadBalancerEndpointId Type OwnerId"),
        _words("Description Tags"),
    ),
    Call(
        "DescribeFlowLogs", "FlowLogs", "FlowLogId",
        _words("FlowLogId ResourceId LogDestinationType LogDestination LogGroupName DeliverCrossAccountRole"),
        _words(
            "CreationTime DeliverLogsErrorMessage DeliverLogsPermissionArn DeliverLogsStatus FlowLogStatus TrafficType "
            "LogFormat Tags MaxAggregationInterval DestinationOptions TagFieldSpecifications"
        ),
    ),
    Call(
        "DescribeInstanceConnectEndpoints", "InstanceConnectEndpoints", "InstanceConnectEndpointId",
        _words("InstanceConnectEndpointId VpcId State"),
        _words(
            "OwnerId InstanceConnectEndpointArn StateMessage DnsName FipsDnsName NetworkInterfaceIds AvailabilityZone "
            "AvailabilityZoneId CreatedAt SubnetId PreserveClientIp SecurityGroupIds Tags IpAddressType PublicDnsNames"
        ),
        needs=_words("VpcId"),
    ),
    Call("DescribeVpnGateways", "VpnGateways", "VpnGatewayId"),
    Call("DescribeVpnConnections", "VpnConnections", "VpnConnectionId"),
    Call("DescribeCarrierGateways", "CarrierGateways", "CarrierGatewayId"),
    Call("DescribeLocalGatewayVirtualInterfaceGroups", "LocalGatewayVirtualInterfaceGroups",
         "LocalGatewayVirtualInterfaceGroupId"),
    Call("DescribeTransitGatewayConnects", "TransitGatewayConnects", "TransitGatewayAttachmentId"),
    Call("DescribeTransitGatewayMulticastDomains", "TransitGatewayMulticastDomains", "TransitGatewayMulticastDomainId"),
    Call("DescribeTransitGatewayPolicyTables", "TransitGatewayPolicyTables", "TransitGatewayPolicyTableId"),
    Call("DescribeSecurityGroupVpcAssociations", "SecurityGroupVpcAssociations", "GroupId"),
    Call("DescribeClientVpnEndpoints", "ClientVpnEndpoints", "ClientVpnEndpointId"),
    Call("DescribeVerifiedAccessEndpoints", "VerifiedAccessEndpoints", "VerifiedAccessEndpointId"),
    Call("DescribeSecondaryInterfaces", "SecondaryInterfaces", "SecondaryInterfaceId"),
    Call("ListServiceNetworkVpcAssociations", "items", "id", service="vpc-lattice", token="nextToken"),
    Call(
        "ListResolverEndpoints", "ResolverEndpoints", "Id",
        _words("Id Direction HostVPCId"),
        _words(
            "CreatorRequestId Arn Name SecurityGroupIds IpAddressCount Status StatusMessage CreationTime ModificationTime "
            "PreferredInstanceType ResolverEndpointType Protocols RniEnhancedMetricsEnabled TargetNameServerMetricsEnabled "
            "Dns64Enabled"
        ),
        service="route53resolver",
    ),
    Call(
        "ListResolverRules", "ResolverRules", "Id",
        _words("Id RuleType TargetIps ResolverEndpointId OwnerId DomainName"),
        _words("CreatorRequestId Arn Status StatusMessage Name ShareStatus CreationTime ModificationTime"),
        service="route53resolver",
    ),
    Call(
        "ListResolverRuleAssociations", "ResolverRuleAssociations", "Id",
        _words("Id ResolverRuleId VPCId"), _words("Name Status StatusMessage"), service="route53resolver",
        needs=_words("ResolverRuleId VPCId"),
    ),
    Call(
        "ListResolverQueryLogConfigs", "ResolverQueryLogConfigs", "Id", _words("Id DestinationArn"),
        _words("OwnerId Status ShareStatus AssociationCount Arn Name CreatorRequestId CreationTime"),
        service="route53resolver", needs=_words("DestinationArn"),
    ),
    Call(
        "ListResolverQueryLogConfigAssociations", "ResolverQueryLogConfigAssociations", "Id",
        _words("Id ResolverQueryLogConfigId ResourceId"), _words("Status Error ErrorMessage CreationTime"),
        service="route53resolver", needs=_words("ResolverQueryLogConfigId ResourceId"),
    ),
    Call(
        "ListFirewallRuleGroupAssociations", "FirewallRuleGroupAssociations", "Id",
        _words("Id FirewallRuleGroupId VpcId Priority Status"),
        _words("Arn Name MutationProtection ManagedOwnerName StatusMessage CreatorRequestId CreationTime ModificationTime"),
        service="route53resolver",
        needs=_words("FirewallRuleGroupId VpcId"),
    ),
    Call(
        "ListFirewallRules", "FirewallRules", "Name",
        _words("FirewallRuleGroupId FirewallDomainListId Priority Action Name Qtype"),
        _words(
            "BlockResponse CreatorRequestId CreationTime ModificationTime FirewallDomainRedirectionAction Status "
            "StatusMessage FirewallRuleType"
        ),
        service="route53resolver",
        per=_each("ListFirewallRuleGroupAssociations", "FirewallRuleGroupId", "FirewallRuleGroupId"),
        needs=_words("FirewallRuleGroupId FirewallDomainListId Priority Action"),
    ),
    Call(
        "ListFirewallDomains", "Domains", "", _words("Domain"), service="route53resolver",
        per=_each("ListFirewallRules", "FirewallDomainListId", "FirewallDomainListId"),
    ),
    Call(
        "ListFirewallConfigs", "FirewallConfigs", "ResourceId",
        _words("ResourceId FirewallFailOpen"), _words("Id OwnerId"), service="route53resolver",
    ),
    Call(
        "ListHostedZones", "HostedZones", "Id", _words("Id Name Config"),
        _words("CallerReference ResourceRecordSetCount LinkedService Features"),
        service="route53", of_no_region=True, needs=_words("Name"), token="Marker",
    ),
    Call(
        "GetHostedZone", "VPCs", "VPCId", _words("VPCId"), _words("VPCRegion"),
        service="route53", of_no_region=True, per=_private_zones,
    ),
    Call(
        "ListBuckets", "Buckets", "Name", _words("Name"), _words("CreationDate BucketRegion BucketArn"),
        service="s3", of_no_region=True, token="ContinuationToken",
    ),
)  # fmt: skip
