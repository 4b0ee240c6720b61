"""What AWS's error codes mean for whoever has to decide what to do next: whether it passes, and whether it is there already."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import TypeVar

from range.errors import CloudError

NAMESAKE = re.compile(r"Already|Duplicate|ResourceExists|InvalidKeyPair|IncorrectState")
"""Codes by which AWS says that something is there, or done, already."""
_THERE = re.compile("already exists|conflicts with another subnet|has a rule with the priority")
"""What it says where the code is for other things as well: Route 53's InvalidChangeBatch, its resolver's ValidationException."""
PASSING = re.compile(
    r"InternalError|InternalFailure|Unavailable|Throttl|RequestLimitExceeded|TooManyRequests|SlowDown|Timeout|"
    r"ConnectionClosed|EndpointConnection|IncorrectState|OperationAborted|ConcurrentModification|PriorRequestNotComplete"
)
"""Codes by which AWS, or botocore for it, says that it isn't so now, and may be later."""
UNREACHED = ("EndpointConnectionError", "ConnectTimeoutError")
"""Codes by which botocore says that nobody answers there, after it has tried for some seconds itself."""
PAUSES_S = (0.1, 0.4, 1.6)
"""Before the second, third and fourth try."""

_Answer = TypeVar("_Answer")


def is_there_already(code: str, message: str) -> bool:
    """Say whether AWS refuses something because it is there, or done, already."""
    return bool(NAMESAKE.search(code) or _THERE.search(message))


def tried(ask: Callable[[], _Answer]) -> _Answer:
    """Ask AWS; where it refuses for a reason that passes, ask again, a few times, after ever longer pauses.

    For questions only: what changes something may have taken effect. botocore has tried some of these itself by then.

    Raises:
        CloudError: it refused for good, or each time.
    """
    for pause_s in PAUSES_S:
        try:
            return ask()
        except CloudError as refused:
            if not PASSING.search(refused.code) or refused.code in UNREACHED:
                raise
            time.sleep(pause_s)
    return ask()
