"""KMS keys, above all those that wait for their deletion."""

from __future__ import annotations

import json
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.roles import exists
from range.rehearsal.truths.rows import Check, Truth
from range.rehearsal.truths.stores import store

_STATES = 'AWS KMS Developer Guide, "Key states of AWS KMS keys" (awsdocs copy, read 2026-11-22)'
_MODEL = "botocore 1.44.5, KMS 2014-11-01, {} (read 2026-11-22)"
_PENDING = "PendingDeletion"
CRYPTOGRAPHIC = (
    "Encrypt",
    "Decrypt",
    "ReEncrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "Sign",
    "Verify",
)
"""Operations that use a key's material."""


def _key(call: Call) -> Any:
    """Find the key that a call names by id, ARN or alias, in whichever account it is; None where there is none."""
    named = call.params.get("KeyId") or call.params.get("TargetKeyId") or call.params.get("SourceKeyId") or ""
    account = named.split(":")[4] if named.startswith("arn:") else call.account
    kms = store(call, "kms", account=account)
    key_id = kms.get_key_id(named) if named else ""
    return kms.keys.get(kms.any_id_to_key_id(key_id)) if key_id else None


def _in_state(state: str) -> Check:
    """Make the check that refuses a call on a key in a state."""

    def check(call: Call) -> str | None:
        key = _key(call)
        if key is None or key.key_state != state:
            return None
        return f"{key.arn} is {'pending deletion' if state == _PENDING else 'disabled'}."

    return check


def _not_pending(call: Call) -> str | None:
    key = _key(call)
    return None if key is None or key.key_state == _PENDING else f"{key.arn} is not pending deletion."


def _window(call: Call) -> str | None:
    days = call.params.get("PendingWindowInDays", 30)
    return (
        None if 7 <= days <= 30 else "Invalid waiting period: PendingWindowInDays must be between 7 and 30, inclusive."
    )


def _reserved_alias(call: Call) -> str | None:
    return (
        "Cannot create an alias with the reserved prefix alias/aws/" if _alias(call).startswith("alias/aws/") else None
    )


def _alias(call: Call) -> str:
    return str(call.params.get("AliasName", ""))


def _statements(call: Call) -> list[Any]:
    """Read the statements of the key policy that a call carries."""
    try:
        document = json.loads(call.params.get("Policy") or "{}")
    except ValueError:
        return []
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    return statements if isinstance(statements, list) else [statements]


def _principals(statement: Any) -> list[str]:
    """Give the AWS principals of a statement."""
    principal = statement.get("Principal", {})
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal
    return [named] if isinstance(named, str) else list(named)


def _names_a_stranger(call: Call) -> str | None:
    for principal in (each for statement in _statements(call) for each in _principals(statement)):
        account, _, name = principal.removeprefix("arn:aws:iam::").partition(":")
        kind, _, path = name.partition("/")
        if kind in ("role", "user") and not exists(call, account, kind, path.rpartition("/")[2]):
            return "Policy contains a statement with one or more invalid principals."
    return None


def _locks_out(call: Call) -> str | None:
    statements = [each for each in _statements(call) if each.get("Effect") == "Allow"]
    if not call.params.get("Policy") or call.params.get("BypassPolicyLockoutSafetyCheck"):
        return None
    if any(_may_put_policy(each) and _reaches(each, call) for each in statements):
        return None
    return "The new key policy will not allow you to update the key policy in the future."


def _may_put_policy(statement: Any) -> bool:
    """Say whether a statement allows PutKeyPolicy."""
    actions = statement.get("Action", [])
    return bool(
        {"kms:*", "*", "kms:PutKeyPolicy", "kms:Put*"} & {*([actions] if isinstance(actions, str) else actions)}
    )


def _reaches(statement: Any, call: Call) -> bool:
    """Say whether a statement speaks of the caller or the caller's account."""
    role = call.caller.arn.replace(":sts:", ":iam:").replace(":assumed-role/", ":role/").rpartition("/")[0]
    own = {"*", call.account, f"arn:aws:iam::{call.account}:root", call.caller.arn, role}
    return bool(own & set(_principals(statement)))


def _cannot_rotate(call: Call) -> str | None:
    key = _key(call)
    if key is None or (key.key_spec == "SYMMETRIC_DEFAULT" and key.origin == "AWS_KMS"):
        return None
    return f"{key.arn} is not a symmetric key that AWS KMS made."


def _pending(name: str, calls: tuple[str, ...], what: str) -> Truth:
    """Make the row of what a key that waits for its deletion isn't used for."""
    source, check = _STATES, _in_state(_PENDING)
    when = f"the key is pending deletion ({what})"
    return Truth(
        name, tuple(f"kms.{call}" for call in calls), when, "KMSInvalidStateException", source, "documented", check
    )


TRUTHS = (
    Truth(
        name="key-deletion-window",
        calls=("kms.ScheduleKeyDeletion",),
        when="the window isn't 7 to 30 days",
        code="ValidationException",
        source=f"{_MODEL.format('ScheduleKeyDeletionRequest.PendingWindowInDays')}; the code is from memory",
        confidence="general_knowledge",
        check=_window,
    ),
    _pending("key-deletion-twice", ("ScheduleKeyDeletion",), "a second deletion"),
    _pending("key-pending-used", CRYPTOGRAPHIC, "its material"),
    _pending("key-pending-switched", ("EnableKey", "DisableKey"), "on or off"),
    _pending("key-pending-alias", ("CreateAlias", "UpdateAlias"), "an alias"),
    _pending("key-pending-grant", ("CreateGrant",), "a grant"),
    _pending("key-pending-tagged", ("TagResource", "UntagResource", "UpdateKeyDescription"), "tags and description"),
    _pending("key-pending-rotation", ("EnableKeyRotation", "DisableKeyRotation"), "rotation"),
    Truth(
        name="key-deletion-not-pending",
        calls=("kms.CancelKeyDeletion",),
        when="the key isn't pending deletion",
        code="KMSInvalidStateException",
        source=_STATES,
        confidence="documented",
        check=_not_pending,
    ),
    Truth(
        name="key-disabled-used",
        calls=tuple(f"kms.{operation}" for operation in (*CRYPTOGRAPHIC, "CreateGrant")),
        when="the key is disabled",
        code="DisabledException",
        source=_STATES,
        confidence="documented",
        check=_in_state("Disabled"),
    ),
    Truth(
        name="alias-taken",
        calls=("kms.CreateAlias",),
        when="the Region has it",
        code="AlreadyExistsException",
        source=_MODEL.format("CreateAlias"),
        confidence="documented",
    ),
    Truth(
        name="alias-reserved",
        calls=("kms.CreateAlias",),
        when="it begins with `alias/aws/`",
        code="NotAuthorizedException",
        source="none opened (general knowledge)",
        confidence="general_knowledge",
        check=_reserved_alias,
    ),
    Truth(
        name="key-policy-of-a-stranger",
        calls=("kms.CreateKey", "kms.PutKeyPolicy"),
        when="the policy names a role or user that doesn't exist",
        code="MalformedPolicyDocumentException",
        source=f"{_MODEL.format('CreateKey')}; the condition is known from providers' retries",
        confidence="seen_in_issue",
        check=_names_a_stranger,
    ),
    Truth(
        name="key-policy-locks-out",
        calls=("kms.CreateKey", "kms.PutKeyPolicy"),
        when="the policy would not let the caller change it again, and the check isn't bypassed",
        code="MalformedPolicyDocumentException",
        source=_MODEL.format("CreateKey, BypassPolicyLockoutSafetyCheck"),
        confidence="documented",
        check=_locks_out,
    ),
    Truth(
        name="key-rotation-unsupported",
        calls=("kms.EnableKeyRotation",),
        when="the key is asymmetric, for HMAC, imported or in a custom store",
        code="UnsupportedOperationException",
        source=_MODEL.format("EnableKeyRotation"),
        confidence="documented",
        check=_cannot_rotate,
    ),
)
