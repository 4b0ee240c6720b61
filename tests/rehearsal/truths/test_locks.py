"""Object Lock, as AWS refuses what it forbids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

Refused = Callable[[str], Any]
Put = Callable[..., dict[str, Any]]
HERE = {"LocationConstraint": "eu-west-2"}
TOMORROW = datetime.now(UTC) + timedelta(days=1)
LATER = TOMORROW + timedelta(days=1)
EARLIER = TOMORROW - timedelta(hours=1)


@pytest.fixture
def s3(clients: Callable[..., Any]) -> Any:
    """S3 of the ally's account, with a bucket `locked` that was made for Object Lock."""
    client = clients("s3")
    client.create_bucket(Bucket="locked", CreateBucketConfiguration=HERE, ObjectLockEnabledForBucket=True)
    return client


@pytest.fixture
def put(s3: Any) -> Put:
    """Puts an object until tomorrow under a lock, and gives what names its version."""

    def putting(mode: str | None = None, **fields: Any) -> dict[str, Any]:
        lock = {"ObjectLockMode": mode, "ObjectLockRetainUntilDate": TOMORROW} if mode else {}
        made = s3.put_object(Bucket="locked", Key="alert", Body=b"1", **lock, **fields)
        return {"Bucket": "locked", "Key": "alert", "VersionId": made["VersionId"]}

    return putting


def retention(mode: str, until: datetime) -> dict[str, Any]:
    """Write a retention."""
    return {"Retention": {"Mode": mode, "RetainUntilDate": until}}


@pytest.mark.truth("object-under-retention")
def test_compliance_keeps_a_version_from_everybody(s3: Any, put: Put, refused: Refused) -> None:
    version = put("COMPLIANCE")
    with refused("AccessDenied"):
        s3.delete_object(**version)
    with refused("AccessDenied"):
        s3.delete_object(**version, BypassGovernanceRetention=True)

    assert s3.delete_object(Bucket="locked", Key="alert")["DeleteMarker"]


@pytest.mark.truth("object-under-governance")
def test_governance_keeps_a_version_until_it_is_bypassed(s3: Any, put: Put, refused: Refused) -> None:
    version = put("GOVERNANCE")
    with refused("AccessDenied"):
        s3.delete_object(**version)

    s3.delete_object(**version, BypassGovernanceRetention=True)


@pytest.mark.truth("object-under-legal-hold")
def test_a_legal_hold_keeps_a_version_until_it_is_lifted(s3: Any, put: Put, refused: Refused) -> None:
    version = put(ObjectLockLegalHoldStatus="ON")
    with refused("AccessDenied"):
        s3.delete_object(**version, BypassGovernanceRetention=True)

    s3.put_object_legal_hold(**version, LegalHold={"Status": "OFF"})
    s3.delete_object(**version)


@pytest.mark.truth("objects-one-locked")
def test_of_several_versions_the_locked_one_stays(s3: Any, put: Put) -> None:
    kept, gone = put("COMPLIANCE"), put()
    named = [{"Key": "alert", "VersionId": each["VersionId"]} for each in (kept, gone)]

    answer = s3.delete_objects(Bucket="locked", Delete={"Objects": named})

    assert [error["Code"] for error in answer["Errors"]] == ["AccessDenied"]
    left = s3.list_object_versions(Bucket="locked")["Versions"]
    assert [version["VersionId"] for version in left] == [kept["VersionId"]]


@pytest.mark.truth("retention-weakened")
def test_retention_is_extended_but_not_weakened(s3: Any, put: Put, refused: Refused) -> None:
    strict, mild = put("COMPLIANCE"), put("GOVERNANCE")
    for version, asked in (
        (strict, retention("COMPLIANCE", EARLIER)),
        (strict, retention("GOVERNANCE", LATER)),
        (mild, retention("GOVERNANCE", EARLIER)),
    ):
        with refused("AccessDenied"):
            s3.put_object_retention(**version, **asked)
    with refused("AccessDenied"):
        s3.put_object_retention(**strict, **retention("COMPLIANCE", EARLIER), BypassGovernanceRetention=True)

    s3.put_object_retention(**mild, **retention("GOVERNANCE", EARLIER), BypassGovernanceRetention=True)
    s3.put_object_retention(**mild, **retention("COMPLIANCE", LATER))
    s3.put_object_retention(**strict, **retention("COMPLIANCE", LATER))
    assert s3.get_object_retention(**strict)["Retention"]["Mode"] == "COMPLIANCE"


@pytest.mark.truth("object-locked-in-a-plain-bucket", "retention-absent", "legal-hold-absent")
def test_locks_are_for_buckets_that_were_made_for_them(s3: Any, put: Put, refused: Refused) -> None:
    s3.create_bucket(Bucket="plain", CreateBucketConfiguration=HERE)
    with refused("InvalidRequest"):
        s3.put_object(Bucket="plain", Key="alert", Body=b"1", ObjectLockLegalHoldStatus="ON")
    unlocked = put()
    with refused("NoSuchObjectLockConfiguration"):
        s3.get_object_retention(**unlocked)
    with refused("NoSuchObjectLockConfiguration"):
        s3.get_object_legal_hold(**unlocked)
