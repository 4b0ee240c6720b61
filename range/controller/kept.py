"""Files that the controller keeps: written whole or not at all, and a full or closed disk is named."""

from __future__ import annotations

import os
from pathlib import Path

from range.errors import EnvironmentMissing, RangeError


def read(path: Path) -> bytes | None:
    """Give what a file has; None where there is none.

    Raises:
        EnvironmentMissing: it is there and can't be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EnvironmentMissing(f"{path} can't be read: {error.strerror}", hint="see to its rights") from error


def write(path: Path, content: str, mode: int = 0o644) -> None:
    """Write a file whole or not at all.

    Raises:
        RangeError: the disk is full, or nothing can be written there.
    """
    draft = path.with_name(f"{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise RangeError(
            f"{path} can't be written: {error.strerror}",
            hint="see that its disk has room and its folder can be written to, then type the same command again",
        ) from error
