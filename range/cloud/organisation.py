"""What the organisation must have switched on, and what it leaves to the hub's account."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.plan import Plan

POLICY_TYPE = "SERVICE_CONTROL_POLICY"
SHARING = "ram.amazonaws.com"
_SID = "RangeHub"
"""How the delegation's own statements are known among those of others."""


def policy_type_missing(management: Account, plan: Plan) -> str:
    """Say why service control policies don't work yet; empty when they do."""
    status = _policy_types(management).get(POLICY_TYPE, "off")
    return "" if status == "ENABLED" else f"service control policies are {status.lower()} in the organisation"


def enable_policy_type(management: Account, plan: Plan) -> str:
    """Switch service control policies on. Gives what was changed."""
    if not policy_type_missing(management, plan):
        return ""
    management.call("organizations", "enable_policy_type", RootId=_root(management)["Id"], PolicyType=POLICY_TYPE)
    return "switched service control policies on"


def sharing_missing(management: Account, plan: Plan) -> str:
    """Say why shares don't reach accounts of the organisation without an invitation; empty when they do."""
    pages = management.pages("organizations", "list_aws_service_access_for_organization")
    enabled = {each["ServicePrincipal"] for page in pages for each in page["EnabledServicePrincipals"]}
    return "" if SHARING in enabled else "Resource Access Manager may not share within the organisation"


def enable_sharing(management: Account, plan: Plan) -> str:
    """Let Resource Access Manager share within the organisation. Gives what was changed."""
    if not sharing_missing(management, plan):
        return ""
    management.call("ram", "enable_sharing_with_aws_organization")
    return "switched sharing within the organisation on"


def delegation_missing(management: Account, plan: Plan) -> str:
    """Say what the hub's account may not do yet with the organisation's policies; empty when it may do all it needs."""
    there = {statement.get("Sid"): statement for statement in _statements(management)}
    wanted = delegation(management, plan)
    missing = [statement["Sid"] for statement in wanted if there.get(statement["Sid"]) != statement]
    return f"the hub's account may not manage guardrails ({', '.join(missing)})" if missing else ""


def delegate(management: Account, plan: Plan) -> str:
    """Leave the exercise's policies to the hub's account; what is delegated to others stays. Gives what was changed."""
    if not delegation_missing(management, plan):
        return ""
    own = delegation(management, plan)
    sids = {statement["Sid"] for statement in own}
    others = [statement for statement in _statements(management) if statement.get("Sid") not in sids]
    document = {"Version": "2012-10-17", "Statement": [*others, *own]}
    management.call("organizations", "put_resource_policy", Content=json.dumps(document))
    return f"delegated the exercise's policies to account {plan.hub.account}"


def delegation(management: Account, plan: Plan) -> list[dict[str, Any]]:
    """Give what the hub's account may do: see the organisation, and manage policies on the exercise's accounts.

    Accounts that left the exercise file stay in it: what stands there has still to be taken down.

    Source: AWS Organizations User Guide, "Resource-based policy examples for AWS Organizations" (read 2026-11-22).
    """
    organisation = management.call("organizations", "describe_organization")["Organization"]["Id"]
    owner = f"arn:aws:organizations::{management.id}"
    policies = f"{owner}:policy/{organisation}/service_control_policy/*"
    accounts = {enclave.account for enclave in (plan.hub, *plan.enclaves)}
    hub = {"AWS": f"arn:aws:iam::{plan.hub.account}:root"}
    of_type = {"StringEquals": {"organizations:PolicyType": POLICY_TYPE}}
    before = [each for each in _statements(management) if each.get("Sid") == f"{_SID}Attaches"]
    kept = {resource for statement in before for resource in statement["Resource"]}
    bound = sorted({policies, *kept, *(f"{owner}:account/{organisation}/{account}" for account in accounts)})

    def allow(name: str, actions: Sequence[str], resource: str | list[str], **condition: Any) -> dict[str, Any]:
        what = {"Effect": "Allow", "Principal": hub, "Action": list(actions), "Resource": resource}
        return {"Sid": f"{_SID}{name}", **what, **condition}

    return [
        allow("Reads", _READS, "*"),
        allow("Writes", _WRITES, "*", Condition=of_type),
        allow("Tags", _TAGS, policies),
        allow("Attaches", _ATTACHES, bound, Condition=of_type),
    ]


_READS = (
    "organizations:DescribeOrganization", "organizations:DescribeOrganizationalUnit", "organizations:DescribeAccount",
    "organizations:DescribePolicy", "organizations:DescribeEffectivePolicy", "organizations:ListRoots",
    "organizations:ListOrganizationalUnitsForParent", "organizations:ListParents", "organizations:ListChildren",
    "organizations:ListAccounts", "organizations:ListAccountsForParent", "organizations:ListPolicies",
    "organizations:ListPoliciesForTarget", "organizations:ListTargetsForPolicy", "organizations:ListTagsForResource",
)  # fmt: skip
_WRITES = ("organizations:CreatePolicy", "organizations:UpdatePolicy", "organizations:DeletePolicy")
_TAGS = ("organizations:TagResource", "organizations:UntagResource")
_ATTACHES = ("organizations:AttachPolicy", "organizations:DetachPolicy")


def _statements(management: Account) -> list[Mapping[str, Any]]:
    """Read the organisation's delegation policy; there may be none."""
    try:
        policy = management.call("organizations", "describe_resource_policy")["ResourcePolicy"]
    except CloudError as refused:
        if refused.code != "ResourcePolicyNotFoundException":
            raise
        return []
    statements = json.loads(policy["Content"])["Statement"]
    return [statements] if isinstance(statements, Mapping) else list(statements)


def _root(management: Account) -> dict[str, Any]:
    roots = management.pages("organizations", "list_roots")[0]["Roots"]
    return dict(roots[0])


def _policy_types(management: Account) -> dict[str, str]:
    return {each["Type"]: each["Status"] for each in _root(management).get("PolicyTypes", ())}
