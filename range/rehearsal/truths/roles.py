"""IAM roles and instance profiles."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store, stores

_MODEL = "botocore 1.44.5, IAM 2010-05-08, {} (read 2026-11-22)"
POLICIES_PER_ROLE = 10
"""The default quota of managed policies attached to a role, L-0DA4ABF3."""


def _role(call: Call) -> Any:
    """Find the role that a call names, or None."""
    return next((role for role in store(call).roles.values() if role.name == call.params.get("RoleName")), None)


def _service_linked(call: Call) -> str | None:
    role = _role(call)
    if role is None or not role.path.startswith("/aws-service-role/"):
        return None
    service = role.path.split("/")[2]
    return (
        f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable by {service}"
    )


def _same_but_for_case(call: Call) -> str | None:
    name = call.params.get("RoleName", "")
    if not any(role.name != name and role.name.lower() == name.lower() for role in store(call).roles.values()):
        return None
    return f"Role with name {name} already exists."


def _statements(call: Call) -> list[Any]:
    """Read the statements of the trust policy that a call carries; unreadable ones are left to moto."""
    try:
        document = json.loads(call.params.get("AssumeRolePolicyDocument") or call.params.get("PolicyDocument") or "{}")
    except ValueError:
        return []
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    return [each for each in (statements if isinstance(statements, list) else [statements]) if isinstance(each, dict)]


def _no_trust_policy(call: Call) -> str | None:
    for statement in _statements(call):
        if "Resource" in statement or "NotResource" in statement:
            return "Has prohibited field Resource"
        if not statement.get("Principal") and not statement.get("NotPrincipal"):
            return "Missing required field Principal"
    return None


def _trusts_nobody_there_is(call: Call) -> str | None:
    for arn in _trusted(call):
        account, _, name = arn.removeprefix("arn:aws:iam::").partition(":")
        kind, _, path = name.partition("/")
        if kind in ("role", "user") and not exists(call, account, kind, path.rpartition("/")[2]):
            return f'Invalid principal in policy: "AWS":"{arn}"'
    return None


def _trusted(call: Call) -> Iterator[str]:
    """Give the ARNs of IAM principals that a trust policy names."""
    for statement in _statements(call):
        principal = statement.get("Principal")
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        yield from (each for each in ([named] if isinstance(named, str) else named) if each.startswith("arn:aws:iam::"))


def exists(call: Call, account: str, kind: str, name: str) -> bool:
    """Say whether an account has a role or user of a name."""
    iam = next((kept for kept in stores(call, "iam") if kept.account_id == account), None)
    if iam is None:
        return False
    return any(each.name == name for each in (iam.roles if kind == "role" else iam.users).values())


def _one_policy_more(call: Call) -> str | None:
    role = _role(call)
    if role is None or len(role.managed_policies) < POLICIES_PER_ROLE:
        return None
    if call.params.get("PolicyArn") in role.managed_policies:
        return None
    return f"Cannot exceed quota for PoliciesPerRole: {POLICIES_PER_ROLE}"


def _linked_role_exists(call: Call) -> str | None:
    service = call.params.get("AWSServiceName", "")
    path = f"/aws-service-role/{service}/"
    taken = next((role for role in store(call).roles.values() if role.path == path), None)
    if taken is None or call.params.get("CustomSuffix"):
        return None
    return f"Service role name {taken.name} has been taken in this account, please try a different suffix."


def _launched_with(call: Call) -> tuple[str, Any]:
    """Give the name of the instance profile that a launch asks for, and the profile or None."""
    asked = call.params.get("IamInstanceProfile") or {}
    name = asked.get("Name") or asked.get("Arn", "").rpartition("/")[2]
    profiles = store(call, "iam").instance_profiles.values()
    return name, next((profile for profile in profiles if profile.name == name), None)


def _unknown_profile(call: Call) -> str | None:
    name, profile = _launched_with(call)
    if not name or profile is not None:
        return None
    return f"Value ({name}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name"


def _empty_profile(call: Call) -> str | None:
    _, profile = _launched_with(call)
    if profile is None or profile.roles:
        return None
    return f"IAM Instance Profile '{profile.arn}' has no associated IAM Roles"


TRUTHS = (
    Truth(
        name="role-with-managed-policies",
        calls=("iam.DeleteRole",),
        when="managed policies are attached",
        code="DeleteConflict",
        source=_MODEL.format("DeleteRole"),
        confidence="documented",
    ),
    Truth(
        name="role-with-inline-policies",
        calls=("iam.DeleteRole",),
        when="it has inline policies",
        code="DeleteConflict",
        source=_MODEL.format("DeleteRole"),
        confidence="documented",
    ),
    Truth(
        name="role-in-a-profile",
        calls=("iam.DeleteRole",),
        when="it is in an instance profile",
        code="DeleteConflict",
        source="https://github.com/99designs/iamy/pull/68",
        confidence="seen_in_issue",
    ),
    Truth(
        name="role-service-linked",
        calls=("iam.DeleteRole", "iam.UpdateAssumeRolePolicy", "iam.AttachRolePolicy", "iam.PutRolePolicy"),
        when="it is a service-linked role: only the service changes it",
        code="UnmodifiableEntity",
        source=_MODEL.format("DeleteRole"),
        confidence="documented",
        check=_service_linked,
    ),
    Truth(
        name="profile-with-a-role",
        calls=("iam.DeleteInstanceProfile",),
        when="it has a role",
        code="DeleteConflict",
        source="https://github.com/99designs/iamy/issues/47",
        confidence="seen_in_issue",
    ),
    Truth(
        name="profile-second-role",
        calls=("iam.AddRoleToInstanceProfile",),
        when="it has a role",
        code="LimitExceeded",
        source="https://github.com/sivchari/kumo/pull/555",
        confidence="seen_in_issue",
    ),
    Truth(
        name="role-name-taken",
        calls=("iam.CreateRole",),
        when="the account has a role of that name",
        code="EntityAlreadyExists",
        source=_MODEL.format("CreateRole"),
        confidence="documented",
    ),
    Truth(
        name="role-name-taken-but-for-case",
        calls=("iam.CreateRole",),
        when="the account has a role whose name differs only in case",
        code="EntityAlreadyExists",
        source=_MODEL.format("CreateRole, RoleName"),
        confidence="documented",
        check=_same_but_for_case,
        status=409,
    ),
    Truth(
        name="trust-policy-malformed",
        calls=("iam.CreateRole", "iam.UpdateAssumeRolePolicy"),
        when="a statement of the trust policy names a resource, or no principal",
        code="MalformedPolicyDocument",
        source=f"{_MODEL.format('CreateRole')} for the code; the condition is from memory",
        confidence="general_knowledge",
        check=_no_trust_policy,
    ),
    Truth(
        name="trust-policy-of-a-stranger",
        calls=("iam.CreateRole", "iam.UpdateAssumeRolePolicy"),
        when="the trust policy names a role or user that doesn't exist",
        code="MalformedPolicyDocument",
        source="https://github.com/opstrace/opstrace/issues/88",
        confidence="seen_in_issue",
        check=_trusts_nobody_there_is,
    ),
    Truth(
        name="role-policies-over-quota",
        calls=("iam.AttachRolePolicy",),
        when=f"it has {POLICIES_PER_ROLE} managed policies (the default quota)",
        code="LimitExceeded",
        source=f"{_MODEL.format('AttachRolePolicy')}; the figure is from memory",
        confidence="documented",
        check=_one_policy_more,
        status=409,
    ),
    Truth(
        name="role-policy-not-attached",
        calls=("iam.DetachRolePolicy",),
        when="the policy isn't attached to it",
        code="NoSuchEntity",
        source=_MODEL.format("DetachRolePolicy"),
        confidence="documented",
    ),
    Truth(
        name="service-linked-role-twice",
        calls=("iam.CreateServiceLinkedRole",),
        when="the account has it",
        code="InvalidInput",
        source="localstack/localstack, tests/aws/services/iam: recorded from AWS (read 2026-11-22)",
        confidence="seen_in_issue",
        check=_linked_role_exists,
    ),
    Truth(
        name="launch-with-an-unknown-profile",
        calls=("ec2.RunInstances",),
        when="the instance profile doesn't exist, or was made a moment ago",
        code="InvalidParameterValue",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/2046",
        confidence="seen_in_issue",
        check=_unknown_profile,
    ),
    Truth(
        name="launch-with-an-empty-profile",
        calls=("ec2.RunInstances",),
        when="the instance profile has no role",
        code="InvalidParameterValue",
        source="hashicorp/terraform, aws_instance's list of errors to retry (read 2026-11-22)",
        confidence="seen_in_issue",
        check=_empty_profile,
    ),
)
