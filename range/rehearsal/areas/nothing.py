"""Lists of kinds of things that can't be made here: whoever looks for leftovers is told that there are none."""

from __future__ import annotations

from range.rehearsal.call import Call, Shape

_LISTS = """
    DescribeCapacityReservations DescribeClientVpnEndpoints DescribeCoipPools DescribeFastSnapshotRestores
    DescribeInstanceEventWindows DescribeInstanceImageMetadata DescribeInstanceTopology DescribeIpamPools DescribeIpamScopes
    DescribeIpams DescribeLocalGatewayVirtualInterfaceGroups DescribeLockedSnapshots DescribeNetworkInsightsAccessScopes
    DescribeNetworkInsightsAnalyses DescribeNetworkInsightsPaths DescribePlacementGroups DescribePublicIpv4Pools
    DescribeSecondaryInterfaces DescribeSecurityGroupVpcAssociations DescribeStaleSecurityGroups
    DescribeTransitGatewayConnectPeers DescribeTransitGatewayConnects DescribeTransitGatewayMulticastDomains
    DescribeTransitGatewayPeeringAttachments DescribeTransitGatewayPolicyTables DescribeTransitGatewayRouteTableAnnouncements
    DescribeVerifiedAccessEndpoints DescribeVerifiedAccessGroups DescribeVerifiedAccessInstances
    DescribeVpcBlockPublicAccessExclusions DescribeVpcEndpointConnections GetTransitGatewayPrefixListReferences
"""


def none(call: Call) -> Shape:
    """Give an empty list, under the name that the call's result has for it."""
    output = call.service.model.operation_model(call.operation).output_shape
    assert output is not None
    return {name: [] for name, member in output.members.items() if member.type_name == "list"}


OPERATIONS = dict.fromkeys(_LISTS.split(), none)
