"""Small random policies and requests: few names, so that they meet.

Each is made from one number: drawing every word by itself would take ten times as long as what is tested.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

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
    "newservice:Key": ["x", "y"],
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


_Made = TypeVar("_Made")


def _numbered(make: Callable[[Random], _Made]) -> st.SearchStrategy[_Made]:
    return st.integers(0, 2**32 - 1).map(lambda number: make(Random(number)))


def _some(random: Random, values: list[str], most: int = 2) -> list[str]:
    return random.sample(values, random.randint(1, most))


def statement(random: Random, *, principal: bool = False, effect: str = "") -> Written:
    """Make one statement."""

    def perhaps_not(element: str) -> str:
        return random.choice(["", "", "", "Not"]) + element

    written: Written = {"Effect": effect or random.choice(["Allow", "Allow", "Allow", "Deny"])}
    for element, patterns in (("Action", ACTION_PATTERNS), ("Resource", ARN_PATTERNS)):
        if random.random() < 0.4:
            written[element] = "*"
        else:
            written[perhaps_not(element)] = _some(random, patterns)
    if principal:
        written[perhaps_not("Principal")] = {"AWS": _some(random, NAMED, 3)}
    lines = random.sample(LINES, random.choice([0, 0, 0, 1, 2]))
    written["Condition"] = {operator: line for each in lines for operator, line in each.items()}
    return written


def fence(random: Random) -> Written:
    """Make a statement of a resource control policy."""
    made = statement(random, effect="Deny")
    made.pop("NotAction", None)
    return {"Action": random.choice(["*", "s3:*", "ec2:*"]), **made, "Principal": "*"}


def document(random: Random, *, principal: bool = False) -> list[Written]:
    """Make the statements of a document."""
    return [statement(random, principal=principal) for _ in range(random.randint(1, 4))]


def request(random: Random, who: str = "", owner: str = "") -> Request:
    """Make a request of somebody for an object in either account."""
    context = {key: random.choice(values) for key, values in CONTEXTS.items() if random.random() < 0.5}
    caller = CALLERS[who or random.choice(sorted(CALLERS))]
    owner = owner or random.choice([ACCOUNT, ACCOUNT, OTHER])
    return asked(caller, random.choice(ACTIONS), random.choice(ARNS), owner, context)


def world(random: Random) -> Written:
    """Make policies for some of the layers, as a row of the cases."""
    row: Written = {"identity": document(random)}
    for name in ("boundary", "session"):
        if random.random() < 0.4:
            row[name] = document(random)
    for name in ("resource", "endpoint"):
        if random.random() < 0.4:
            row[name] = document(random, principal=True)
    if random.random() < 0.4:
        row["service_control"] = [[document(random)] for _ in range(random.randint(1, 2))]
    if random.random() < 0.3:
        everybody = [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]
        fences = [fence(random) for _ in range(random.randint(0, 2))]
        row["resource_control"] = [[everybody, fences]] if fences else [[everybody]]
    return row


requests = _numbered(request)
worlds = _numbered(world)
documents = _numbered(document)
denies = _numbered(lambda random: statement(random, effect="Deny"))
allows = _numbered(lambda random: statement(random, effect="Allow"))
