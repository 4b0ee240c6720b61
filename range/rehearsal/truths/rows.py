"""What AWS refuses: one row per behaviour, each checked before the emulator is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from range.rehearsal.call import Call

Confidence = Literal["documented", "seen_in_issue", "general_knowledge"]
"""How the code is known: read in AWS's own pages or models; read in a thread or a recorded answer; from memory."""


Check = Callable[[Call], "str | None"]
"""Gives AWS's message where AWS would refuse the call, None where it wouldn't."""


@dataclass(frozen=True)
class Truth:
    """AWS refuses these calls in this case, with this code."""

    name: str
    """Unique; tests and docs call it by this."""
    calls: tuple[str, ...]
    """`ec2.DeleteSubnet`."""
    when: str
    code: str
    source: str
    confidence: Confidence
    check: Check | None = None
    """None where the emulator refuses this by itself, with the same code."""
    status: int | None = None
    """The HTTP status; None for the one of the service's model, or 400."""
