"""Who may take a role, what it may do, and the boundary that nothing inside an enclave gets past."""

from __future__ import annotations

from stacks.documents.language import Condition, Place, Statement, rendered, statement

_OURS: Condition = {"Null": {"aws:ResourceTag/range:state": "false"}}
"""Holds for what the stacks made: everything carries the tag, and a guardrail keeps others from setting it."""


def trusted_service(service: str) -> str:
    """Let one AWS service take the role: `ec2.amazonaws.com`."""
    return rendered(statement("Service", "Allow", ("sts:AssumeRole",), None, principal={"Service": service}))


def trusted_flow_logs(place: Place) -> str:
    """Let flow logs take the role, for flow logs of this account only (else: a confused deputy).

    Source: Amazon VPC User Guide, "IAM role for publishing flow logs to CloudWatch Logs" (read 2026-11-22).
    """
    return rendered(
        statement(
            "FlowLogs",
            "Allow",
            ("sts:AssumeRole",),
            None,
            principal={"Service": "vpc-flow-logs.amazonaws.com"},
            condition={
                "ArnLike": {"aws:SourceArn": place.arn("ec2", "vpc-flow-log/*")},
                "StringEquals": {"aws:SourceAccount": place.account},
            },
        )
    )


def trusted_account(place: Place) -> str:
    """Let people who are already in the account take the role, with whatever identity the account gives them."""
    return rendered(statement("Account", "Allow", ("sts:AssumeRole",), None, principal={"AWS": place.root}))


def writes_flow_logs(place: Place, log_group: str) -> str:
    """Write into one log group, but never make it: a late record must not bring a deleted group back."""
    group = place.arn("logs", f"log-group:{log_group}")
    return rendered(
        statement("Find", "Allow", ("logs:DescribeLogGroups", "logs:DescribeLogStreams")),
        statement("Write", "Allow", ("logs:CreateLogStream", "logs:PutLogEvents"), (group, f"{group}:*")),
    )


def answers_session_manager() -> str:
    """What an instance needs for Session Manager, and no more.

    Source: AWS Systems Manager User Guide, "Verify or add instance permissions for Session Manager" (read 2026-11-22).
    """
    return rendered(
        statement(
            "SessionManager",
            "Allow",
            (
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
            ),
        )
    )


def plays(place: Place, secret_pattern: str) -> str:
    """What a participant may do: look at everything, run the team's machines, and build beside them."""
    return rendered(
        statement("LookAtThings", "Allow", ("cloudwatch:*", "ec2:Describe*", "ec2:Get*", "tag:Get*")),
        statement("LookAtCalls", "Allow", ("cloudtrail:LookupEvents",)),
        statement("ReadLogs", "Allow", ("logs:Describe*", "logs:FilterLogEvents", "logs:Get*", "logs:StartQuery")),
        statement("Own", "Allow", ("ec2:*", "s3:*", "ssm:*"), condition=_in(place)),
        statement("RunPublicImages", "Allow", ("ec2:RunInstances",), (f"arn:{place.partition}:ec2:*::image/*",)),
        statement(
            "HostPassword",
            "Allow",
            ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
            (place.arn("secretsmanager", f"secret:{secret_pattern}"),),
        ),
    )


def boundary(place: Place, kept_buckets: tuple[str, ...]) -> str:
    """What no role inside an enclave gets past, whatever policies somebody attaches to it.

    It names services instead of allowing all; keeps what the stacks made as the stacks made it (players start and stop
    the declared machines and open sessions on them, no more); and leaves evidence to be read only.
    """
    kept = tuple(f"{place.bucket(name)}{end}" for name in kept_buckets for end in ("", "/*"))
    return rendered(
        statement(
            "Services",
            "Allow",
            (
                "cloudtrail:LookupEvents",
                "cloudwatch:*",
                "ec2:*",
                "ec2messages:*",
                "logs:*",
                "s3:*",
                "secretsmanager:*",
                "ssm:*",
                "ssmmessages:*",
                "tag:Get*",
            ),
        ),
        _declared_things_stay(),
        statement("EvidenceStays", "Deny", ("s3:Delete*", "s3:Put*", "s3:Restore*"), kept),
    )


def _declared_things_stay() -> Statement:
    left_to_players = [
        "ec2:AttachVolume",
        "ec2:CreateNetworkInterface",
        "ec2:CreateSnapshot*",
        "ec2:Describe*",
        "ec2:Get*",
        "ec2:RebootInstances",
        "ec2:RunInstances",
        "ec2:StartInstances",
        "ec2:StopInstances",
        "logs:Describe*",
        "logs:Filter*",
        "logs:Get*",
        "logs:StartQuery",
        "s3:Get*",
        "s3:List*",
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "ssm:*",
        "ssmmessages:*",
    ]
    return {
        "Sid": "DeclaredThingsStay",
        "Effect": "Deny",
        "NotAction": left_to_players,
        "Resource": "*",
        "Condition": _OURS,
    }


def _in(place: Place) -> Condition:
    return {"StringEquals": {"aws:ResourceAccount": place.account}}
