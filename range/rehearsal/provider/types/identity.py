"""Identities: roles, what they may do, and the profiles that instances wear."""

from __future__ import annotations

from typing import Any

from range.rehearsal.provider.rows import DROP, ID, PUT, Row, Tags, call, fixed, later, local, mutable, output, the
from range.rehearsal.provider.shapes import Document, Flag, Whole
from range.rehearsal.provider.work import Work

_NONE = ("NoSuchEntity",)
_VERSIONS = 5
"""How many versions a managed policy can have.

Source: IAM User Guide, "IAM and AWS STS quotas" (read 2026-11-22).
"""


def _tags(kind: str, key: str) -> Tags:
    return Tags(
        put=call(f"tag_{kind}", **{key: ID}, Tags=PUT),
        drop=call(f"untag_{kind}", **{key: ID}, TagKeys=DROP),
    )


def _change_boundary(work: Work) -> None:
    boundary = work.value("permissionsBoundary")
    if boundary:
        work.ask("put_role_permissions_boundary", RoleName=work.id, PermissionsBoundary=boundary)
    else:
        work.ask("delete_role_permissions_boundary", RoleName=work.id)


def _leave_profiles(work: Work) -> None:
    """Take a role out of its instance profiles, as the real provider does before it deletes one."""
    for profile in work.ask("list_instance_profiles_for_role", RoleName=work.id)["InstanceProfiles"]:
        name = profile["InstanceProfileName"]
        work.ask("remove_role_from_instance_profile", InstanceProfileName=name, RoleName=work.id)


def _detach_policies(work: Work) -> None:
    """Take a role's policies away, where the program said to."""
    if not work.old.get("forceDetachPolicies"):
        return
    for page in work.pages("list_attached_role_policies", RoleName=work.id):
        for policy in page["AttachedPolicies"]:
            work.ask("detach_role_policy", RoleName=work.id, PolicyArn=policy["PolicyArn"])
    for page in work.pages("list_role_policies", RoleName=work.id):
        for name in page["PolicyNames"]:
            work.ask("delete_role_policy", RoleName=work.id, PolicyName=name)


_UPDATE_ROLE = call(
    "update_role", RoleName=ID, Description=the("description"), MaxSessionDuration=the("maxSessionDuration")
)

ROLE = Row(
    "aws:iam/role:Role",
    "IAM Role",
    "iam",
    create=call("create_role", "Role"),
    id="RoleName",
    read=call("get_role", "Role", RoleName=ID),
    delete=(_leave_profiles, _detach_policies, call("delete_role", RoleName=ID)),
    absent=_NONE,
    busy=(),
    tags=_tags("role", "RoleName"),
    regional=False,
    fields=(
        fixed("name", "RoleName", auto=str),
        fixed("path", default="/"),
        mutable(
            "assumeRolePolicy",
            call("update_assume_role_policy", RoleName=ID, PolicyDocument=the("assumeRolePolicy")),
            "AssumeRolePolicyDocument",
            Document(),
            required=True,
        ),
        mutable("description", _UPDATE_ROLE, default=""),
        mutable("maxSessionDuration", _UPDATE_ROLE, "", Whole(), default=3600),
        mutable(
            "permissionsBoundary", _change_boundary, read="PermissionsBoundary.PermissionsBoundaryArn", default=None
        ),
        local("forceDetachPolicies", Flag(), False),
        output("arn"),
        output("uniqueId", "RoleId"),
    ),
)


def _new_version(work: Work) -> None:
    """Make a new version of a policy the default one; the oldest gives way where there are as many as there can be."""
    versions = work.ask("list_policy_versions", PolicyArn=work.id)["Versions"]
    if len(versions) >= _VERSIONS:
        oldest = min((item for item in versions if not item["IsDefaultVersion"]), key=lambda item: item["CreateDate"])
        work.ask("delete_policy_version", PolicyArn=work.id, VersionId=oldest["VersionId"])
    work.ask("create_policy_version", PolicyArn=work.id, PolicyDocument=work.value("policy"), SetAsDefault=True)


def _drop_versions(work: Work) -> None:
    for version in work.ask("list_policy_versions", PolicyArn=work.id)["Versions"]:
        if not version["IsDefaultVersion"]:
            work.ask("delete_policy_version", PolicyArn=work.id, VersionId=version["VersionId"])


def _policy(work: Work) -> Any:
    """Look at a policy and its default version."""
    policy = work.ask("get_policy", PolicyArn=work.id)["Policy"]
    version = work.ask("get_policy_version", PolicyArn=work.id, VersionId=policy["DefaultVersionId"])
    return {**policy, "PolicyDocument": version["PolicyVersion"]["Document"]}


POLICY = Row(
    "aws:iam/policy:Policy",
    "IAM Policy",
    "iam",
    create=call("create_policy", "Policy"),
    id="Arn",
    read=_policy,
    delete=(_drop_versions, call("delete_policy", PolicyArn=ID)),
    absent=_NONE,
    tags=_tags("policy", "PolicyArn"),
    busy=(),
    regional=False,
    fields=(
        fixed("name", "PolicyName", auto=str),
        fixed("path", default="/"),
        fixed("description", default=""),
        mutable("policy", _new_version, "PolicyDocument", Document(), required=True),
        output("arn"),
        output("policyId"),
        output("attachmentCount"),
    ),
)

_PUT_ROLE_POLICY = call("put_role_policy", RoleName=the("role"), PolicyName=the("name"), PolicyDocument=the("policy"))
_ROLE_POLICY = "{role}:{name}"

ROLE_POLICY = Row(
    "aws:iam/rolePolicy:RolePolicy",
    "IAM Role Policy",
    "iam",
    create=call("put_role_policy"),
    id=_ROLE_POLICY,
    imports=_ROLE_POLICY,
    read=call("get_role_policy", RoleName=the("role"), PolicyName=the("name")),
    delete=(call("delete_role_policy", RoleName=the("role"), PolicyName=the("name")),),
    absent=_NONE,
    regional=False,
    fields=(
        fixed("role", "RoleName", required=True),
        fixed("name", "PolicyName", auto=str),
        mutable("policy", _PUT_ROLE_POLICY, "PolicyDocument", Document(), required=True),
    ),
)


def _attached(work: Work) -> Any:
    """Find the policy among those that the role has."""
    for page in work.pages("list_attached_role_policies", RoleName=work.value("role")):
        for policy in page["AttachedPolicies"]:
            if policy["PolicyArn"] == work.value("policyArn"):
                return {**policy, "RoleName": work.value("role")}
    return None


ROLE_POLICY_ATTACHMENT = Row(
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "IAM Role Policy Attachment",
    "iam",
    create=call("attach_role_policy"),
    id="{role}-{policyArn}",
    imports="{role}/{policyArn}",
    read=_attached,
    delete=(call("detach_role_policy", RoleName=the("role"), PolicyArn=the("policyArn")),),
    absent=_NONE,
    delete_first=True,
    regional=False,
    fields=(fixed("role", "RoleName", required=True), fixed("policyArn", required=True)),
)


def _wear(work: Work) -> None:
    """Put the role that is wanted into a profile, which holds one at most."""
    _undress(work)
    if work.value("role"):
        work.ask("add_role_to_instance_profile", InstanceProfileName=work.id, RoleName=work.value("role"))


def _undress(work: Work) -> None:
    there = work.old.get("role")
    if there:
        taken = call("remove_role_from_instance_profile", InstanceProfileName=ID, RoleName=there)
        work.make(taken.or_none("NoSuchEntity"))


INSTANCE_PROFILE = Row(
    "aws:iam/instanceProfile:InstanceProfile",
    "IAM Instance Profile",
    "iam",
    create=call("create_instance_profile", "InstanceProfile"),
    id="InstanceProfileName",
    read=call("get_instance_profile", "InstanceProfile", InstanceProfileName=ID),
    delete=(_undress, call("delete_instance_profile", InstanceProfileName=ID)),
    absent=_NONE,
    busy=(),
    tags=_tags("instance_profile", "InstanceProfileName"),
    regional=False,
    fields=(
        fixed("name", "InstanceProfileName", auto=str),
        fixed("path", default="/"),
        later("role", _wear, read="Roles[0].RoleName", default=None),
        output("arn"),
        output("uniqueId", "InstanceProfileId"),
    ),
)

ROWS = (ROLE, POLICY, ROLE_POLICY, ROLE_POLICY_ATTACHMENT, INSTANCE_PROFILE)
