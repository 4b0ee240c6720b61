"""Token buckets: how many calls an account may make, by Region and family of calls, from `range/facts/throttling.json`."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from range.facts import rows
from range.rehearsal.refusals import Refusal
from range.rehearsal.weather.sight import Sight

_REFUSED = {
    "ec2": ("RequestLimitExceeded", "Request limit exceeded.", 503),
    "s3": ("SlowDown", "Please reduce your request rate.", 503),
    "organizations": ("TooManyRequestsException", "Rate exceeded", 400),
    "iam": ("Throttling", "Rate exceeded", 400),
    "sts": ("Throttling", "Rate exceeded", 400),
    "route53": ("Throttling", "Rate exceeded", 400),
}
"""How each service words it. Source: Amazon EC2 API Reference, "Error codes" (RequestLimitExceeded is a 503); botocore 1.44's
table of throttling codes (`botocore.retries.special`, `_retry.json`), read 2026-11-28."""
_OTHERWISE = ("ThrottlingException", "Rate exceeded", 400)


@dataclass
class _Bucket:
    """So many tokens at once, and so many more each second."""

    size: float
    refill_per_s: float
    tokens: float = field(init=False)
    at_s: float = 0.0

    def __post_init__(self) -> None:
        """Begin full."""
        self.tokens = self.size

    def fill(self, now_s: float) -> None:
        """Add what has come in since the last look."""
        self.tokens = min(self.size, self.tokens + max(0.0, now_s - self.at_s) * self.refill_per_s)
        self.at_s = max(now_s, self.at_s)

    def wait_s(self, tokens: float) -> float:
        """Give how long it takes until there are so many; more than it can hold are there once it is full."""
        return max(0.0, min(tokens, self.size) - self.tokens) / self.refill_per_s


class Buckets:
    """All buckets of all accounts, at a scale of AWS's sizes: 1 is as documented, 0.1 a tenth. Times are simulated seconds."""

    def __init__(self, scale: float) -> None:
        """Begin with full buckets."""
        self.scale = scale
        self._buckets: dict[tuple[str, ...], _Bucket] = {}
        self._guard = threading.Lock()

    def take(self, sight: Sight, now_s: float) -> bool:
        """Take the tokens of a call, if they are there; say whether they were."""
        with self._guard:
            asked = list(self._asked(sight))
            for bucket, _ in asked:
                bucket.fill(now_s)
            if any(bucket.wait_s(tokens) > 0 for bucket, tokens in asked):
                return False
            for bucket, tokens in asked:
                bucket.tokens -= tokens
            return True

    def when_taken(self, sight: Sight, now_s: float) -> float:
        """Take the tokens of a call as soon as they are there; give when that is."""
        with self._guard:
            asked = list(self._asked(sight))
            for bucket, _ in asked:
                bucket.fill(now_s)
            now_s = max([now_s, *(bucket.at_s for bucket, _ in asked)])  # others wait for these tokens already
            then_s = now_s + max((bucket.wait_s(tokens) for bucket, tokens in asked), default=0.0)
            for bucket, tokens in asked:
                bucket.fill(then_s)
                bucket.tokens -= tokens
            return then_s

    def _asked(self, sight: Sight) -> Iterator[tuple[_Bucket, float]]:
        """Find the buckets that a call takes from, and how many tokens."""
        for number, row in _rows_of(sight.service, sight.operation, sight.is_narrow):
            where = sight.region if "Region" in row["scope"] else ""
            family = str(number) if row["shared"] else sight.operation
            key = (sight.service, family, str(number), sight.account, where)
            if key not in self._buckets:
                size = max(1.0, row["bucket"] * self.scale)
                self._buckets[key] = _Bucket(size, row["refill_per_s"] * self.scale)
            yield self._buckets[key], float(sight.instances) if row.get("counts") else 1.0


def throttled(service: str) -> Refusal:
    """Refuse a call as its service does where its bucket is empty."""
    code, message, status = _REFUSED.get(service, _OTHERWISE)
    return Refusal(code, message, status=status)


@cache
def _rows_of(service: str, operation: str, narrow: bool) -> tuple[tuple[int, Mapping[str, Any]], ...]:
    """Find the first row that counts calls of a name, and those that count what it is about."""
    found = [
        (number, row) for number, row in enumerate(rows("throttling"))
        if row["service"] == service
        and any(fnmatchcase(operation, action) for action in row["actions"])
        and not (narrow and row.get("unfiltered"))
    ]  # fmt: skip
    calls = [each for each in found if not each[1].get("counts")][:1]
    return (*calls, *(each for each in found if each[1].get("counts")))
