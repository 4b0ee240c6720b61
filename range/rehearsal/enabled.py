"""The Regions that the accounts of a rehearsal may use: AWS's own, or fewer where fewer are to be looked at."""

from __future__ import annotations

import os
from functools import cache

from range.errors import InputError

ENABLED = frozenset(
    [
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ]
)
"""Enabled in every account. Source: Account Management Guide, "Enable or disable AWS Regions"; from memory, 2026-11-22."""

VARIABLE = "RANGE_REHEARSAL_REGIONS"
"""Names some of them, separated by commas, for a rehearsal in which fewer are to be looked at."""


@cache
def enabled() -> frozenset[str]:
    """Give the Regions that are enabled in this process's cloud.

    Raises:
        InputError: the variable names one that no account has.
    """
    named = frozenset(filter(None, os.environ.get(VARIABLE, "").split(",")))
    if named - ENABLED:
        unknown = ", ".join(sorted(named - ENABLED))
        raise InputError(f"{VARIABLE} names {unknown}", hint=f"valid: {', '.join(sorted(ENABLED))}")
    return named or ENABLED
