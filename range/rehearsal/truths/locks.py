"""Object Lock: retention and legal holds of object versions. moto itself keeps locked versions from being deleted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from range.rehearsal.areas.object_locks import version_named
from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth

_GUIDE = 'Amazon S3 User Guide, "Locking objects with Object Lock" (read 2026-11-22); the code is from memory'


def _moment(until: Any) -> datetime:
    """Read until when a version is kept."""
    moment = until if isinstance(until, datetime) else datetime.fromisoformat(until)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _weakened(call: Call) -> str | None:
    version, asked = version_named(call), call.params.get("Retention", {})
    if version is None or not getattr(version, "lock_mode", None) or not version.lock_until:
        return None
    until = _moment(version.lock_until)
    stays = asked.get("RetainUntilDate") and _moment(asked["RetainUntilDate"]) >= until
    if until <= datetime.now(UTC) or (stays and asked.get("Mode") in (version.lock_mode, "COMPLIANCE")):
        return None
    if version.lock_mode == "GOVERNANCE" and call.params.get("BypassGovernanceRetention"):
        return None
    return "Access Denied because object protected by object lock."


def _unlocked(attribute: str, message: str) -> Any:
    """Make the check that refuses to tell of a lock that a version hasn't."""

    def check(call: Call) -> str | None:
        version = version_named(call)
        return None if version is None or getattr(version, attribute, None) else message

    return check


TRUTHS = (
    Truth(
        name="object-under-retention",
        calls=("s3.DeleteObject",),
        when="the version is under compliance retention, whoever asks",
        code="AccessDenied",
        source=_GUIDE,
        confidence="general_knowledge",
    ),
    Truth(
        name="object-under-governance",
        calls=("s3.DeleteObject",),
        when="the version is under governance retention, and the call doesn't bypass it",
        code="AccessDenied",
        source=_GUIDE,
        confidence="general_knowledge",
    ),
    Truth(
        name="object-under-legal-hold",
        calls=("s3.DeleteObject",),
        when="the version is under a legal hold; bypassing retention doesn't help",
        code="AccessDenied",
        source=_GUIDE,
        confidence="general_knowledge",
    ),
    Truth(
        name="objects-one-locked",
        calls=("s3.DeleteObjects",),
        when="one of several versions is locked: the call succeeds, and the answer names it; the others are deleted",
        code="AccessDenied (Errors)",
        source=_GUIDE,
        confidence="general_knowledge",
    ),
    Truth(
        name="retention-weakened",
        calls=("s3.PutObjectRetention",),
        when="it would end earlier, or compliance become governance; governance may be weakened by a call that bypasses it",
        code="AccessDenied",
        source=_GUIDE,
        confidence="general_knowledge",
        check=_weakened,
        status=403,
    ),
    Truth(
        name="object-locked-in-a-plain-bucket",
        calls=("s3.PutObject",),
        when="the bucket wasn't made for Object Lock",
        code="InvalidRequest",
        source=_GUIDE,
        confidence="general_knowledge",
    ),
    Truth(
        name="retention-absent",
        calls=("s3.GetObjectRetention",),
        when="the version has none",
        code="NoSuchObjectLockConfiguration",
        source=_GUIDE,
        confidence="general_knowledge",
        check=_unlocked("lock_mode", "The specified object does not have a ObjectLock configuration"),
        status=404,
    ),
    Truth(
        name="legal-hold-absent",
        calls=("s3.GetObjectLegalHold",),
        when="the version never had one",
        code="NoSuchObjectLockConfiguration",
        source=_GUIDE,
        confidence="general_knowledge",
        check=_unlocked("lock_legal_status", "The specified object does not have a ObjectLock configuration"),
        status=404,
    ),
)
