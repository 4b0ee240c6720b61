"""Networks: VPCs, subnets, routes and gateways."""

from __future__ import annotations

from range.rehearsal.provider.rows import ID, Call, Row, call, fixed, later, output, the
from range.rehearsal.provider.shapes import Flag
from range.rehearsal.provider.types.ec2 import arn, tagged


def _of_vpc(operation: str, result: str, **more: str) -> Call:
    filters = [{"Name": "vpc-id", "Values": [ID]}, *({"Name": name, "Values": [value]} for name, value in more.items())]
    return call(operation, result, Filters=filters)


def _vpc_attribute(name: str) -> Call:
    return call("modify_vpc_attribute", VpcId=ID, **{name[0].upper() + name[1:]: {"Value": the(name)}})


def _vpc_attribute_seen(name: str) -> Call:
    return call("describe_vpc_attribute", f"{name[0].upper() + name[1:]}.Value", VpcId=ID, Attribute=name)


VPC = Row(
    "aws:ec2/vpc:Vpc",
    "EC2 VPC",
    "ec2",
    create=call("create_vpc", "Vpc"),
    id="VpcId",
    read=call("describe_vpcs", "Vpcs[0]", VpcIds=[ID]),
    also={
        "EnableDnsSupport": _vpc_attribute_seen("enableDnsSupport"),
        "EnableDnsHostnames": _vpc_attribute_seen("enableDnsHostnames"),
        "EnableNetworkAddressUsageMetrics": _vpc_attribute_seen("enableNetworkAddressUsageMetrics"),
        "DefaultGroup": _of_vpc("describe_security_groups", "SecurityGroups[0].GroupId", **{"group-name": "default"}),
        "DefaultAcl": _of_vpc("describe_network_acls", "NetworkAcls[0].NetworkAclId", default="true"),
        "MainTable": _of_vpc("describe_route_tables", "RouteTables[0].RouteTableId", **{"association.main": "true"}),
    },
    delete=(call("delete_vpc", VpcId=ID),),
    absent=("InvalidVpcID.NotFound",),
    tags=tagged("vpc"),
    fields=(
        fixed("cidrBlock"),
        fixed("instanceTenancy", default="default"),
        later("enableDnsSupport", _vpc_attribute("enableDnsSupport"), shape=Flag(), default=True),
        later("enableDnsHostnames", _vpc_attribute("enableDnsHostnames"), shape=Flag()),
        later("enableNetworkAddressUsageMetrics", _vpc_attribute("enableNetworkAddressUsageMetrics"), shape=Flag()),
        output("dhcpOptionsId"),
        output("ownerId"),
        output("defaultSecurityGroupId", "DefaultGroup"),
        output("defaultNetworkAclId", "DefaultAcl"),
        output("mainRouteTableId", "MainTable"),
        output("defaultRouteTableId", "MainTable"),
        arn("vpc", "ownerId"),
    ),
)

SUBNET = Row(
    "aws:ec2/subnet:Subnet",
    "EC2 Subnet",
    "ec2",
    create=call("create_subnet", "Subnet"),
    id="SubnetId",
    read=call("describe_subnets", "Subnets[0]", SubnetIds=[ID]),
    delete=(call("delete_subnet", SubnetId=ID),),
    absent=("InvalidSubnetID.NotFound",),
    tags=tagged("subnet"),
    fields=(
        fixed("vpcId", required=True),
        fixed("cidrBlock"),
        fixed("availabilityZone"),
        fixed("availabilityZoneId"),
        later(
            "mapPublicIpOnLaunch",
            call("modify_subnet_attribute", SubnetId=ID, MapPublicIpOnLaunch={"Value": the("mapPublicIpOnLaunch")}),
            shape=Flag(),
            default=False,
        ),
        output("ownerId"),
        output("arn", "SubnetArn"),
    ),
)

ROWS = (VPC, SUBNET)
