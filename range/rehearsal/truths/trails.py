"""CloudTrail trails: what a trail needs before it can be made."""

from __future__ import annotations

from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store, stores

_MODEL = "botocore 1.44.5, CloudTrail 2013-11-01, CreateTrail (read 2026-11-22)"
TRAILS_PER_REGION = 5


def _bucket(call: Call) -> Any:
    """Find the bucket that a trail is to write to, whoever owns it; None where there is none."""
    name = call.params.get("S3BucketName")
    return next((s3.buckets[name] for s3 in stores(call, "s3") if name in s3.buckets), None)


def _unwritable_bucket(call: Call) -> str | None:
    bucket = _bucket(call)
    if bucket is None or (bucket.policy and b"cloudtrail.amazonaws.com" in bytes(bucket.policy)):
        return None
    return f"Incorrect S3 bucket policy is detected for bucket: {bucket.name}"


def _name_taken(call: Call) -> str | None:
    name = call.params.get("Name")
    if name not in store(call).trails:
        return None
    return f"Trail {name} already exists for customer: {call.account}"


def _over_quota(call: Call) -> str | None:
    if len(store(call).trails) < TRAILS_PER_REGION:
        return None
    return f"User: {call.account} already has {TRAILS_PER_REGION} trails in {call.region}."


def _not_the_organisations(call: Call) -> str | None:
    if not call.params.get("IsOrganizationTrail") or store(call, "organizations").org is not None:
        return None
    return "The request could not be processed because the account is not the management account of an organization."


def _unknown_log_group(call: Call) -> str | None:
    arn = call.params.get("CloudWatchLogsLogGroupArn")
    if not arn or arn.split(":log-group:")[-1].partition(":")[0] in store(call, "logs").groups:
        return None
    return "CloudTrail cannot validate the specified log group ARN."


def _unassumable_role(call: Call) -> str | None:
    arn = call.params.get("CloudWatchLogsRoleArn")
    if not arn:
        return None
    role = next((each for each in store(call, "iam").roles.values() if each.arn == arn), None)
    if role is not None and "cloudtrail.amazonaws.com" in role.assume_role_policy_document:
        return None
    return "CloudTrail cannot assume the specified role, or there is none of that ARN."


def _key(call: Call) -> Any:
    """Find the key that a call names, by id, ARN or alias; None where it names none, or there is none."""
    named = call.params.get("KmsKeyId")
    if not named:
        return None
    kms = store(call, "kms", account=named.split(":")[4] if named.startswith("arn:") else call.account)
    return kms.keys.get(kms.any_id_to_key_id(kms.get_key_id(named)))


def _unknown_key(call: Call) -> str | None:
    named = call.params.get("KmsKeyId")
    return f"KMS key {named} does not exist." if named and _key(call) is None else None


def _disabled_key(call: Call) -> str | None:
    key = _key(call)
    return None if key is None or key.key_state == "Enabled" else f"KMS key {key.arn} is {key.key_state}."


def _key_of_others(call: Call) -> str | None:
    key = _key(call)
    if key is None or "cloudtrail.amazonaws.com" in key.policy:
        return None
    return f"Insufficient permissions to access S3 bucket {call.params.get('S3BucketName')} or KMS key {key.arn}."


TRUTHS = (
    Truth(
        name="trail-without-bucket",
        calls=("cloudtrail.CreateTrail",),
        when="the bucket doesn't exist",
        code="S3BucketDoesNotExistException",
        source=_MODEL,
        confidence="documented",
    ),
    Truth(
        name="trail-bucket-unwritable",
        calls=("cloudtrail.CreateTrail", "cloudtrail.UpdateTrail"),
        when="the bucket's policy doesn't let CloudTrail write",
        code="InsufficientS3BucketPolicyException",
        source="https://github.com/boto/boto3/issues/1766",
        confidence="seen_in_issue",
        check=_unwritable_bucket,
    ),
    Truth(
        name="trail-name-taken",
        calls=("cloudtrail.CreateTrail",),
        when="the Region has a trail of that name",
        code="TrailAlreadyExistsException",
        source=_MODEL,
        confidence="documented",
        check=_name_taken,
    ),
    Truth(
        name="trails-over-quota",
        calls=("cloudtrail.CreateTrail",),
        when=f"the Region has {TRAILS_PER_REGION}",
        code="MaximumNumberOfTrailsExceededException",
        source=f"{_MODEL}; the figure is from memory",
        confidence="documented",
        check=_over_quota,
    ),
    Truth(
        name="trail-of-an-organisation",
        calls=("cloudtrail.CreateTrail",),
        when="a member account asks for the organisation's trail",
        code="NotOrganizationMasterAccountException",
        source=_MODEL,
        confidence="documented",
        check=_not_the_organisations,
    ),
    Truth(
        name="trail-log-group-unknown",
        calls=("cloudtrail.CreateTrail",),
        when="the log group doesn't exist",
        code="InvalidCloudWatchLogsLogGroupArnException",
        source=_MODEL,
        confidence="documented",
        check=_unknown_log_group,
    ),
    Truth(
        name="trail-role-unassumable",
        calls=("cloudtrail.CreateTrail",),
        when="the role that is to write to the log group doesn't exist, or doesn't trust CloudTrail",
        code="InvalidCloudWatchLogsRoleArnException",
        source=_MODEL,
        confidence="documented",
        check=_unassumable_role,
    ),
    Truth(
        name="trail-key-unknown",
        calls=("cloudtrail.CreateTrail",),
        when="the key doesn't exist",
        code="KmsKeyNotFoundException",
        source=_MODEL,
        confidence="documented",
        check=_unknown_key,
    ),
    Truth(
        name="trail-key-disabled",
        calls=("cloudtrail.CreateTrail",),
        when="the key is disabled, or pending deletion",
        code="KmsKeyDisabledException",
        source=_MODEL,
        confidence="documented",
        check=_disabled_key,
    ),
    Truth(
        name="trail-key-of-others",
        calls=("cloudtrail.CreateTrail",),
        when="the key's policy doesn't name CloudTrail",
        code="InsufficientEncryptionPolicyException",
        source=_MODEL,
        confidence="documented",
        check=_key_of_others,
    ),
)
