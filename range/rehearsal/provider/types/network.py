"""Networks: VPCs, their subnets, gateways, addresses and DHCP options."""

from __future__ import annotations

from typing import Any

from range.rehearsal.provider.rows import ID, Call, Field, Row, call, fixed, later, output, status, the
from range.rehearsal.provider.shapes import CHOSEN, Flag, Many, Text
from range.rehearsal.provider.types.ec2 import arn, tagged
from range.rehearsal.provider.work import Work


def _of_vpc(operation: str, result: str, **more: str) -> Call:
    """Ask for what belongs to the VPC at hand."""
    named = ({"Name": name.replace("_", "-"), "Values": [value]} for name, value in more.items())
    return call(operation, result, Filters=[{"Name": "vpc-id", "Values": [ID]}, *named])


def _vpc_attribute(name: str, *, default: bool) -> Field:
    """An attribute of a VPC, which is asked for and set on its own."""
    aws = name[0].upper() + name[1:]
    change = call("modify_vpc_attribute", VpcId=ID, **{aws: {"Value": the(name)}})
    return later(name, change, aws, Flag(), default=default)


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
        "DefaultGroup": _of_vpc("describe_security_groups", "SecurityGroups[0].GroupId", group_name="default"),
        "DefaultAcl": _of_vpc("describe_network_acls", "NetworkAcls[0].NetworkAclId", default="true"),
        "MainTable": call(
            "describe_route_tables",
            "RouteTables[0].RouteTableId",
            Filters=[{"Name": "vpc-id", "Values": [ID]}, {"Name": "association.main", "Values": ["true"]}],
        ),
    },
    delete=(call("delete_vpc", VpcId=ID),),
    absent=("InvalidVpcID.NotFound",),
    tags=tagged("vpc"),
    fields=(
        fixed("cidrBlock"),
        fixed("instanceTenancy", default="default"),
        _vpc_attribute("enableDnsSupport", default=True),
        _vpc_attribute("enableDnsHostnames", default=False),
        _vpc_attribute("enableNetworkAddressUsageMetrics", default=False),
        output("dhcpOptionsId"),
        output("ownerId"),
        output("defaultSecurityGroupId", "DefaultGroup"),
        output("defaultNetworkAclId", "DefaultAcl"),
        output("mainRouteTableId", "MainTable"),
        output("defaultRouteTableId", "MainTable"),
        arn("vpc", "ownerId"),
    ),
)


def _subnet_attribute(name: str, aws: str = "", read: str = "") -> Field:
    """A boolean attribute of a subnet; AWS takes one per call."""
    aws = aws or name[0].upper() + name[1:]
    change = call("modify_subnet_attribute", SubnetId=ID, **{aws: {"Value": the(name)}})
    return later(name, change, aws, Flag(), default=False, read=read or aws)


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
    status=status("State", "available"),
    fields=(
        fixed("vpcId", required=True),
        fixed("cidrBlock"),
        fixed("availabilityZone"),
        fixed("availabilityZoneId"),
        _subnet_attribute("mapPublicIpOnLaunch"),
        _subnet_attribute(
            "enableResourceNameDnsARecordOnLaunch", read="PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord"
        ),
        output("ownerId"),
        output("arn", "SubnetArn"),
    ),
)


def _move_gateway(work: Work) -> None:
    """Attach an internet gateway to the VPC that is wanted, and to no other."""
    _detach_gateway(work)
    if work.value("vpcId"):
        work.ask("attach_internet_gateway", InternetGatewayId=work.id, VpcId=work.value("vpcId"))


def _detach_gateway(work: Work) -> None:
    if work.old.get("vpcId"):
        work.make(
            call("detach_internet_gateway", InternetGatewayId=ID, VpcId=work.old["vpcId"]).or_none(
                "Gateway.NotAttached", "InvalidInternetGatewayID.NotFound"
            )
        )


INTERNET_GATEWAY = Row(
    "aws:ec2/internetGateway:InternetGateway",
    "EC2 Internet Gateway",
    "ec2",
    create=call("create_internet_gateway", "InternetGateway"),
    id="InternetGatewayId",
    read=call("describe_internet_gateways", "InternetGateways[0]", InternetGatewayIds=[ID]),
    delete=(_detach_gateway, call("delete_internet_gateway", InternetGatewayId=ID)),
    absent=("InvalidInternetGatewayID.NotFound",),
    tags=tagged("internet-gateway"),
    fields=(
        later("vpcId", _move_gateway, read="Attachments[0].VpcId"),
        output("ownerId"),
        arn("internet-gateway", "ownerId"),
    ),
)

NAT_GATEWAY = Row(
    "aws:ec2/natGateway:NatGateway",
    "EC2 NAT Gateway",
    "ec2",
    create=call("create_nat_gateway", "NatGateway"),
    id="NatGatewayId",
    read=call("describe_nat_gateways", "NatGateways[0]", NatGatewayIds=[ID]),
    delete=(call("delete_nat_gateway", NatGatewayId=ID),),
    absent=("NatGatewayNotFound",),
    tags=tagged("natgateway"),
    status=status("State", "available", gone="deleted"),
    fields=(
        fixed("allocationId", read="NatGatewayAddresses[0].AllocationId"),
        fixed("connectivityType", default="public"),
        fixed("privateIp", "PrivateIpAddress", read="NatGatewayAddresses[0].PrivateIp"),
        fixed("subnetId"),
        output("vpcId"),
        output("associationId", "NatGatewayAddresses[0].AssociationId"),
        output("networkInterfaceId", "NatGatewayAddresses[0].NetworkInterfaceId"),
        output("publicIp", "NatGatewayAddresses[0].PublicIp"),
    ),
)


def _associate_address(work: Work) -> None:
    """Put an address on the instance or interface that is wanted, and on no other."""
    _disassociate_address(work)
    target = {"InstanceId": work.value("instance"), "NetworkInterfaceId": work.value("networkInterface")}
    target = {name: value for name, value in target.items() if value}
    if target:
        more = (
            {"PrivateIpAddress": work.value("associateWithPrivateIp")} if work.value("associateWithPrivateIp") else {}
        )
        work.ask("associate_address", AllocationId=work.id, **target, **more)


def _disassociate_address(work: Work) -> None:
    if work.old.get("associationId"):
        work.make(
            call("disassociate_address", AssociationId=work.old["associationId"]).or_none(
                "InvalidAssociationID.NotFound"
            )
        )


EIP = Row(
    "aws:ec2/eip:Eip",
    "EC2 EIP",
    "ec2",
    create=call("allocate_address", Domain="vpc"),
    id="AllocationId",
    read=call("describe_addresses", "Addresses[0]", AllocationIds=[ID]),
    delete=(_disassociate_address, call("release_address", AllocationId=ID)),
    absent=("InvalidAllocationID.NotFound",),
    busy=("InvalidIPAddress.InUse", "AuthFailure"),
    tags=tagged("elastic-ip"),
    fields=(
        fixed("domain", sent=False),
        fixed("publicIpv4Pool"),
        fixed("networkBorderGroup"),
        later("instance", _associate_address, "InstanceId"),
        later("networkInterface", _associate_address, "NetworkInterfaceId"),
        later("associateWithPrivateIp", _associate_address, "PrivateIpAddress", default=CHOSEN, read=None),
        output("allocationId"),
        output("associationId"),
        output("publicIp"),
        output("privateIp", "PrivateIpAddress"),
        arn("elastic-ip"),
    ),
)

_DHCP = {
    "domainName": "domain-name",
    "domainNameServers": "domain-name-servers",
    "ntpServers": "ntp-servers",
    "netbiosNameServers": "netbios-name-servers",
    "netbiosNodeType": "netbios-node-type",
}


def _make_dhcp_options(work: Work) -> Any:
    """Name the options as DHCP does."""
    told = ((aws, work.given(name)) for name, aws in _DHCP.items())
    named = [{"Key": aws, "Values": value if isinstance(value, list) else [str(value)]} for aws, value in told if value]
    tags = work.resolved(DHCP_OPTIONS.tags.create if DHCP_OPTIONS.tags else {}) or {}
    return work.ask("create_dhcp_options", DhcpConfigurations=named, **tags)["DhcpOptions"]


def _dhcp_option(name: str, *, many: bool = False) -> Field:
    values = f"DhcpConfigurations[?Key=='{_DHCP[name]}'] | [0].Values"
    return fixed(
        name, shape=Many(ordered=True) if many else Text(), read=f"{values}[].Value" if many else f"{values}[0].Value"
    )


DHCP_OPTIONS = Row(
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
    "EC2 DHCP Options Set",
    "ec2",
    create=_make_dhcp_options,
    id="DhcpOptionsId",
    read=call("describe_dhcp_options", "DhcpOptions[0]", DhcpOptionsIds=[ID]),
    delete=(call("delete_dhcp_options", DhcpOptionsId=ID),),
    absent=("InvalidDhcpOptionsID.NotFound", "InvalidDhcpOptionID.NotFound"),
    tags=tagged("dhcp-options"),
    fields=(
        _dhcp_option("domainName"),
        _dhcp_option("domainNameServers", many=True),
        _dhcp_option("ntpServers", many=True),
        _dhcp_option("netbiosNameServers", many=True),
        _dhcp_option("netbiosNodeType"),
        output("ownerId"),
        arn("dhcp-options"),
    ),
)

DHCP_OPTIONS_ASSOCIATION = Row(
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
    "EC2 DHCP Options Set Association",
    "ec2",
    create=call("associate_dhcp_options"),
    id="{dhcpOptionsId}-{vpcId}",
    imports="{vpcId}",
    read=call("describe_vpcs", "Vpcs[?DhcpOptionsId!='default'] | [0]", VpcIds=[the("vpcId")]),
    delete=(call("associate_dhcp_options", VpcId=the("vpcId"), DhcpOptionsId="default"),),
    absent=("InvalidVpcID.NotFound",),
    fields=(fixed("dhcpOptionsId", required=True), fixed("vpcId", required=True)),
)

ROWS = (VPC, SUBNET, INTERNET_GATEWAY, NAT_GATEWAY, EIP, DHCP_OPTIONS, DHCP_OPTIONS_ASSOCIATION)
