"""What is there to be mischievous with."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Client = Callable[..., Any]
"""Makes a client of a service, in a Region if one is named."""
Deed = Callable[[Client, "Ids"], object]

ANYONE = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}]}
)
ALL = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
QUERY = '{"ResourceTypeFilters": ["AWS::AllSupported"], "TagFilters": [{"Key": "k", "Values": ["v"]}]}'
CODE = b"PK\x05\x06" + b"\x00" * 18


class Ids:
    """What is there to be mischievous with, and a number that makes names differ."""

    def __init__(self, client: Client, number: int, prefix: str) -> None:
        ec2 = client("ec2")
        ours = [{"Name": "tag-key", "Values": ["range:stack"]}]
        self.number, self.prefix = number, prefix
        self.vpc = ec2.describe_vpcs(Filters=ours)["Vpcs"][0]["VpcId"]
        within = [{"Name": "vpc-id", "Values": [self.vpc]}]
        self.subnet = ec2.describe_subnets(Filters=within)["Subnets"][0]["SubnetId"]
        groups = ec2.describe_security_groups(Filters=[*within, *ours])["SecurityGroups"]
        self.group = groups[0]["GroupId"]
        tables = ec2.describe_route_tables(Filters=[*within, *ours])["RouteTables"]
        self.table = tables[0]["RouteTableId"]
        self.acl = ec2.describe_network_acls(Filters=[*within, *ours])["NetworkAcls"][0]["NetworkAclId"]
        found = ec2.describe_instances(Filters=[*within, {"Name": "instance-state-name", "Values": ["running"]}])
        self.instances = [each["InstanceId"] for one in found["Reservations"] for each in one["Instances"]]
        self.bucket = next(each["Name"] for each in client("s3").list_buckets()["Buckets"] if prefix in each["Name"])

    def name(self, what: str) -> str:
        """Make up a name."""
        return f"{what}-{self.number}"
