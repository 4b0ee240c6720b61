"""What a bucket's policy lets AWS's own services write, and refuses to everybody else's accounts."""

from __future__ import annotations

from stacks.documents.language import Condition, Place, Statement, rendered, statement


def evidence_policy(place: Place, bucket: str, trail: str) -> str:
    """Let the account's trail and flow logs write, each bound to what is its own; see `archive_policy` for the rest.

    Source: AWS CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail"; Amazon VPC User Guide, "Publish flow
    logs to Amazon S3" (read 2026-11-22).
    """
    trail_arn = place.arn("cloudtrail", f"trail/{trail}")
    from_trail = {"StringEquals": {"aws:SourceArn": trail_arn}}
    return rendered(
        *_written_by("Trail", "cloudtrail.amazonaws.com", place, bucket, from_trail),
        *_written_by("FlowLogs", "delivery.logs.amazonaws.com", place, bucket, _delivered(place)),
        *_only_this_account(place, bucket),
    )


def archive_policy(place: Place, bucket: str) -> str:
    """Refuse whatever comes in clear, or from a principal of another account, allowed or not by anything else."""
    return rendered(*_only_this_account(place, bucket))


def _written_by(name: str, service: str, place: Place, bucket: str, condition: Condition) -> tuple[Statement, ...]:
    arn = place.bucket(bucket)
    owned = {**condition.get("StringEquals", {}), "s3:x-amz-acl": "bucket-owner-full-control"}
    logs = f"{arn}/AWSLogs/{place.account}/*"
    return (
        statement(
            f"{name}Looks",
            "Allow",
            ("s3:GetBucketAcl",),
            (arn,),
            principal={"Service": service},
            condition=condition,
        ),
        statement(
            f"{name}Write",
            "Allow",
            ("s3:PutObject",),
            (logs,),
            principal={"Service": service},
            condition={**condition, "StringEquals": owned},
        ),
    )


def _delivered(place: Place) -> Condition:
    return {
        "ArnLike": {"aws:SourceArn": place.arn("logs", "*")},
        "StringEquals": {"aws:SourceAccount": place.account},
    }


def _only_this_account(place: Place, bucket: str) -> tuple[Statement, Statement]:
    arns = (place.bucket(bucket), f"{place.bucket(bucket)}/*")
    return (
        statement(
            "NothingInClear",
            "Deny",
            ("s3:*",),
            arns,
            principal="*",
            condition={"Bool": {"aws:SecureTransport": "false"}},
        ),
        statement(
            "NobodyElse",
            "Deny",
            ("s3:*",),
            arns,
            principal="*",
            condition={
                "Bool": {"aws:PrincipalIsAWSService": "false"},
                "StringNotEquals": {"aws:PrincipalAccount": place.account},
            },
        ),
    )
