"""IAM users, groups and their keys, and managed policies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Check, Truth
from range.rehearsal.truths.stores import store

_MODEL = "botocore 1.44.5, IAM 2010-05-08, {} (read 2026-11-22)"
POLICY_CHARACTERS = 6144
"""The largest managed policy, white space not counted."""


def _user_with(what: str, has: Callable[[Any, Any], object]) -> Check:
    """Make the check that refuses to delete a user that still has something."""

    def check(call: Call) -> str | None:
        user = store(call).users.get(call.params.get("UserName"))
        return f"Cannot delete entity, must {what} first." if user is not None and has(store(call), user) else None

    return check


def _group_with(what: str, has: Callable[[Any], object]) -> Check:
    """Make the check that refuses to delete a group that still has something."""

    def check(call: Call) -> str | None:
        group = store(call).groups.get(call.params.get("GroupName"))
        return f"Cannot delete entity, must {what} first." if group is not None and has(group) else None

    return check


def _attached(call: Call) -> str | None:
    policy = store(call).managed_policies.get(call.params.get("PolicyArn"))
    if policy is None or not policy.attachment_count:
        return None
    return "Cannot delete a policy attached to entities."


def _with_versions(call: Call) -> str | None:
    policy = store(call).managed_policies.get(call.params.get("PolicyArn"))
    if policy is None or len(policy.versions) < 2:
        return None
    return "This policy has more than one version. Before you delete a policy, you must delete the policy's versions."


def _too_long(call: Call) -> str | None:
    document = "".join(str(call.params.get("PolicyDocument", "")).split())
    if len(document) <= POLICY_CHARACTERS:
        return None
    return f"Cannot exceed quota for PolicySize: {POLICY_CHARACTERS}"


def _kept(name: str, call: str, when: str, check: Check | None) -> Truth:
    """Make the row of one thing that keeps an entity from being deleted."""
    return Truth(name, (f"iam.{call}",), when, "DeleteConflict", _MODEL.format(call), "documented", check, status=409)


def _password(_: Any, user: Any) -> object:
    return user.password


def _keys(_: Any, user: Any) -> object:
    return user.access_keys


def _memberships(iam: Any, user: Any) -> object:
    return any(user in group.users for group in iam.groups.values())


TRUTHS = (
    _kept("policy-attached", "DeletePolicy", "it is attached to a user, group or role", _attached),
    _kept("policy-with-versions", "DeletePolicy", "it has versions besides the default one", _with_versions),
    _kept("policy-version-default", "DeletePolicyVersion", "it is the default version", None),
    _kept(
        "user-with-a-password",
        "DeleteUser",
        "the user has a login profile",
        _user_with("delete login profile", _password),
    ),
    _kept("user-with-keys", "DeleteUser", "the user has access keys", _user_with("delete access keys", _keys)),
    _kept(
        "user-in-a-group", "DeleteUser", "the user is in a group", _user_with("remove users from group", _memberships)
    ),
    _kept("user-with-inline-policies", "DeleteUser", "the user has inline policies", None),
    _kept(
        "group-with-users",
        "DeleteGroup",
        "users are in it",
        _group_with("remove users from group", lambda group: group.users),
    ),
    _kept(
        "group-with-policies",
        "DeleteGroup",
        "it has policies, inline or attached",
        _group_with("delete policies", lambda group: group.policies or group.managed_policies),
    ),
    Truth(
        name="policy-versions-over-quota",
        calls=("iam.CreatePolicyVersion",),
        when="the policy has five versions",
        code="LimitExceeded",
        source=_MODEL.format("CreatePolicyVersion"),
        confidence="documented",
    ),
    Truth(
        name="policy-malformed",
        calls=("iam.CreatePolicy",),
        when="a statement isn't valid",
        code="MalformedPolicyDocument",
        source=_MODEL.format("CreatePolicy"),
        confidence="documented",
    ),
    Truth(
        name="policy-too-long",
        calls=("iam.CreatePolicy", "iam.CreatePolicyVersion"),
        when=f"the document has more than {POLICY_CHARACTERS:,} characters",
        code="LimitExceeded",
        source=f"{_MODEL.format('CreatePolicy')} for the code; the figure is from memory",
        confidence="general_knowledge",
        check=_too_long,
        status=409,
    ),
    Truth(
        name="access-key-third",
        calls=("iam.CreateAccessKey",),
        when="the user has two",
        code="LimitExceeded",
        source=_MODEL.format("CreateAccessKey"),
        confidence="documented",
    ),
)
