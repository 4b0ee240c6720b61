"""Permissions boundaries of users, which moto doesn't keep: it does those of roles.

Source: botocore 1.44.5, IAM 2010-05-08, PutUserPermissionsBoundary; IAM User Guide, "Permissions boundaries for IAM
entities" (read 2026-11-28).
"""

from __future__ import annotations

from typing import Any

from moto.iam.models import iam_backends

from range.rehearsal.areas.aws_policies import learn
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.messages import Answer
from range.rehearsal.refusals import Refusal


def create(call: Call) -> Shape | Answer:
    """Make a user, with a boundary where the call gives one."""
    arn = call.params.get("PermissionsBoundary")
    if not arn:
        return call.by_moto()
    _there(call, arn)
    made = call.result_by_moto()
    user = _user(call)
    _bound(user, arn)
    return {"User": {**made["User"], "PermissionsBoundary": user.permissions_boundary}}


def put(call: Call) -> Shape:
    """Give a user a boundary."""
    user, arn = _user(call), call.params["PermissionsBoundary"]
    _there(call, arn)
    _bound(user, arn)
    return {}


def delete(call: Call) -> Shape:
    """Take a user's boundary away."""
    _bound(_user(call), None)
    return {}


def _user(call: Call) -> Any:
    """Find the user that a call names; moto refuses where there is none."""
    return iam_backends[call.account][PARTITION].get_user(call.params["UserName"])


def _there(call: Call, arn: str) -> None:
    """See that a policy is there.

    Raises:
        Refusal: it isn't.
    """
    learn(call, arn)
    if arn not in iam_backends[call.account][PARTITION].managed_policies:
        message = f"Scope ARN: {arn} does not exist or is not attachable."
        raise Refusal("NoSuchEntity", message, status=404)


def _bound(user: Any, arn: str | None) -> None:
    """Write a boundary where moto's answers, and the door, look for it."""
    user.permissions_boundary_arn = arn
    told = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}
    user.permissions_boundary = told if arn else None


OPERATIONS = {
    "CreateUser": create,
    "DeleteUserPermissionsBoundary": delete,
    "PutUserPermissionsBoundary": put,
}
