"""What a quota is: whatever is counted, the calls that make one more of it, and the refusal of one too many."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from range.facts import rows
from range.rehearsal.call import Call

ERRORS = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (from memory, 2026-11-22)"
MEMORY = "none opened (general knowledge)"


@dataclass(frozen=True)
class Quota:
    """AWS refuses these calls once an account would have more than so many."""

    name: str
    """As `range/facts/quotas.json` has it, with default and source."""
    calls: tuple[str, ...]
    """`ec2.CreateVpc`."""
    code: str
    message: str
    """What AWS says; `{limit}` stands for the number."""
    needed: Callable[[Call], int]
    """How many there would be if the call were carried out."""
    source: str = ERRORS
    """Where the code is from; the number's own source stands beside the number."""
    confidence: Literal["documented", "general_knowledge"] = "documented"
    status: int | None = None
    held: bool = True
    """Whether it is held to without being set; what some accounts have depends on what they used before."""

    @cached_property
    def default(self) -> int:
        """What an account has unless AWS raised it."""
        return next(int(row["default"]) for row in rows("quotas") if row["quota"] == self.name)
