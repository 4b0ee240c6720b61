"""Small random policies and requests: few names, so that they meet."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from range.policy.request import Request, asked
from tests.policy.documents import ACCOUNT, ALICE, CALLERS, OTHER, ROLE, SESSION

Written = dict[str, Any]

ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:PutObjectAcl", "ec2:RunInstances"]
ACTION_PATTERNS = ["*", "s3:*", "s3:Get*", "s3:P?tObject", "S3:PUTOBJECT*", "ec2:*", "*:*Object"]
ARNS = [f"arn:aws:s3:::{bucket}/{key}" for bucket in ("a", "ab") for key in ("x", "alice/x")]
ARN_PATTERNS = [
    "*",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::a*",
    "arn:aws:s3:::?b/x",
    "arn:*:s3:::*/x",
    "arn:aws:s3:::a/${aws:username}/*",
    "arn:aws:*",
    "arn:aws:ec2:*:*:instance/*",
]
NAMED = ["*", ALICE, ROLE, SESSION, ACCOUNT, OTHER, f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:iam::{OTHER}:role/x"]
CONTEXTS: dict[str, list[Any]] = {
    "aws:SourceVpc": ["vpc-1", "vpc-2"],
    "aws:TagKeys": [["a"], ["a", "b"], []],
    "aws:SecureTransport": ["true", "false"],
    "s3:max-keys": ["5", "10"],
}
LINES: list[Written] = [
    {"StringEquals": {"aws:SourceVpc": "vpc-1"}},
    {"StringNotEquals": {"aws:SourceVpc": ["vpc-1", "vpc-3"]}},
    {"StringLikeIfExists": {"aws:SourceVpc": "vpc-?"}},
    {"Null": {"aws:SourceVpc": "false"}},
    {"ForAnyValue:StringLike": {"aws:TagKeys": ["a*"]}},
    {"ForAllValues:StringEquals": {"aws:TagKeys": ["a"]}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"NumericLessThan": {"s3:max-keys": "10"}},
    {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    {"StringNotEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}},
    {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/*"}},
    {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::*:user/team/alice"}},
    {"StringEquals": {"aws:username": "alice"}},
    {"StringEquals": {"newservice:Key": "x"}},
]


def _some(values: list[str], most: int = 2) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)


@st.composite
def statements(draw: st.DrawFn, *, principal: bool = False, effect: str = "") -> Written:
    """Draw one statement."""
    negated = st.sampled_from(["", "", "", "Not"])
    written: Written = {"Effect": effect or draw(st.sampled_from(["Allow", "Deny"]))}
    written[f"{draw(negated)}Action"] = draw(_some(ACTION_PATTERNS))
    written[f"{draw(negated)}Resource"] = draw(_some(ARN_PATTERNS))
    if principal:
        written[f"{draw(negated)}Principal"] = {"AWS": draw(_some(NAMED, 3))}
    lines = draw(st.lists(st.sampled_from(LINES), max_size=2))
    written["Condition"] = {operator: line for each in lines for operator, line in each.items()}
    return written


def documents(*, principal: bool = False) -> st.SearchStrategy[list[Written]]:
    """Draw the statements of a document."""
    return st.lists(statements(principal=principal), min_size=1, max_size=4)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Draw a request of somebody for an object in either account."""
    context = {key: draw(st.sampled_from(values)) for key, values in CONTEXTS.items() if draw(st.booleans())}
    caller = CALLERS[draw(st.sampled_from(sorted(CALLERS)))]
    owner = draw(st.sampled_from([ACCOUNT, OTHER]))
    return asked(caller, draw(st.sampled_from(ACTIONS)), draw(st.sampled_from(ARNS)), owner, context)


@st.composite
def worlds(draw: st.DrawFn) -> Written:
    """Draw policies for some of the layers, as a row of the cases."""
    row: Written = {"identity": draw(documents())}
    for name in ("boundary", "session"):
        if draw(st.booleans()):
            row[name] = draw(documents())
    for name in ("resource", "endpoint"):
        if draw(st.booleans()):
            row[name] = draw(documents(principal=True))
    if draw(st.booleans()):
        row["service_control"] = draw(st.lists(st.lists(documents(), min_size=1, max_size=2), max_size=2))
    return row
