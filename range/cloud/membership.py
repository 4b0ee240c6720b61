"""What each account of the exercise must have: the controller's role, and no default networks."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from range.cloud.inventory import enabled_regions
from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.plan import Plan

RIGHTS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
"""The controller makes roles and policies of its own choosing, so any narrower policy would only look narrower."""
_POLICY = "controller"
_WORKERS = 8


def trust(plan: Plan) -> dict[str, Any]:
    """Give who may become the controller: whom the management account lets, with the exercise's external id."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Controller",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{plan.management_account}:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": plan.external_id}},
            }
        ],
    }


def role_missing(member: Account, plan: Plan) -> str:
    """Say why an account can't be entered as its controller; empty when it can."""
    try:
        member.call("sts", "get_caller_identity")
    except CloudError as refused:
        return refused.message
    return ""


def make_role(member: Account, plan: Plan) -> str:
    """Make the controller's role as it should be, whatever it was. Gives what was changed."""
    document = json.dumps(trust(plan))
    name = {"RoleName": plan.controller_role}
    did = []
    try:
        role = member.call("iam", "get_role", **name)["Role"]
    except CloudError as refused:
        if refused.code != "NoSuchEntity":
            raise
        tags = [{"Key": "range:exercise", "Value": plan.exercise}]
        why = f"Enters for the controller of exercise {plan.exercise}"
        member.call("iam", "create_role", **name, AssumeRolePolicyDocument=document, Description=why, Tags=tags)
        did.append("made the role")
    else:
        if role["AssumeRolePolicyDocument"] != trust(plan):
            _trust_anew(member, plan, document)
            did.append("mended whom it trusts")
    if _rights(member, plan) != RIGHTS:
        member.call("iam", "put_role_policy", **name, PolicyName=_POLICY, PolicyDocument=json.dumps(RIGHTS))
        did.append("gave it its rights")
    return ", ".join(did)


def _trust_anew(member: Account, plan: Plan, document: str) -> None:
    """Let the role trust somebody else than before, which the guardrails of a standing exercise forbid."""
    try:
        member.call("iam", "update_assume_role_policy", RoleName=plan.controller_role, PolicyDocument=document)
    except CloudError as refused:
        if refused.code != "AccessDenied":
            raise
        hint = (
            "put `controller` and the management account back in the file, or `range down` the exercise as it was first"
        )
        raise CloudError(refused.message, code=refused.code, hint=hint) from refused


def _rights(member: Account, plan: Plan) -> dict[str, Any]:
    """Read what the controller's role may do; nothing for a role without its policy."""
    try:
        policy = member.call("iam", "get_role_policy", RoleName=plan.controller_role, PolicyName=_POLICY)
    except CloudError as refused:
        if refused.code != "NoSuchEntity":
            raise
        return {}
    return dict(policy["PolicyDocument"])


def defaults_left(member: Account, plan: Plan) -> str:
    """Say in which Regions an account has a default network still; empty when in none."""
    left = [region for region, vpc in _default_networks(member) if vpc]
    return f"default networks in {', '.join(left)}" if left else ""


def remove_defaults(member: Account, plan: Plan) -> str:
    """Delete the default networks that nobody uses, in every enabled Region. Gives what was changed.

    Raises:
        CloudError: something lives in one of them; it is left as it is.
    """
    there = [(region, vpc) for region, vpc in _default_networks(member) if vpc]
    with ThreadPoolExecutor(_WORKERS) as pool:
        refusals = [why for why in pool.map(lambda each: _remove(member, *each), there) if why]
    if refusals:
        raise CloudError(
            f"account {member.id}: {'; '.join(refusals)}",
            code="DependencyViolation",
            hint="move or delete it, then run this again",
        )
    return f"removed the default network in {len(there)} Regions" if there else ""


def _default_networks(member: Account) -> list[tuple[str, str]]:
    """List every enabled Region with the id of its default network, or nothing."""

    def ask(region: str) -> tuple[str, str]:
        filters = [{"Name": "is-default", "Values": ["true"]}]
        found = member.call("ec2", "describe_vpcs", region=region, Filters=filters)["Vpcs"]
        return region, found[0]["VpcId"] if found else ""

    with ThreadPoolExecutor(_WORKERS) as pool:
        return list(pool.map(ask, enabled_regions(member)))


def _remove(member: Account, region: str, vpc: str) -> str:
    """Delete one default network, unless something lives in it; gives the reason then."""
    inside = [{"Name": "vpc-id", "Values": [vpc]}]
    interfaces = member.call("ec2", "describe_network_interfaces", region=region, Filters=inside)["NetworkInterfaces"]
    if interfaces:
        return f"{interfaces[0]['NetworkInterfaceId']} lives in the default network of {region}"
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc]}]
    for gateway in member.call("ec2", "describe_internet_gateways", region=region, Filters=attached)[
        "InternetGateways"
    ]:
        identifier = gateway["InternetGatewayId"]
        member.call("ec2", "detach_internet_gateway", region=region, InternetGatewayId=identifier, VpcId=vpc)
        member.call("ec2", "delete_internet_gateway", region=region, InternetGatewayId=identifier)
    for subnet in member.call("ec2", "describe_subnets", region=region, Filters=inside)["Subnets"]:
        member.call("ec2", "delete_subnet", region=region, SubnetId=subnet["SubnetId"])
    member.call("ec2", "delete_vpc", region=region, VpcId=vpc)
    return ""
