"""Instance sizes: how much of a family's `large` each of them is."""

from __future__ import annotations

import re

_LARGES = {"nano": 1 / 16, "micro": 1 / 8, "small": 1 / 4, "medium": 1 / 2, "large": 1.0, "xlarge": 2.0}
_BURSTABLE = {"t3", "t3a", "t4g"}


def larges(size: str) -> float | None:
    """Give a size in units of its family's `large`, which is how AWS scales price and vCPUs; None where it doesn't.

    Source: Amazon EC2 User Guide, "Instance types"; the prices of t3 in the tables double with every size
    (read 2026-11-22).
    """
    name = size.partition(".")[2]
    if name in _LARGES:
        return _LARGES[name]
    many = re.fullmatch(r"([0-9]{1,2})xlarge", name)
    return 2.0 * int(many[1]) if many else None


def vcpus(size: str) -> int:
    """Give the vCPUs of a size; those of bare metal aren't known here and count as the largest, 96.

    Source: Amazon EC2 instance types, "vCPUs": a `large` has 2 and every doubling doubles them; burstable families
    have 2 below `large` as well, t2's smaller ones 1 (read 2026-11-22).
    """
    family, _, name = size.partition(".")
    units = larges(size)
    if units is None:
        return 96
    if units >= 1:
        return int(2 * units)
    return 2 if family in _BURSTABLE or (family == "t2" and name == "medium") else 1
