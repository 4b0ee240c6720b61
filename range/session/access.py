"""Participants' way in: short-lived credentials of the participants' role, and taking them back."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.session import Access

REVOKED = "range-revoked-sessions"
"""The inline policy that takes sessions back."""
LONGEST_S = 3600
"""The most that a chained role session gets. Source: IAM User Guide, "Roles terms and concepts" (read 2026-11-22)."""


def role_name(exercise: str, enclave: str) -> str:
    """Name the participants' role of an enclave."""
    return f"{exercise}-{enclave}-as-participant"


def role_arn(exercise: str, enclave: str, account: str) -> str:
    """Give the ARN of the participants' role of an enclave."""
    return f"arn:aws:iam::{account}:role/{role_name(exercise, enclave)}"


def open_access(account: Account, exercise: str, enclave: str, team: str) -> Access:
    """Give a team credentials in an enclave, for an hour at most; asked again they are new ones.

    Raises:
        CloudError: AWS refused.
    """
    arn = role_arn(exercise, enclave, account.id)
    answer = account.call("sts", "assume_role", RoleArn=arn, RoleSessionName=f"team-{team}", DurationSeconds=LONGEST_S)
    got = answer["Credentials"]
    return Access(
        enclave=enclave,
        account=account.id,
        role_arn=arn,
        access_key_id=got["AccessKeyId"],
        secret_access_key=got["SecretAccessKey"],
        session_token=got["SessionToken"],
        expires=got["Expiration"],
    )


def revoke(account: Account, exercise: str, enclave: str, moment: datetime) -> bool:
    """Take back every session of the participants' role that was issued before a moment; False where there is no role.

    Source: IAM User Guide, "Revoke IAM role temporary security credentials" (read 2026-11-22).
    """
    everything = {
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [everything]})
    role = role_name(exercise, enclave)
    try:
        account.call("iam", "put_role_policy", RoleName=role, PolicyName=REVOKED, PolicyDocument=document)
    except CloudError as refused:
        if refused.code != "NoSuchEntity":
            raise
        return False
    return True


def forget_revocation(account: Account, exercise: str, enclave: str) -> None:
    """Take the revocation away, once every session that it was for has expired by itself, or its role is made anew."""
    try:
        account.call("iam", "delete_role_policy", RoleName=role_name(exercise, enclave), PolicyName=REVOKED)
    except CloudError as refused:
        if refused.code != "NoSuchEntity":
            raise
