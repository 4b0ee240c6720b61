"""Secrets and their recovery window."""

from __future__ import annotations

from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store

_MODEL = "botocore 1.44.5, Secrets Manager 2017-10-17, {} (read 2026-11-22)"
_RECORDED = "localstack/localstack, tests/aws/services/secretsmanager: recorded from AWS (read 2026-11-22)"


def _named(call: Call) -> Any:
    """Find the secret that a call names, also one that waits for its deletion; None where there is none."""
    named = call.params.get("SecretId") or call.params.get("Name") or ""
    return store(call).secrets.get(named)


def _blocked_name(call: Call) -> str | None:
    secret = _named(call)
    if secret is None or not secret.is_deleted():
        return None
    return "You can't create this secret because a secret with this name is already scheduled for deletion."


def _waits_for_deletion(call: Call) -> str | None:
    secret = _named(call)
    if secret is None or not secret.is_deleted():
        return None
    return "You can't perform this operation on the secret because it was marked for deletion."


def _replicated(call: Call) -> str | None:
    secret = _named(call)
    if secret is None or not getattr(secret, "replicas", None):
        return None
    return "You can't delete secret that still has replica regions."


def _no_rotation_function(call: Call) -> str | None:
    secret = _named(call)
    if secret is None or call.params.get("RotationLambdaARN") or secret.rotation_lambda_arn:
        return None
    return "No Lambda rotation function ARN is associated with this secret."


TRUTHS = (
    Truth(
        name="secret-version-twice",
        calls=("secretsmanager.PutSecretValue",),
        when="the token is an existing version's, with other content",
        code="ResourceExistsException",
        source=_MODEL.format("PutSecretValue"),
        confidence="documented",
    ),
    Truth(
        name="secret-name-blocked",
        calls=("secretsmanager.CreateSecret",),
        when="a secret of that name is scheduled for deletion",
        code="InvalidRequestException",
        source=f"https://github.com/hashicorp/terraform-provider-aws/issues/10259; {_RECORDED}",
        confidence="seen_in_issue",
        check=_blocked_name,
    ),
    Truth(
        name="secret-name-taken",
        calls=("secretsmanager.CreateSecret",),
        when="the Region has a secret of that name",
        code="ResourceExistsException",
        source=_MODEL.format("CreateSecret"),
        confidence="documented",
    ),
    Truth(
        name="secret-deleted-read",
        calls=("secretsmanager.GetSecretValue",),
        when="it is scheduled for deletion",
        code="InvalidRequestException",
        source=_RECORDED,
        confidence="seen_in_issue",
    ),
    Truth(
        name="secret-deleted-changed",
        calls=tuple(
            f"secretsmanager.{operation}"
            for operation in ("PutSecretValue", "UpdateSecret", "TagResource", "GetResourcePolicy")
        ),
        when="it is scheduled for deletion",
        code="InvalidRequestException",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/23998",
        confidence="seen_in_issue",
        check=_waits_for_deletion,
    ),
    Truth(
        name="secret-deletion-window",
        calls=("secretsmanager.DeleteSecret",),
        when="the window isn't 7 to 30 days",
        code="InvalidParameterException",
        source=_MODEL.format("DeleteSecret"),
        confidence="documented",
    ),
    Truth(
        name="secret-deletion-window-and-force",
        calls=("secretsmanager.DeleteSecret",),
        when="a window and deletion without recovery are asked for at once",
        code="InvalidParameterException",
        source=_MODEL.format("DeleteSecret"),
        confidence="documented",
    ),
    Truth(
        name="secret-with-replicas",
        calls=("secretsmanager.DeleteSecret",),
        when="it has replicas in other Regions",
        code="InvalidRequestException",
        source=f"{_MODEL.format('DeleteSecret')}; the code is from memory",
        confidence="general_knowledge",
        check=_replicated,
    ),
    Truth(
        name="secret-without-rotation-function",
        calls=("secretsmanager.RotateSecret",),
        when="it has no rotation function, and the call names none",
        code="InvalidRequestException",
        source=_RECORDED,
        confidence="seen_in_issue",
        check=_no_rotation_function,
    ),
)
