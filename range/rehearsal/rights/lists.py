"""Access control lists of buckets and objects, as the statements that they amount to, where they count at all.

Everybody who comes through this door has signed, so both groups of strangers are everybody. Whom a list names by a
canonical id can't be told here: moto has one such id for all accounts.

Source: Amazon S3 User Guide, "Access control list (ACL) overview", mapping of ACL permissions and access policy
permissions (read 2026-11-28).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from range.rehearsal.callers import PARTITION

_STRANGERS = ("/groups/global/AllUsers", "/groups/global/AuthenticatedUsers")
_FULL = "FULL_CONTROL"
_OF_BUCKETS: Mapping[str, tuple[str, ...]] = {
    "READ": ("s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"),
    "WRITE": ("s3:PutObject",),
    "READ_ACP": ("s3:GetBucketAcl",),
    "WRITE_ACP": ("s3:PutBucketAcl",),
}
_OF_OBJECTS: Mapping[str, tuple[str, ...]] = {
    "READ": ("s3:GetObject", "s3:GetObjectVersion"),
    "READ_ACP": ("s3:GetObjectAcl", "s3:GetObjectVersionAcl"),
    "WRITE_ACP": ("s3:PutObjectAcl", "s3:PutObjectVersionAcl"),
}


def with_lists(policy: str | None, bucket: Any, key: str) -> str | None:
    """Give a bucket's policy with what the lists on it, and on one of its objects, allow besides."""
    if bucket.ownership_rule == "BucketOwnerEnforced":
        return policy
    block = bucket.public_access_block
    if block is not None and str(block.ignore_public_acls).lower() == "true":
        return policy
    kept = bucket.keys.get(key) if key else None
    actions = [*_given(bucket.acl, _OF_BUCKETS), *(_given(kept.acl, _OF_OBJECTS) if kept is not None else ())]
    return _added(policy, bucket.name, actions) if actions else policy


def _given(acl: Any, meanings: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Give the actions that a list leaves to strangers."""
    for grant in acl.grants if acl is not None else ():
        if any(str(grantee.uri).endswith(_STRANGERS) for grantee in grant.grantees):
            for permission in meanings if _FULL in grant.permissions else grant.permissions:
                yield from meanings.get(permission, ())


def _added(policy: str | None, name: str, actions: list[str]) -> str | None:
    """Add a statement to a policy; one that can't be read stays as it is, and lets nobody in."""
    arn = f"arn:{PARTITION}:s3:::{name}"
    resources = {"Resource": [arn, f"{arn}/*"]}
    statement = {"Sid": "AccessControlList", "Effect": "Allow", "Principal": "*", "Action": actions, **resources}
    try:
        document = json.loads(policy) if policy else {"Version": "2012-10-17", "Statement": []}
        written = document["Statement"]
    except (ValueError, TypeError, KeyError):
        return policy
    return json.dumps({**document, "Statement": [*(written if isinstance(written, list) else [written]), statement]})
