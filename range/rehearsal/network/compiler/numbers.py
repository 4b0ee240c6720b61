"""Numbers that stand for ids in packet marks: the same from one compilation to the next, so that little changes."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

NEAR, FAR, SHOWN, INTERNET = 1, 2, 3, 4
"""How a packet got from its route's end to the other: inside a VPC or by peering, where rules may name groups; by a transit
gateway, where they may not; by one that shows groups; to or from the internet."""
MODES = {"n": NEAR, "f": FAR, "s": SHOWN, "i": INTERNET}
LET_OUT = 16
"""Added to a mode when the sender's groups let the packet out."""
_FIRST, _LAST = 1 << 12, 1 << 31


def numbers(ids: Iterable[str]) -> dict[str, int]:
    """Give each id a number of its own; that of one seldom depends on the others."""
    found: dict[str, int] = {}
    taken: set[int] = set()
    for each in sorted(set(ids)):
        number = _FIRST + zlib.crc32(each.encode()) % (_LAST - _FIRST)
        while number in taken:
            number += 1
        taken.add(number)
        found[each] = number
    return found
