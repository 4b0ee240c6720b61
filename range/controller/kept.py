"""Files that the controller keeps: written whole or not at all, and a full or closed disk is named."""

from __future__ import annotations

from pathlib import Path

from range.errors import EnvironmentMissing, RangeError
from range.files import write_whole


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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content, mode)
    except OSError as error:
        raise RangeError(
            f"{path} can't be written: {error.strerror}",
            hint="see that its disk has room and its folder can be written to, then type the same command again",
        ) from error
