"""Roles that a call hands to a service, which takes them later: for each the caller needs iam:PassRole.

Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service" (read 2026-11-28).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.rights.records import iam_of

_ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/.+")
_NOT_PASSED = frozenset({"iam", "sts", "organizations", "ram", "kms"})
"""Services whose calls name roles to speak of them, and hand them to nobody."""
_TAKERS = {"ec2.CreateFlowLogs": "vpc-flow-logs.amazonaws.com"}
"""Who takes the role, where it isn't the service that is called."""


def passed(call: Call) -> Iterator[tuple[str, str]]:
    """Give each role that the call passes, and to which service; an empty name where that isn't said."""
    if call.name == "iam.AddRoleToInstanceProfile":
        role = _named(call, str(call.params.get("RoleName")))
        if role:
            yield role, "ec2.amazonaws.com"
    elif call.service.name == "ec2" and (profile := call.params.get("IamInstanceProfile")):
        for role in _of_profile(call, profile):
            yield role, "ec2.amazonaws.com"
    if call.service.name not in _NOT_PASSED:
        taker = _TAKERS.get(call.name, f"{call.service.name}.amazonaws.com")
        for role in dict.fromkeys(_roles(call.params)):
            yield role, taker


def _roles(value: Any, key: str = "") -> Iterator[str]:
    """Give the roles that stand under a key which says that it wants one."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _roles(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from _roles(inner, key)
    elif (
        isinstance(value, str) and _ROLE.fullmatch(value) and key.lower().endswith(("role", "rolearn", "permissionarn"))
    ):
        yield value


def _named(call: Call, name: str) -> str | None:
    backend = iam_of(call.account)
    return next((str(role.arn) for role in backend.roles.values() if role.name == name), None) if backend else None


def _of_profile(call: Call, profile: Any) -> Iterator[str]:
    """Give the roles of an instance profile, which a call names or gives the ARN of."""
    asked = profile if isinstance(profile, dict) else {}
    name = asked.get("Name") or str(asked.get("Arn", "")).rpartition("/")[2]
    backend = iam_of(call.account)
    for each in backend.instance_profiles.values() if backend else ():
        if each.name == name:
            yield from (str(role.arn) for role in each.roles)
