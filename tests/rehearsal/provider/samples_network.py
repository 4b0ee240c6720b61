"""Samples of networks: VPCs, routing, groups, ACLs, endpoints, gateways, instances and mirroring."""

from __future__ import annotations

import base64
from typing import Any

from tests.rehearsal.provider.bench import HUB, Bench, Ref, Sample, document

_TAGS = {"tags": {"Name": "changed", "more": "1"}}
_S3 = "com.amazonaws.eu-west-2.s3"


def key_material(seed: bytes) -> str:
    """Give a public key that AWS takes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = Ed25519PrivateKey.from_private_bytes(seed.ljust(32, b"."))
    return key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def image(bench: Bench, account: str = "333333333333") -> str:
    """Give an image that instances start from."""
    images = bench.client("ec2", account).describe_images(Owners=["amazon"])["Images"]
    return str(next(item["ImageId"] for item in images if item["Architecture"] == "x86_64"))


def _acl(number: int, cidr: str = "10.0.0.0/8") -> dict[str, Any]:
    return {"ruleNo": number, "action": "allow", "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlock": cidr}


def _rule(port: int, **more: Any) -> dict[str, Any]:
    return {"protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlocks": ["10.0.0.0/8"], **more}


def _subnet(number: int, vpc: str = "vpc", zone: str = "euw2-az1") -> Sample:
    base = {"vpc": 1, "vpc2": 2, "hub-vpc": 3}[vpc]
    return Sample(
        "aws:ec2/subnet:Subnet",
        {"vpcId": Ref(vpc), "cidrBlock": f"10.{base}.{number}.0/24", "availabilityZoneId": zone},
        account=HUB if vpc == "hub-vpc" else "333333333333",
    )


_SOURCE = {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22}
_RULE_CHANGES = {
    "ipProtocol": "udp",
    "fromPort": 20,
    "toPort": 23,
    "cidrIpv4": "10.9.0.0/16",
    "cidrIpv6": None,
    "prefixListId": None,
    "referencedSecurityGroupId": None,
    "description": "changed",
    **_TAGS,
}

SAMPLES: dict[str, Sample] = {
    "vpc": Sample(
        "aws:ec2/vpc:Vpc",
        {"cidrBlock": "10.1.0.0/16", "enableDnsHostnames": True, "tags": {"Name": "vpc"}},
        {"enableDnsHostnames": False, "enableDnsSupport": False, "enableNetworkAddressUsageMetrics": True, **_TAGS},
    ),
    "vpc2": Sample("aws:ec2/vpc:Vpc", {"cidrBlock": "10.2.0.0/16"}),
    "hub-vpc": Sample("aws:ec2/vpc:Vpc", {"cidrBlock": "10.3.0.0/16"}, account=HUB),
    "subnet": Sample(
        "aws:ec2/subnet:Subnet",
        {"vpcId": Ref("vpc"), "cidrBlock": "10.1.1.0/24", "availabilityZoneId": "euw2-az1"},
        {
            "mapPublicIpOnLaunch": True,
            "enableResourceNameDnsARecordOnLaunch": True,
            **_TAGS,
        },
    ),
    "subnet2": _subnet(2, zone="euw2-az2"),
    "hub-subnet": _subnet(1, "hub-vpc"),
    "igw": Sample("aws:ec2/internetGateway:InternetGateway", {"vpcId": Ref("vpc")}, {"vpcId": Ref("vpc2"), **_TAGS}),
    "reservation": Sample(
        "aws:ec2/subnetCidrReservation:SubnetCidrReservation",
        {"subnetId": Ref("subnet2"), "cidrBlock": "10.1.2.0/25", "reservationType": "explicit"},
    ),
    "eip": Sample(
        "aws:ec2/eip:Eip",
        {"domain": "vpc"},
        {"instance": Ref("instance"), "networkInterface": None, "associateWithPrivateIp": None, **_TAGS},
        after=("igw",),
    ),
    "nat": Sample(
        "aws:ec2/natGateway:NatGateway",
        {"allocationId": Ref("eip"), "subnetId": Ref("subnet")},
        {**_TAGS},
        after=("igw",),
    ),
    "dhcp": Sample(
        "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
        {"domainName": "est.range", "domainNameServers": ["10.1.0.2"]},
        {**_TAGS},
    ),
    "dhcp-association": Sample(
        "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
        {"dhcpOptionsId": Ref("dhcp"), "vpcId": Ref("vpc")},
    ),
    "table": Sample(
        "aws:ec2/routeTable:RouteTable",
        {"vpcId": Ref("vpc")},
        {"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": Ref("igw")}], **_TAGS},
    ),
    "table2": Sample("aws:ec2/routeTable:RouteTable", {"vpcId": Ref("vpc")}),
    "default-table": Sample(
        "aws:ec2/defaultRouteTable:DefaultRouteTable",
        {"defaultRouteTableId": Ref("vpc", "defaultRouteTableId")},
        {"routes": [{"cidrBlock": "0.0.0.0/0", "gatewayId": Ref("igw")}], **_TAGS},
        stays=True,
    ),
    "route": Sample(
        "aws:ec2/route:Route",
        {"routeTableId": Ref("table"), "destinationCidrBlock": "0.0.0.0/0", "natGatewayId": Ref("nat")},
        {
            "gatewayId": Ref("igw"),
            "natGatewayId": None,
            "transitGatewayId": None,
            "networkInterfaceId": None,
            "vpcPeeringConnectionId": None,
        },
    ),
    "table-association": Sample(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        {"routeTableId": Ref("table"), "subnetId": Ref("subnet")},
        {"routeTableId": Ref("table2")},
    ),
    "group": Sample(
        "aws:ec2/securityGroup:SecurityGroup",
        {"name": "targets", "description": "Targets", "vpcId": Ref("vpc"), "ingress": [_rule(22, self=True)]},
        {
            "ingress": [_rule(80), _rule(81, description="w")],
            "egress": [_rule(0, protocol="-1")],
            "revokeRulesOnDelete": True,
            **_TAGS,
        },
    ),
    "group2": Sample("aws:ec2/securityGroup:SecurityGroup", {"vpcId": Ref("vpc")}),
    "default-group": Sample(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        {"vpcId": Ref("vpc"), "ingress": [], "egress": []},
        {"ingress": [_rule(80)], "egress": [_rule(443)], "revokeRulesOnDelete": True, **_TAGS},
        stays=True,
    ),
    "ingress": Sample(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"securityGroupId": Ref("group2"), "cidrIpv4": "10.0.0.0/8", **_SOURCE},
        _RULE_CHANGES,
    ),
    "ingress-from-group": Sample(
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"securityGroupId": Ref("group2"), "referencedSecurityGroupId": Ref("group"), **_SOURCE},
    ),
    "egress": Sample(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {"securityGroupId": Ref("group2"), "cidrIpv4": "10.0.0.0/8", **_SOURCE},
        _RULE_CHANGES,
    ),
    "egress-everything": Sample(
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        {"securityGroupId": Ref("group2"), "cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"},
    ),
    "acl": Sample(
        "aws:ec2/networkAcl:NetworkAcl",
        {"vpcId": Ref("vpc"), "ingress": [_acl(100)]},
        {
            "ingress": [_acl(100, "10.9.0.0/16"), _acl(110)],
            "egress": [_acl(120)],
            "subnetIds": [Ref("subnet")],
            **_TAGS,
        },
    ),
    "acl2": Sample("aws:ec2/networkAcl:NetworkAcl", {"vpcId": Ref("vpc")}),
    "default-acl": Sample(
        "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl",
        {"defaultNetworkAclId": Ref("vpc", "defaultNetworkAclId")},
        {"ingress": [_acl(100)], "egress": [_acl(120)], "subnetIds": None, **_TAGS},
        stays=True,
    ),
    "acl-rule": Sample(
        "aws:ec2/networkAclRule:NetworkAclRule",
        {
            "networkAclId": Ref("acl2"),
            "ruleNumber": 200,
            "protocol": "tcp",
            "ruleAction": "allow",
            "cidrBlock": "10.0.0.0/8",
            "fromPort": 22,
            "toPort": 22,
        },
    ),
    "acl-rule-out": Sample(
        "aws:ec2/networkAclRule:NetworkAclRule",
        {
            "networkAclId": Ref("acl2"),
            "ruleNumber": 200,
            "egress": True,
            "protocol": "icmp",
            "ruleAction": "allow",
            "cidrBlock": "10.0.0.0/8",
            "icmpType": -1,
            "icmpCode": -1,
        },
    ),
    "acl-association": Sample(
        "aws:ec2/networkAclAssociation:NetworkAclAssociation", {"networkAclId": Ref("acl2"), "subnetId": Ref("subnet2")}
    ),
    "gateway-endpoint": Sample(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {"vpcId": Ref("vpc"), "serviceName": _S3, "routeTableIds": [Ref("table")]},
        {
            "policy": document("s3:GetObject", Principal="*", Resource="*"),
            "routeTableIds": [Ref("table2")],
            "ipAddressType": None,
            **_TAGS,
        },
    ),
    "interface-endpoint": Sample(
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": Ref("vpc"),
            "serviceName": "com.amazonaws.eu-west-2.ssm",
            "vpcEndpointType": "Interface",
            "subnetIds": [Ref("subnet")],
            "securityGroupIds": [Ref("group")],
            "privateDnsEnabled": True,
        },
        {"privateDnsEnabled": False, "subnetIds": [Ref("subnet2")], "securityGroupIds": [Ref("group2")]},
    ),
    "connect-endpoint": Sample(
        "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
        {"subnetId": Ref("subnet"), "securityGroupIds": [Ref("group")], "preserveClientIp": False},
        {**_TAGS},
    ),
    "flow-log": Sample(
        "aws:ec2/flowLog:FlowLog",
        {
            "vpcId": Ref("vpc"),
            "trafficType": "ALL",
            "logDestination": Ref("log-group", "arn"),
            "iamRoleArn": Ref("role", "arn"),
            "maxAggregationInterval": 60,
        },
        {**_TAGS},
    ),
    "instance": Sample(
        "aws:ec2/instance:Instance",
        {
            "ami": image,
            "instanceType": "t3.micro",
            "subnetId": Ref("subnet"),
            "vpcSecurityGroupIds": [Ref("group")],
            "privateIp": "10.1.1.10",
            "associatePublicIpAddress": False,
            "metadataOptions": {"httpTokens": "required", "httpEndpoint": "enabled", "httpPutResponseHopLimit": 1},
            "rootBlockDevice": {
                "volumeSize": 16,
                "volumeType": "gp3",
                "encrypted": True,
                "tags": {"range:ally": "est"},
            },
        },
        {
            "instanceType": "t3.small",
            "userData": "#!/bin/sh\ntrue\n",
            "userDataBase64": base64.b64encode(b"#!/bin/sh\nfalse\n").decode(),
            "userDataReplaceOnChange": None,
            "vpcSecurityGroupIds": [Ref("group2")],
            "iamInstanceProfile": Ref("profile"),
            "sourceDestCheck": False,
            "disableApiTermination": None,
            "metadataOptions": {"httpTokens": "required", "httpEndpoint": "enabled", "httpPutResponseHopLimit": 2},
            "rootBlockDevice": {
                "volumeSize": 16,
                "volumeType": "gp3",
                "encrypted": True,
                "tags": {"range:ally": "pol"},
            },
            **_TAGS,
        },
    ),
    "sensor": Sample(
        "aws:ec2/instance:Instance",
        {"ami": image, "instanceType": "t3.micro", "subnetId": Ref("subnet"), "vpcSecurityGroupIds": [Ref("group")]},
        {"volumeTags": {"range:ally": "pol"}},
    ),
    "key-pair": Sample("aws:ec2/keyPair:KeyPair", {"keyName": "est", "publicKey": key_material(b"est")}, {**_TAGS}),
    "mirror-filter": Sample(
        "aws:ec2/trafficMirrorFilter:TrafficMirrorFilter",
        {"description": "all"},
        {"networkServices": ["amazon-dns"], **_TAGS},
    ),
    "mirror-filter2": Sample("aws:ec2/trafficMirrorFilter:TrafficMirrorFilter", {"description": "less"}),
    "mirror-rule": Sample(
        "aws:ec2/trafficMirrorFilterRule:TrafficMirrorFilterRule",
        {
            "trafficMirrorFilterId": Ref("mirror-filter"),
            "ruleNumber": 100,
            "ruleAction": "accept",
            "trafficDirection": "ingress",
            "sourceCidrBlock": "0.0.0.0/0",
            "destinationCidrBlock": "0.0.0.0/0",
            "protocol": 6,
        },
        {
            "ruleNumber": 110,
            "ruleAction": "reject",
            "trafficDirection": "egress",
            "sourceCidrBlock": "10.0.0.0/8",
            "destinationCidrBlock": "10.0.0.0/8",
            "protocol": 17,
            "sourcePortRange": {"fromPort": 1, "toPort": 2},
            "destinationPortRange": {"fromPort": 3, "toPort": 4},
            "description": "changed",
        },
    ),
    "mirror-target": Sample(
        "aws:ec2/trafficMirrorTarget:TrafficMirrorTarget",
        {"networkInterfaceId": Ref("sensor", "primaryNetworkInterfaceId"), "description": "sensor"},
        {**_TAGS},
    ),
    "mirror-session": Sample(
        "aws:ec2/trafficMirrorSession:TrafficMirrorSession",
        {
            "networkInterfaceId": Ref("instance", "primaryNetworkInterfaceId"),
            "trafficMirrorTargetId": Ref("mirror-target"),
            "trafficMirrorFilterId": Ref("mirror-filter"),
            "sessionNumber": 1,
            "virtualNetworkId": 7,
        },
        {
            "trafficMirrorTargetId": None,
            "trafficMirrorFilterId": Ref("mirror-filter2"),
            "sessionNumber": 2,
            "packetLength": 128,
            "virtualNetworkId": 8,
            "description": "changed",
            **_TAGS,
        },
    ),
    "metadata-defaults": Sample(
        "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
        {"httpTokens": "required", "httpPutResponseHopLimit": 1},
        {
            "httpTokens": "optional",
            "httpEndpoint": "enabled",
            "httpPutResponseHopLimit": 2,
            "instanceMetadataTags": "enabled",
        },
    ),
    "default-encryption": Sample(
        "aws:ebs/encryptionByDefault:EncryptionByDefault", {"enabled": True}, {"enabled": False}, stays=True
    ),
    "default-key": Sample("aws:ebs/defaultKmsKey:DefaultKmsKey", {"keyArn": Ref("key", "arn")}, stays=True),
}
