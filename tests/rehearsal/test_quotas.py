"""Both sides of every quota: with the last one that it allows the call works, with one more it is refused as AWS refuses it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property
from itertools import count, islice
from typing import Any

import pytest
from botocore.exceptions import ClientError

from range.errors import InputError
from range.rehearsal.door import Cloud
from range.rehearsal.quotas.rows import Quota
from range.rehearsal.quotas.table import QUOTAS, defaults, limits
from tests.rehearsal.conftest import EST, POL, REGION, Exercise

ZONE = f"{REGION}a"
IMAGE = "ami-12c6146b"
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
POLICY = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ACL_RULES = "rules per network ACL (each direction, each IP version)"
GROUP_RULES = "inbound or outbound rules per security group (each direction, each IP version)"
MANY = 50
PRIVATE = {"HostedZoneConfig": {"PrivateZone": True}}
VCPUS = "running On-Demand Standard (A C D H I M R T Z) vCPUs"


def document(statement: dict[str, Any]) -> str:
    """Write a policy of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class World:
    """An account, and what a call needs to be there; each is made when it is first wanted."""

    def __init__(self, exercise: Exercise) -> None:
        """Begin with nothing."""
        self.exercise = exercise
        self.ec2 = exercise.client("ec2")

    def client(self, service: str) -> Any:
        """Give a client of the account."""
        return self.exercise.client(service)

    @cached_property
    def vpc(self) -> str:
        """A VPC, 10.1.0.0/16."""
        return str(self.ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"])

    @cached_property
    def subnet(self) -> str:
        """A subnet of it, 10.1.0.0/24."""
        made = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock="10.1.0.0/24", AvailabilityZone=ZONE)
        return str(made["Subnet"]["SubnetId"])

    @cached_property
    def table(self) -> str:
        """A route table of it."""
        return str(self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"])

    @cached_property
    def acl(self) -> str:
        """A network ACL of it."""
        return str(self.ec2.create_network_acl(VpcId=self.vpc)["NetworkAcl"]["NetworkAclId"])

    @cached_property
    def way_out(self) -> str:
        """An internet gateway at it."""
        gateway = str(self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        return gateway

    def group(self, number: int) -> str:
        """Make a security group of it."""
        made = self.ec2.create_security_group(GroupName=f"group{number}", Description="group", VpcId=self.vpc)
        return str(made["GroupId"])

    @cached_property
    def groups(self) -> list[str]:
        """Three security groups of it."""
        return [self.group(number) for number in (101, 102, 103)]

    def other_vpc(self, number: int) -> str:
        """Make another VPC."""
        return str(self.ec2.create_vpc(CidrBlock=f"10.{100 + number}.0.0/16")["Vpc"]["VpcId"])

    def gateway(self) -> str:
        """Make a transit gateway, without tables of its own."""
        options = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
        made = self.ec2.create_transit_gateway(Options=options)["TransitGateway"]["TransitGatewayId"]
        self.ec2.describe_transit_gateways()
        return str(made)

    @cached_property
    def transit(self) -> str:
        """A transit gateway."""
        return self.gateway()

    @cached_property
    def transit_table(self) -> str:
        """A route table of it."""
        made = self.ec2.create_transit_gateway_route_table(TransitGatewayId=self.transit)
        self.ec2.describe_transit_gateway_route_tables()
        return str(made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"])

    def attach(self, gateway: str, vpc: str, subnet: str) -> None:
        """Attach a VPC to a transit gateway."""
        self.ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])

    def attach_another(self, number: int) -> None:
        """Attach another VPC to the transit gateway."""
        vpc = self.other_vpc(number)
        subnet = self.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{100 + number}.0.0/24", AvailabilityZone=ZONE)
        self.attach(self.transit, vpc, subnet["Subnet"]["SubnetId"])

    @cached_property
    def interfaces(self) -> list[str]:
        """Interfaces of instances that can be mirrored, and one to mirror to."""
        launch = {"ImageId": IMAGE, "InstanceType": "t3.micro", "SubnetId": self.subnet}
        made = self.ec2.run_instances(MinCount=4, MaxCount=4, **launch)["Instances"]
        self.ec2.describe_instances()
        return [each["NetworkInterfaces"][0]["NetworkInterfaceId"] for each in made]

    def mirror_target(self, number: int) -> str:
        """Make an interface a mirror target."""
        made = self.ec2.create_traffic_mirror_target(NetworkInterfaceId=self.interfaces[number])
        return str(made["TrafficMirrorTarget"]["TrafficMirrorTargetId"])

    def mirror_filter(self) -> str:
        """Make a mirror filter."""
        return str(self.ec2.create_traffic_mirror_filter()["TrafficMirrorFilter"]["TrafficMirrorFilterId"])

    @cached_property
    def mirroring(self) -> dict[str, str]:
        """A mirror filter, and a target."""
        return {"TrafficMirrorFilterId": self.mirror_filter(), "TrafficMirrorTargetId": self.mirror_target(3)}

    def mirror(self, interface: int, number: int) -> None:
        """Mirror an interface."""
        source = self.interfaces[interface]
        self.ec2.create_traffic_mirror_session(NetworkInterfaceId=source, SessionNumber=number, **self.mirroring)

    @cached_property
    def key(self) -> str:
        """A KMS key."""
        return str(self.client("kms").create_key()["KeyMetadata"]["KeyId"])

    @cached_property
    def zone(self) -> str:
        """A private hosted zone."""
        vpc = {"VPCRegion": REGION, "VPCId": self.vpc}
        made = self.client("route53").create_hosted_zone(Name="est.test", CallerReference="one", VPC=vpc, **PRIVATE)
        return str(made["HostedZone"]["Id"])

    def rule_group(self, number: int) -> str:
        """Make a DNS Firewall rule group."""
        firewall = self.client("route53resolver")
        made = firewall.create_firewall_rule_group(Name=f"group{number}", CreatorRequestId=f"group{number}")
        return str(made["FirewallRuleGroup"]["Id"])


def endpoint(world: World, kind: str, service: str, **where: Any) -> None:
    """Make a VPC endpoint."""
    name = f"com.amazonaws.{REGION}.{service}"
    world.ec2.create_vpc_endpoint(VpcId=world.vpc, VpcEndpointType=kind, ServiceName=name, **where)


def acl_rule(world: World, number: int) -> None:
    """Make a rule of the ACL."""
    rule = {"Protocol": "-1", "RuleAction": "allow", "Egress": False, "CidrBlock": "10.0.0.0/8"}
    world.ec2.create_network_acl_entry(NetworkAclId=world.acl, RuleNumber=100 + number, **rule)


def group_rule(world: World, number: int) -> None:
    """Make a rule of a group."""
    allowed = {"IpProtocol": "tcp", "FromPort": number, "ToPort": number, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    world.ec2.authorize_security_group_ingress(GroupId=world.groups[0], IpPermissions=[allowed])


def zone_vpc(world: World, number: int) -> None:
    """Associate another VPC with the zone."""
    vpc = {"VPCRegion": REGION, "VPCId": world.other_vpc(number)}
    world.client("route53").associate_vpc_with_hosted_zone(HostedZoneId=world.zone, VPC=vpc)


def associate_rule_group(world: World, number: int) -> None:
    """Associate a DNS Firewall rule group with the VPC."""
    wanted = {"FirewallRuleGroupId": world.rule_group(number), "VpcId": world.vpc, "Priority": 200 + number}
    firewall = world.client("route53resolver")
    firewall.associate_firewall_rule_group(Name=f"in{number}", CreatorRequestId=f"in{number}", **wanted)


USES: dict[str, Callable[[World, int], object]] = {
    "VPCs per Region": World.other_vpc,
    "subnets per VPC": lambda world, n: world.ec2.create_subnet(VpcId=world.vpc, CidrBlock=f"10.1.{n + 1}.0/24"),
    "route tables per VPC": lambda world, n: world.ec2.create_route_table(VpcId=world.vpc),
    "routes per route table (static)": lambda world, n: world.ec2.create_route(
        RouteTableId=world.table, DestinationCidrBlock=f"192.0.{n}.0/24", GatewayId=world.way_out
    ),
    "network ACLs per VPC": lambda world, n: world.ec2.create_network_acl(VpcId=world.vpc),
    ACL_RULES: acl_rule,
    "security groups per Region": World.group,
    GROUP_RULES: group_rule,
    "security groups per network interface": lambda world, n: world.ec2.create_network_interface(
        SubnetId=world.subnet, Groups=world.groups[: n + 1]
    ),
    "network interfaces per Region": lambda world, n: world.ec2.create_network_interface(SubnetId=world.subnet),
    "internet gateways per Region": lambda world, n: world.ec2.create_internet_gateway(),
    "NAT gateways per Availability Zone": lambda world, n: world.ec2.create_nat_gateway(
        SubnetId=world.subnet, ConnectivityType="private"
    ),
    "Elastic IPs per Region": lambda world, n: world.ec2.allocate_address(Domain="vpc"),
    "gateway endpoints per Region": lambda world, n: endpoint(world, "Gateway", ("s3", "dynamodb")[n]),
    "interface and GWLB endpoints per VPC": lambda world, n: endpoint(
        world, "Interface", ("ssm", "ec2")[n], SubnetIds=[world.subnet]
    ),
    "active VPC peering connections per VPC": lambda world, n: world.ec2.create_vpc_peering_connection(
        VpcId=world.vpc, PeerVpcId=world.other_vpc(n)
    ),
    "transit gateways per account": lambda world, n: world.gateway(),
    "route tables per transit gateway": lambda world, n: world.ec2.create_transit_gateway_route_table(
        TransitGatewayId=world.transit
    ),
    "attachments per transit gateway": World.attach_another,
    "transit gateways per VPC": lambda world, n: world.attach(world.gateway(), world.vpc, world.subnet),
    "routes per transit gateway (all tables)": lambda world, n: world.ec2.create_transit_gateway_route(
        TransitGatewayRouteTableId=world.transit_table, DestinationCidrBlock=f"10.{n}.0.0/16", Blackhole=True
    ),
    "traffic mirror targets per account": World.mirror_target,
    "traffic mirror filters per account": lambda world, n: world.mirror_filter(),
    "rules per traffic mirror filter": lambda world, n: world.ec2.create_traffic_mirror_filter_rule(
        TrafficMirrorFilterId=world.mirroring["TrafficMirrorFilterId"],
        TrafficDirection="ingress",
        RuleNumber=n + 1,
        RuleAction="accept",
        DestinationCidrBlock="0.0.0.0/0",
        SourceCidrBlock="0.0.0.0/0",
    ),
    "traffic mirror sessions per account": lambda world, n: world.mirror(n, 1),
    "traffic mirror sessions per source interface": lambda world, n: world.mirror(0, n + 1),
    VCPUS: lambda world, n: world.ec2.run_instances(
        ImageId=IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=world.subnet
    ),
    "IAM roles per account": lambda world, n: world.client("iam").create_role(
        RoleName=f"role{n}", AssumeRolePolicyDocument=document(TRUST)
    ),
    "IAM users per account": lambda world, n: world.client("iam").create_user(UserName=f"user{n}"),
    "IAM groups per account": lambda world, n: world.client("iam").create_group(GroupName=f"group{n}"),
    "IAM customer managed policies per account": lambda world, n: world.client("iam").create_policy(
        PolicyName=f"policy{n}", PolicyDocument=document(POLICY)
    ),
    "IAM instance profiles per account": lambda world, n: world.client("iam").create_instance_profile(
        InstanceProfileName=f"profile{n}"
    ),
    "KMS customer managed keys per Region": lambda world, n: world.client("kms").create_key(),
    "KMS aliases per key": lambda world, n: world.client("kms").create_alias(
        AliasName=f"alias/{n}", TargetKeyId=world.key
    ),
    "S3 general purpose buckets per account": lambda world, n: world.client("s3").create_bucket(
        Bucket=f"bucket-{n}", CreateBucketConfiguration={"LocationConstraint": REGION}
    ),
    "Route 53 hosted zones per account": lambda world, n: world.client("route53").create_hosted_zone(
        Name=f"zone{n}.test", CallerReference=f"zone{n}"
    ),
    "VPCs per private hosted zone": zone_vpc,
    "DNS Firewall rule groups associated per VPC": associate_rule_group,
    "DNS Firewall rule groups per Region": World.rule_group,
    "DNS Firewall domain lists per Region": lambda world, n: world.client(
        "route53resolver"
    ).create_firewall_domain_list(Name=f"list{n}", CreatorRequestId=f"list{n}"),
    "RAM resource shares per Region": lambda world, n: world.client("ram").create_resource_share(name=f"share{n}"),
}
"""For each quota the call that uses it once more; the number is 0 for the first that is allowed, and 1 for the next."""


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda quota: quota.name)
def test_the_last_one_is_allowed_and_one_more_is_refused(quota: Quota, exercise: Exercise) -> None:
    exercise.cloud.set_quotas({"VPCs per Region": MANY})
    world = World(exercise)

    needed = next(limit for limit in count() if is_enough(world, quota, limit))

    assert needed > 0
    assert attempt(world, quota.name, 1) == quota.code


def is_enough(world: World, quota: Quota, limit: int) -> bool:
    """Say whether a quota can be used once more with this limit; how many there are already differs."""
    world.exercise.cloud.set_quotas({quota.name: limit})
    refused = attempt(world, quota.name, 0)
    assert refused in (None, quota.code)
    return refused is None


def attempt(world: World, name: str, number: int) -> str | None:
    """Use a quota once more; give the code of the refusal, or None."""
    try:
        USES[name](world, number)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def test_every_quota_that_is_set_is_held_to_in_the_account_that_it_is_set_for(exercise: Exercise) -> None:
    exercise.cloud.set_quotas({"VPCs per Region": 0}, EST)

    assert attempt(World(exercise), "VPCs per Region", 0) == "VpcLimitExceeded"
    assert exercise.client("ec2", POL).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]


@pytest.mark.parametrize("kind", ["Gateway", "Interface"])
def test_endpoints_that_were_deleted_make_room_for_others(exercise: Exercise, kind: str) -> None:
    service = {"Gateway": "s3", "Interface": "ssm"}[kind]
    exercise.cloud.set_quotas({"gateway endpoints per Region": 1, "interface and GWLB endpoints per VPC": 1})
    world = World(exercise)

    for _ in [None] * 3:
        endpoint(world, kind, service)
        (made,) = living(world)
        world.ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
        assert living(world) == []


def living(world: World) -> list[str]:
    """List the endpoints that aren't deleted, once their states have been passed through."""
    for _ in [None] * 2:
        found = world.ec2.describe_vpc_endpoints()["VpcEndpoints"]
    return [each["VpcEndpointId"] for each in found if each["State"] != "deleted"]


def test_a_raised_quota_lets_more_than_aws_s_default_through(exercise: Exercise) -> None:
    exercise.cloud.set_quotas({GROUP_RULES: 70})
    world = World(exercise)

    answers = [attempt(world, GROUP_RULES, port) for port in islice(count(), 71)]

    assert answers == [*[None] * 70, "RulesPerSecurityGroupLimitExceeded"]


def test_without_being_set_aws_s_defaults_hold(exercise: Exercise) -> None:
    world = World(exercise)

    answers = [attempt(world, ACL_RULES, number) for number in islice(count(), 21)]

    assert answers == [*[None] * 20, "NetworkAclEntryLimitExceeded"]


def test_quotas_that_were_set_outlive_the_process(tmp_path: Any) -> None:
    first = Cloud(tmp_path, quotas={"VPCs per Region": 2})
    first.close()

    second = Cloud(tmp_path)
    assert limits(EST)["VPCs per Region"] == 2
    second.close()


@pytest.mark.parametrize("wanted", [{"VPC per Region": 2}, {"VPCs per Region": -1}, {"VPCs per Region": "many"}])
def test_a_quota_that_there_is_not_or_no_number_is_refused(exercise: Exercise, wanted: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        exercise.cloud.set_quotas(wanted)


def test_every_quota_has_a_default_and_is_used_by_a_test() -> None:
    assert all(default > 0 for default in defaults().values())
    assert USES.keys() == defaults().keys()
