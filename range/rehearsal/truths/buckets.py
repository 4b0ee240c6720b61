"""S3 buckets, their policies and their objects."""

from __future__ import annotations

import json
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.roles import exists
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import stores

_MODEL = "botocore 1.44.5, S3 2006-03-01, {} (read 2026-11-22)"
_MEMORY = "none opened (general knowledge)"


def _bucket(call: Call) -> Any:
    """Find the bucket that a call names, whoever owns it; None where there is none."""
    name = call.params.get("Bucket")
    return next((s3.buckets[name] for s3 in stores(call) if name in s3.buckets), None)


def _ownership(bucket: Any) -> str:
    """Give a bucket's object ownership; without a setting, whoever wrote an object owns it, as it was before there were any."""
    return str(bucket.ownership_rule or "ObjectWriter")


def _acls_are_off(call: Call) -> str | None:
    bucket = _bucket(call)
    asked = call.params.get("ACL", "private" if call.operation != "PutBucketAcl" else "any")
    if (
        bucket is None
        or asked in ("private", "bucket-owner-full-control")
        or _ownership(bucket) != "BucketOwnerEnforced"
    ):
        return None
    return "The bucket does not allow ACLs"


def _statements(call: Call) -> list[Any]:
    """Read the statements of the bucket policy that a call carries."""
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


def _public(call: Call) -> str | None:
    bucket = _bucket(call)
    block = bucket.public_access_block if bucket is not None else None
    if block is None or str(block.block_public_policy).lower() != "true":
        return None
    for statement in _statements(call):
        if statement.get("Effect") == "Allow" and "*" in _principals(statement) and not statement.get("Condition"):
            return "Access Denied: public policies are blocked by the BlockPublicPolicy setting"
    return None


def _of_a_stranger(call: Call) -> str | None:
    for principal in (each for statement in _statements(call) for each in _principals(statement)):
        account, _, name = principal.removeprefix("arn:aws:iam::").partition(":")
        kind, _, path = name.partition("/")
        if kind in ("role", "user") and not exists(call, account, kind, path.rpartition("/")[2]):
            return "Invalid principal in policy"
    return None


def _of_another_bucket(call: Call) -> str | None:
    own = f"arn:aws:s3:::{call.params.get('Bucket')}"
    for statement in _statements(call):
        named = statement.get("Resource", [])
        for resource in [named] if isinstance(named, str) else named:
            if resource != own and not resource.startswith(f"{own}/"):
                return "Policy has invalid resource"
    return None


def _locked(call: Call) -> str | None:
    bucket = _bucket(call)
    asked = call.params.get("VersioningConfiguration", {}).get("Status")
    if bucket is None or not bucket.object_lock_enabled or asked != "Suspended":
        return None
    return "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."


def _unknown_destination(call: Call) -> str | None:
    asked = call.params.get("NotificationConfiguration", {})
    kinds = (("QueueConfigurations", "QueueArn", "sqs"), ("TopicConfigurations", "TopicArn", "sns"))
    for key, arn_key, service in kinds:
        for each in asked.get(key, ()):
            if not _has(call, service, each[arn_key]):
                return "Unable to validate the following destination configurations"
    return None


def _has(call: Call, service: str, arn: str) -> bool:
    """Say whether a queue or topic exists."""
    if service == "sqs":
        return any(queue.queue_arn == arn for kept in stores(call, "sqs") for queue in kept.queues.values())
    return any(arn in kept.topics for kept in stores(call, "sns"))


TRUTHS = (
    Truth(
        name="bucket-not-empty",
        calls=("s3.DeleteBucket",),
        when="objects, versions or delete markers remain",
        code="BucketNotEmpty",
        source="localstack/localstack, tests/aws/services/s3: recorded from AWS (read 2026-11-22)",
        confidence="seen_in_issue",
    ),
    Truth(
        name="bucket-yours-already",
        calls=("s3.CreateBucket",),
        when="the caller owns it, outside us-east-1",
        code="BucketAlreadyOwnedByYou",
        source=_MODEL.format("BucketAlreadyOwnedByYou"),
        confidence="documented",
    ),
    Truth(
        name="bucket-of-somebody-else",
        calls=("s3.CreateBucket",),
        when="another account owns it",
        code="BucketAlreadyExists",
        source=_MODEL.format("BucketAlreadyExists"),
        confidence="documented",
    ),
    Truth(
        name="bucket-elsewhere",
        calls=("s3.CreateBucket",),
        when="the location differs from the endpoint's Region",
        code="IllegalLocationConstraintException",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="bucket-in-us-east-1",
        calls=("s3.CreateBucket",),
        when="the location is given as us-east-1",
        code="InvalidLocationConstraint",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="bucket-without-acls",
        calls=("s3.PutBucketAcl", "s3.PutObject", "s3.PutObjectAcl"),
        when="the bucket enforces its owner's ownership, as new ones do, and the call carries an ACL",
        code="AccessControlListNotSupported",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_acls_are_off,
    ),
    Truth(
        name="bucket-policy-public",
        calls=("s3.PutBucketPolicy",),
        when="the policy is public and the bucket blocks public policies",
        code="AccessDenied",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_public,
        status=403,
    ),
    Truth(
        name="bucket-policy-of-a-stranger",
        calls=("s3.PutBucketPolicy",),
        when="the policy names a role or user that doesn't exist",
        code="MalformedPolicy",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_of_a_stranger,
    ),
    Truth(
        name="bucket-policy-of-another-bucket",
        calls=("s3.PutBucketPolicy",),
        when="a statement's resource is another bucket",
        code="MalformedPolicy",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_of_another_bucket,
    ),
    Truth(
        name="bucket-replicated-unversioned",
        calls=("s3.PutBucketReplication",),
        when="versioning is off",
        code="InvalidRequest",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="bucket-locked-suspended",
        calls=("s3.PutBucketVersioning",),
        when="versioning of a bucket with Object Lock is to be suspended",
        code="InvalidBucketState",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_locked,
        status=409,
    ),
    Truth(
        name="bucket-notifies-nobody",
        calls=("s3.PutBucketNotificationConfiguration",),
        when="the queue or topic doesn't exist",
        code="InvalidArgument",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_unknown_destination,
    ),
)
