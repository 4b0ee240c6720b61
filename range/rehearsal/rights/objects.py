"""What S3's calls are about: a bucket, an object in it, or the account.

Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations" (read 2026-11-28).
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from range.rehearsal.call import Call
from range.rehearsal.callers import PARTITION

_VERSIONED = frozenset({"s3:GetObject", "s3:DeleteObject", "s3:GetObjectAcl", "s3:PutObjectAcl", "s3:GetObjectTagging"})
"""Actions that have another name where a call names a version."""


def asked(call: Call, action: str) -> Iterator[tuple[str, str]]:
    """Give the action on everything that the call names."""
    params = call.params
    bucket = params.get("Bucket")
    if bucket is None or call.operation == "CreateBucket":
        yield action, "*" if bucket is None else _bucket(bucket)
    elif call.operation == "DeleteObjects":
        return  # refused object by object, in `areas.objects`
    elif "Key" in params:
        yield _versioned(action, params.get("VersionId")), f"{_bucket(bucket)}/{params['Key']}"
    else:
        yield action, _bucket(bucket)
    yield from _besides(call)


def _besides(call: Call) -> Iterator[tuple[str, str]]:
    """Give what a call does besides: read what it copies, and give away what it writes."""
    params = call.params
    source = params.get("CopySource")
    if isinstance(source, str):
        name, _, version = unquote(source).lstrip("/").partition("?versionId=")
        yield _versioned("s3:GetObject", version), f"arn:{PARTITION}:s3:::{name}"
    gives = params.get("ACL", "private") != "private" or any(key.startswith("Grant") for key in params)
    if gives and call.operation == "CreateBucket":
        yield "s3:PutBucketAcl", _bucket(params["Bucket"])
    elif gives and call.operation in ("PutObject", "CopyObject", "CreateMultipartUpload"):
        yield "s3:PutObjectAcl", f"{_bucket(params['Bucket'])}/{params['Key']}"


def _versioned(action: str, version: str | None) -> str:
    if not version or action not in _VERSIONED:
        return action
    return action.replace("Object", "ObjectVersion", 1)


def _bucket(name: str) -> str:
    return f"arn:{PARTITION}:s3:::{name}"
