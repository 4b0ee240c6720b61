"""Who may use a key, for what, and through which service."""

from __future__ import annotations

from dataclasses import dataclass

from stacks.documents.language import Condition, Place, Statement, rendered, statement

_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
_ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:Describe*",
    "kms:DisableKey*",
    "kms:EnableKey*",
    "kms:Get*",
    "kms:List*",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)


@dataclass(frozen=True)
class KeyUsers:
    """Whom a key serves beside the services of its own account."""

    place: Place
    log_groups: str
    """Pattern of the log groups' names: `/range/steadfast/est/*`."""
    trail: str
    """The trail's name."""
    archivist: str | None = None
    """The ARN of a role of another account that keeps this account's archive, which is encrypted with this key."""


def key_policy(users: KeyUsers) -> str:
    """Let the account administer the key, and only services use it, each bound to the account's own things.

    Nobody decrypts by calling KMS directly: every use goes through EC2 (for EBS), S3 or Secrets Manager, or is a
    service's own. That leaves a player who takes over a role nothing to do with the key itself.

    Source: AWS KMS Developer Guide, "Default key policy", "kms:ViaService"; CloudWatch Logs User Guide, "Encrypt log
    data"; AWS CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail"; Amazon VPC User Guide, "Publish
    flow logs to Amazon S3" (all read 2026-11-22).
    """
    place = users.place
    statements = [
        statement("AccountAdministers", "Allow", _ADMINISTER, principal={"AWS": place.root}),
        statement("ThroughServices", "Allow", _USE, principal={"AWS": "*"}, condition=_through(place)),
        statement("VolumesByGrant", "Allow", ("kms:CreateGrant",), principal={"AWS": "*"}, condition=_grants(place)),
        _logs(users),
        _delivery(place),
        *_trail(users),
    ]
    if users.archivist is not None:
        condition: Condition = {"StringEquals": {"kms:ViaService": f"s3.{place.region}.amazonaws.com"}}
        statements.append(
            statement("Archive", "Allow", _USE, principal={"AWS": users.archivist}, condition=condition),
        )
    return rendered(*statements)


def _through(place: Place) -> Condition:
    services = [f"{name}.{place.region}.amazonaws.com" for name in ("ec2", "s3", "secretsmanager")]
    return {"StringEquals": {"kms:CallerAccount": place.account, "kms:ViaService": services}}


def _grants(place: Place) -> Condition:
    ec2 = f"ec2.{place.region}.amazonaws.com"
    return {
        "Bool": {"kms:GrantIsForAWSResource": "true"},
        "StringEquals": {"kms:CallerAccount": place.account, "kms:ViaService": ec2},
    }


def _logs(users: KeyUsers) -> Statement:
    group = users.place.arn("logs", f"log-group:{users.log_groups}")
    return statement(
        "Logs",
        "Allow",
        _USE,
        principal={"Service": f"logs.{users.place.region}.amazonaws.com"},
        condition={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": group}},
    )


def _delivery(place: Place) -> Statement:
    return statement(
        "FlowLogDelivery",
        "Allow",
        _USE,
        principal={"Service": "delivery.logs.amazonaws.com"},
        condition={
            "StringEquals": {"aws:SourceAccount": place.account},
            "ArnLike": {"aws:SourceArn": place.arn("logs", "*")},
        },
    )


def _trail(users: KeyUsers) -> tuple[Statement, Statement]:
    place = users.place
    trail = place.arn("cloudtrail", f"trail/{users.trail}")
    ours = {"aws:SourceArn": trail}
    any_trail = f"arn:{place.partition}:cloudtrail:*:{place.account}:trail/*"
    service = {"Service": "cloudtrail.amazonaws.com"}
    encrypt: Condition = {
        "StringEquals": ours,
        "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": any_trail},
    }
    return (
        statement("TrailEncrypts", "Allow", ("kms:GenerateDataKey*",), principal=service, condition=encrypt),
        statement("TrailLooks", "Allow", ("kms:DescribeKey",), principal=service, condition={"StringEquals": ours}),
    )
