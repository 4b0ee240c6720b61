"""What an engine's state says while the engine is still at it."""

from __future__ import annotations

import re
from pathlib import Path

from range.provision.project import NAME


def state_file(home: Path, stack: str) -> Path:
    """Find a stack's state below the range's home."""
    return home / "state" / ".pulumi" / "stacks" / NAME / f"{stack}.json"


def made(home: Path, stack: str) -> int:
    """Count the things of AWS that the state knows by now."""
    path = state_file(home, stack)
    return len(re.findall(rb'"type": *"aws:', path.read_bytes())) if path.exists() else 0
