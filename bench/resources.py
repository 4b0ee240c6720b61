"""Enclaves as a table of resources that Terraform and Pulumi's engine both take: their arguments have the same names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

CLASSES = {
    "aws_cloudwatch_log_group": "cloudwatch.LogGroup",
    "aws_ec2_transit_gateway": "ec2transitgateway.TransitGateway",
    "aws_ec2_transit_gateway_route_table": "ec2transitgateway.RouteTable",
    "aws_ec2_transit_gateway_route_table_association": "ec2transitgateway.RouteTableAssociation",
    "aws_ec2_transit_gateway_route_table_propagation": "ec2transitgateway.RouteTablePropagation",
    "aws_ec2_transit_gateway_vpc_attachment": "ec2transitgateway.VpcAttachment",
    "aws_iam_instance_profile": "iam.InstanceProfile",
    "aws_iam_role": "iam.Role",
    "aws_iam_role_policy": "iam.RolePolicy",
    "aws_instance": "ec2.Instance",
    "aws_kms_alias": "kms.Alias",
    "aws_kms_key": "kms.Key",
    "aws_network_acl": "ec2.NetworkAcl",
    "aws_network_acl_rule": "ec2.NetworkAclRule",
    "aws_route_table": "ec2.RouteTable",
    "aws_route_table_association": "ec2.RouteTableAssociation",
    "aws_s3_bucket": "s3.Bucket",
    "aws_s3_bucket_public_access_block": "s3.BucketPublicAccessBlock",
    "aws_s3_bucket_versioning": "s3.BucketVersioning",
    "aws_security_group": "ec2.SecurityGroup",
    "aws_subnet": "ec2.Subnet",
    "aws_vpc": "ec2.Vpc",
    "aws_vpc_security_group_egress_rule": "vpc.SecurityGroupEgressRule",
    "aws_vpc_security_group_ingress_rule": "vpc.SecurityGroupIngressRule",
}
"""Terraform's name of each type, and the class of pulumi_aws."""
REGION = "eu-west-2"
_SUPERNET = "10.0.0.0/8"
_IMAGE = "ami-12c6146b"
_TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
_KEEPING = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}


@dataclass(frozen=True)
class Of:
    """What a resource is told of another one."""

    name: str
    attribute: str = "id"


@dataclass(frozen=True)
class Resource:
    """One resource: Terraform's type, a name that no other has, and arguments."""

    type: str
    name: str
    arguments: dict[str, Any]


def resources(enclaves: int) -> Iterator[Resource]:
    """Give a transit gateway and enclaves that hang on it, some sixty resources each."""
    closed = {"default_route_table_association": "disable", "default_route_table_propagation": "disable"}
    yield Resource("aws_ec2_transit_gateway", "gateway", closed)
    yield Resource("aws_ec2_transit_gateway_route_table", "spokes", {"transit_gateway_id": Of("gateway")})
    for number in range(enclaves):
        yield from _network(f"e{number}", f"10.{number + 1}")
        yield from _attachment(f"e{number}")
        yield from _groups(f"e{number}")
        yield from _belongings(f"e{number}")


def _network(name: str, block: str) -> Iterator[Resource]:
    yield Resource("aws_vpc", f"{name}_vpc", {"cidr_block": f"{block}.0.0/16", "tags": {"Name": name}})
    inside = {"vpc_id": Of(f"{name}_vpc")}
    for number in range(6):
        where = {"cidr_block": f"{block}.{number}.0/24", "availability_zone": f"{REGION}{'ab'[number % 2]}"}
        yield Resource("aws_subnet", f"{name}_subnet{number}", {**inside, **where})
        table = {"route_table_id": Of(f"{name}_table{number % 3}"), "subnet_id": Of(f"{name}_subnet{number}")}
        yield Resource("aws_route_table_association", f"{name}_association{number}", table)
    for number in range(3):
        yield Resource("aws_route_table", f"{name}_table{number}", {**inside, "tags": {"Name": f"{name}-{number}"}})
        yield Resource("aws_network_acl", f"{name}_acl{number}", inside)
        for rule in range(4):
            ports = {"protocol": "tcp", "from_port": 80 + rule, "to_port": 80 + rule, "cidr_block": _SUPERNET}
            which = {"rule_number": 100 + rule, "egress": rule % 2 == 0, "rule_action": "allow"}
            acl = {"network_acl_id": Of(f"{name}_acl{number}")}
            yield Resource("aws_network_acl_rule", f"{name}_acl{number}_{rule}", {**acl, **which, **ports})


def _attachment(name: str) -> Iterator[Resource]:
    closed = {
        "transit_gateway_default_route_table_association": False,
        "transit_gateway_default_route_table_propagation": False,
    }
    where = {"vpc_id": Of(f"{name}_vpc"), "subnet_ids": [Of(f"{name}_subnet4"), Of(f"{name}_subnet5")]}
    attachment = {"transit_gateway_id": Of("gateway"), **where, **closed}
    yield Resource("aws_ec2_transit_gateway_vpc_attachment", f"{name}_attachment", attachment)
    both = {
        "transit_gateway_attachment_id": Of(f"{name}_attachment"),
        "transit_gateway_route_table_id": Of("spokes"),
    }
    for kind in ("association", "propagation"):
        yield Resource(f"aws_ec2_transit_gateway_route_table_{kind}", f"{name}_{kind}", both)


def _groups(name: str) -> Iterator[Resource]:
    for number in range(4):
        group = f"{name}_group{number}"
        described = {"name": f"zone{number}", "description": "a zone", "vpc_id": Of(f"{name}_vpc")}
        yield Resource("aws_security_group", group, described)
        towards = {"security_group_id": Of(group), "cidr_ipv4": _SUPERNET}
        yield Resource("aws_vpc_security_group_egress_rule", f"{group}_out", {**towards, "ip_protocol": "-1"})
        for port in (22, 443):
            ports = {"ip_protocol": "tcp", "from_port": port, "to_port": port}
            yield Resource("aws_vpc_security_group_ingress_rule", f"{group}_{port}", {**towards, **ports})


def _belongings(name: str) -> Iterator[Resource]:
    yield Resource("aws_iam_role", f"{name}_role", {"name": f"{name}-host", "assume_role_policy": _document(_TRUST)})
    keeping = {"name": "keeping", "role": Of(f"{name}_role", "name"), "policy": _document(_KEEPING)}
    yield Resource("aws_iam_role_policy", f"{name}_policy", keeping)
    profile = {"name": f"{name}-host", "role": Of(f"{name}_role", "name")}
    yield Resource("aws_iam_instance_profile", f"{name}_profile", profile)
    for number in range(2):
        launch = {"ami": _IMAGE, "instance_type": "t3.micro", "subnet_id": Of(f"{name}_subnet{number}")}
        allowed = {
            "vpc_security_group_ids": [Of(f"{name}_group{number}")],
            "iam_instance_profile": Of(f"{name}_profile", "name"),
        }
        yield Resource("aws_instance", f"{name}_host{number}", {**launch, **allowed})
    yield Resource("aws_kms_key", f"{name}_key", {"description": name, "deletion_window_in_days": 7})
    alias = {"name": f"alias/{name}", "target_key_id": Of(f"{name}_key", "key_id")}
    yield Resource("aws_kms_alias", f"{name}_alias", alias)
    yield Resource("aws_s3_bucket", f"{name}_bucket", {"bucket": f"evidence-{name}"})
    bucket = {"bucket": Of(f"{name}_bucket")}
    enabled = {"versioning_configuration": {"status": "Enabled"}}
    yield Resource("aws_s3_bucket_versioning", f"{name}_versioning", {**bucket, **enabled})
    yield Resource("aws_s3_bucket_public_access_block", f"{name}_block", {**bucket, "block_public_acls": True})
    yield Resource("aws_cloudwatch_log_group", f"{name}_logs", {"name": f"/{name}", "retention_in_days": 7})


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def as_terraform(table: list[Resource]) -> str:
    """Write resources as a Terraform configuration in JSON."""
    types = {each.name: each.type for each in table}
    written: dict[str, dict[str, Any]] = {}
    for each in table:
        arguments = _told(each.arguments, lambda of: f"${{{types[of.name]}.{of.name}.{of.attribute}}}")
        written.setdefault(each.type, {})[each.name] = arguments
    required = {"required_providers": {"aws": {"source": "hashicorp/aws"}}}
    return json.dumps({"terraform": required, "provider": {"aws": {"region": REGION}}, "resource": written}, indent=1)


def as_program(table: list[Resource]) -> Callable[[], None]:
    """Give a Pulumi program that has the same resources."""

    def program() -> None:
        import pulumi
        import pulumi_aws

        own = pulumi.ResourceOptions(provider=pulumi_aws.Provider("own", region=REGION))
        classes = {each.type: attrgetter(CLASSES[each.type])(pulumi_aws) for each in table}
        rest, made = {each.name: each for each in table}, {}

        def make(of: Of) -> Any:
            if of.name not in made:
                each = rest[of.name]
                made[of.name] = classes[each.type](of.name, **_told(each.arguments, make), opts=own)
            return getattr(made[of.name], of.attribute)

        for name in rest:
            make(Of(name))

    return program


def _told(value: Any, tell: Callable[[Of], Any]) -> Any:
    """Put in what a value says of other resources."""
    if isinstance(value, Of):
        return tell(value)
    if isinstance(value, dict):
        return {key: _told(each, tell) for key, each in value.items()}
    return [_told(each, tell) for each in value] if isinstance(value, list) else value
