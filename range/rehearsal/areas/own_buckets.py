"""Making a bucket: a new one has no lists that count; one that one has is in us-east-1 no error, and gets new ones' ACL.

Source: botocore 1.44.5, S3 2006-03-01, BucketAlreadyOwnedByYou (read 2026-11-22); Amazon S3 User Guide, "Default settings
for new S3 buckets FAQ" (read 2026-11-28).
"""

from __future__ import annotations

from typing import Any

from moto.s3.models import get_canned_acl, s3_backends

from range.rehearsal.call import Call
from range.rehearsal.callers import PARTITION
from range.rehearsal.messages import Answer


def create(call: Call) -> Answer:
    """Make a bucket, or let one of the caller's be as it is, but for its ACL."""
    buckets: dict[str, Any] = s3_backends[call.account][PARTITION].buckets
    name = call.params["Bucket"]
    before = buckets.get(name)
    answer = call.by_moto()
    if answer.status < 300 and before is None and not buckets[name].ownership_rule:
        buckets[name].ownership_rule = "BucketOwnerEnforced"
    if answer.status < 300 and before is not None:
        before.acl = get_canned_acl(call.params.get("ACL", "private"))
    return answer


OPERATIONS = {"CreateBucket": create}
