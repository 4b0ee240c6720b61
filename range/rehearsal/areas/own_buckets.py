"""Making a bucket that one has: in us-east-1 that is no error, and gives the bucket the ACL that new ones have.

Source: botocore 1.44.5, S3 2006-03-01, BucketAlreadyOwnedByYou (read 2026-11-22).
"""

from __future__ import annotations

from moto.s3.models import get_canned_acl, s3_backends

from range.rehearsal.call import Call
from range.rehearsal.callers import PARTITION
from range.rehearsal.messages import Answer


def create(call: Call) -> Answer:
    """Make a bucket, or let one of the caller's be as it is, but for its ACL."""
    before = s3_backends[call.account][PARTITION].buckets.get(call.params["Bucket"])
    answer = call.by_moto()
    if answer.status < 300 and before is not None:
        before.acl = get_canned_acl(call.params.get("ACL", "private"))
    return answer


OPERATIONS = {"CreateBucket": create}
