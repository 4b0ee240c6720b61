"""Subnets: what keeps one from being deleted, and which ranges AWS doesn't give."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

from range.rehearsal.areas.gateways.sight import attachments_seen
from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store

_DELETE = "botocore 1.44.5, EC2 2016-11-15, DeleteSubnet (read 2026-11-22)"
_CREATE = "botocore 1.44.5, EC2 2016-11-15, CreateSubnet (read 2026-11-22); the code is from memory"
_CDK = "https://github.com/aws/aws-cdk/issues/14456"
LARGEST, SMALLEST = 16, 28
"""Prefix lengths of the largest and the smallest block that AWS gives a VPC or a subnet."""


def _refusal(call: Call) -> str:
    """Word the refusal to delete a subnet that something is in."""
    return f"The subnet '{call.params['SubnetId']}' has dependencies and cannot be deleted."


def _interfaces(call: Call) -> Iterator[Any]:
    """Give the interfaces in the subnet that a call names."""
    named = call.params.get("SubnetId")
    return (interface for interface in store(call).enis.values() if interface.subnet.id == named)


def _holds_interfaces(call: Call) -> str | None:
    return _refusal(call) if any(_interfaces(call)) else None


def _holds_instances(call: Call) -> str | None:
    living = (instance for instance in store(call).all_instances() if instance.state != "terminated")
    return _refusal(call) if any(instance.subnet_id == call.params.get("SubnetId") for instance in living) else None


def _holds_endpoints(call: Call) -> str | None:
    endpoints = (endpoint for endpoint in store(call).vpc_end_points.values() if endpoint.state != "deleted")
    return (
        _refusal(call)
        if any(call.params.get("SubnetId") in (endpoint.subnet_ids or ()) for endpoint in endpoints)
        else None
    )


def _holds_nat_gateways(call: Call) -> str | None:
    gateways = (gateway for gateway in store(call).nat_gateways.values() if gateway.state not in ("deleted", "failed"))
    return _refusal(call) if any(gateway.subnet_id == call.params.get("SubnetId") for gateway in gateways) else None


def _holds_attachments(call: Call) -> str | None:
    attachments = (attachment for attachment in attachments_seen(call) if attachment.is_there)
    return _refusal(call) if any(call.params.get("SubnetId") in each.interfaces for each in attachments) else None


def _holds_load_balancers(call: Call) -> str | None:
    balancers = store(call, "elbv2").load_balancers.values()
    held = any(call.params.get("SubnetId") in {subnet.id for subnet in balancer.subnets} for balancer in balancers)
    return _refusal(call) if held else None


def _holds_mount_targets(call: Call) -> str | None:
    targets = store(call, "efs").mount_targets_by_id.values()
    return _refusal(call) if any(target.subnet_id == call.params.get("SubnetId") for target in targets) else None


def _not_a_subnet_size(call: Call) -> str | None:
    block = call.params.get("CidrBlock")
    if not block or LARGEST <= ip_network(block, strict=False).prefixlen <= SMALLEST:
        return None
    return f"The CIDR '{block}' is invalid."


TRUTHS = (
    Truth(
        name="subnet-with-an-instance",
        calls=("ec2.DeleteSubnet",),
        when="an instance in it isn't terminated yet",
        code="DependencyViolation",
        source=f"{_DELETE}; https://github.com/gruntwork-io/cloud-nuke/issues/285",
        confidence="seen_in_issue",
        check=_holds_instances,
    ),
    Truth(
        name="subnet-with-an-interface",
        calls=("ec2.DeleteSubnet",),
        when="a network interface is in it",
        code="DependencyViolation",
        source=_CDK,
        confidence="seen_in_issue",
        check=_holds_interfaces,
    ),
    Truth(
        name="subnet-with-an-endpoint",
        calls=("ec2.DeleteSubnet",),
        when="an interface endpoint is in it, until its state is `deleted`",
        code="DependencyViolation",
        source="https://github.com/gruntwork-io/cloud-nuke/pull/293",
        confidence="seen_in_issue",
        check=_holds_endpoints,
    ),
    Truth(
        name="subnet-with-a-nat-gateway",
        calls=("ec2.DeleteSubnet",),
        when="a NAT gateway is in it, until its state is `deleted`",
        code="DependencyViolation",
        source=f"{_CDK}; inferred: the gateway holds an interface in the subnet",
        confidence="general_knowledge",
        check=_holds_nat_gateways,
    ),
    Truth(
        name="subnet-with-a-function",
        calls=("ec2.DeleteSubnet",),
        when="a Lambda function is in it, or was until a while ago: its interfaces linger",
        code="DependencyViolation",
        source="https://github.com/alchemy-run/alchemy/pull/937",
        confidence="seen_in_issue",
        check=_holds_interfaces,
    ),
    Truth(
        name="subnet-with-a-load-balancer",
        calls=("ec2.DeleteSubnet",),
        when="a load balancer has a node in it",
        code="DependencyViolation",
        source="https://github.com/jenkins-x/terraform-aws-eks-jx/issues/373; inferred from its interfaces",
        confidence="general_knowledge",
        check=_holds_load_balancers,
    ),
    Truth(
        name="subnet-with-an-attachment",
        calls=("ec2.DeleteSubnet",),
        when="a transit gateway attachment uses it",
        code="DependencyViolation",
        source="floci-io/floci, Ec2Service.java: checked on a live account (read 2026-11-22)",
        confidence="seen_in_issue",
        check=_holds_attachments,
    ),
    Truth(
        name="subnet-with-a-mount-target",
        calls=("ec2.DeleteSubnet",),
        when="an EFS mount target is in it",
        code="DependencyViolation",
        source="https://github.com/boto/boto3/issues/2218; inferred: a mount target is an interface",
        confidence="general_knowledge",
        check=_holds_mount_targets,
    ),
    Truth(
        name="subnet-over-a-sibling",
        calls=("ec2.CreateSubnet",),
        when="the range overlaps another subnet's",
        code="InvalidSubnet.Conflict",
        source=_CREATE,
        confidence="general_knowledge",
    ),
    Truth(
        name="subnet-outside-the-vpc",
        calls=("ec2.CreateSubnet",),
        when="the range isn't in the VPC's",
        code="InvalidSubnet.Range",
        source=_CREATE,
        confidence="general_knowledge",
    ),
    Truth(
        name="subnet-of-a-wrong-size",
        calls=("ec2.CreateSubnet",),
        when=f"it is smaller than /{SMALLEST} or larger than /{LARGEST}",
        code="InvalidSubnet.Range",
        source=_CREATE,
        confidence="general_knowledge",
        check=_not_a_subnet_size,
    ),
    Truth(
        name="default-subnet-twice",
        calls=("ec2.CreateDefaultSubnet",),
        when="the zone has one",
        code="DefaultSubnetAlreadyExistsInAvailabilityZone",
        source="hashicorp/terraform-provider-aws, internal/service/ec2/errors.go (read 2026-11-22)",
        confidence="seen_in_issue",
    ),
)
