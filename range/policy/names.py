"""The names of the language: condition operators with what goes before and after them, and how they are taken apart."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

_OPERATORS = (
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
)
"""Source: IAM User Guide, "IAM JSON policy elements: Condition operators" (read 2026-11-22)."""
_BY_LOWER = {name.lower(): name for name in _OPERATORS}
_IF_EXISTS = "ifexists"


class Quantifier(StrEnum):
    """How a condition looks at a key with several values."""

    ONE = ""
    ALL = "forallvalues"
    ANY = "foranyvalue"


@dataclass(frozen=True)
class Operator:
    """A condition operator, taken apart."""

    name: str
    """Without what goes before and after it, and without its Not: `StringEquals`, `IpAddress`."""
    negated: bool
    quantifier: Quantifier
    if_exists: bool


@cache
def operator(written: str) -> Operator | None:
    """Take an operator apart, however it is capitalised; None for one that isn't AWS's."""
    quantifier, colon, rest = written.lower().rpartition(":")
    if (colon and quantifier not in ("forallvalues", "foranyvalue")) or not written.isascii():
        return None
    if_exists = rest.endswith(_IF_EXISTS)
    name = _BY_LOWER.get(rest.removesuffix(_IF_EXISTS))
    if name is None or (name == "Null" and (if_exists or colon)):
        return None
    plain = "IpAddress" if name == "NotIpAddress" else name.replace("Not", "", 1)
    return Operator(plain, plain != name, Quantifier(quantifier), if_exists)


def is_operator(written: str) -> bool:
    """Say whether a condition operator is AWS's."""
    return operator(written) is not None
