from __future__ import annotations

import json
from typing import Any

import pytest

from range.rehearsal.permissions import Asked, allows

ACCOUNT = "100000000002"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/blue"
NAMES = frozenset({ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ROLE, f"arn:aws:sts::{ACCOUNT}:assumed-role/blue/alice"})
CONTEXT = {"aws:principalaccount": [ACCOUNT], "s3:x-amz-acl": None}
ASKED = Asked(NAMES, "s3:GetObject", "arn:aws:s3:::b/[a]", CONTEXT)


def policy(**statement: Any) -> str:
    written = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "s3:*", "Resource": "*", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": written})


@pytest.mark.parametrize(
    ("statement", "allowed"),
    [
        ({}, True),
        ({"Principal": "*"}, True),
        ({"Principal": {"AWS": ACCOUNT}}, True),
        ({"Principal": {"Service": "ec2.amazonaws.com"}}, False),
        ({"Resource": "arn:aws:s3:::b/[a]*"}, True),
        ({"Resource": "arn:aws:s3:::b/[[]a]"}, False),
        ({"Condition": {"StringEquals": {"s3:x-amz-acl": "private"}}}, False),
        ({"Condition": {"StringNotEquals": {"s3:x-amz-acl": "public-read"}}}, True),
        ({"Condition": {"StringNotEquals": {"newservice:Key": "x"}}}, False),
        ({"Condition": {"StringIsh": {"s3:x-amz-acl": "private"}}}, False),
        ({"Effect": "Deny"}, False),
    ],
)
def test_a_resources_own_policy_has_to_allow_for_certain(statement: dict[str, Any], allowed: bool) -> None:
    assert allows(policy(**statement), ASKED) == allowed
