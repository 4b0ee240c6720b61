"""How a policy document is written: ARNs of one account, statements, and their text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Condition = Mapping[str, Mapping[str, str | Sequence[str]]]
Principal = str | Mapping[str, str | Sequence[str]]
Statement = dict[str, object]

EVERYTHING = ("*",)
"""The resource of an action that knows no finer one, or of a policy that means them all."""


@dataclass(frozen=True)
class Place:
    """One account in one Region: what ARNs are made of."""

    region: str
    account: str

    @property
    def partition(self) -> str:
        """The world of accounts that the Region belongs to; China's is left out, its services have other names.

        Source: IAM User Guide, "Amazon Resource Names (ARNs)" (read 2026-11-22).
        """
        return "aws-us-gov" if self.region.startswith("us-gov-") else "aws"

    def arn(self, service: str, resource: str) -> str:
        """Name something that lives in this account and Region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{resource}"

    def iam(self, resource: str) -> str:
        """Name something of IAM, which has no Region: `role/range-controller`."""
        return f"arn:{self.partition}:iam::{self.account}:{resource}"

    def bucket(self, name: str) -> str:
        """Name a bucket; bucket ARNs carry neither Region nor account."""
        return f"arn:{self.partition}:s3:::{name}"

    @property
    def root(self) -> str:
        """The account itself, as a principal: whoever its own IAM policies allow."""
        return self.iam("root")


def statement(
    sid: str,
    effect: Literal["Allow", "Deny"],
    actions: Sequence[str],
    resources: Sequence[str] | None = EVERYTHING,
    *,
    principal: Principal | None = None,
    condition: Condition | None = None,
) -> Statement:
    """Write one statement; `resources=None` is for trust policies, which have none."""
    written: Statement = {"Sid": sid, "Effect": effect, "Action": _one_or_many(actions)}
    if resources is not None:
        written["Resource"] = _one_or_many(resources)
    if principal is not None:
        written["Principal"] = principal
    if condition is not None:
        written["Condition"] = condition
    return written


def rendered(*statements: Statement) -> str:
    """Write a whole document, the same text every time, and without blanks: they count in AWS's limits."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return json.dumps(document, separators=(",", ":"), sort_keys=True)


def _one_or_many(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
