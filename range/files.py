"""Files that are written whole or not at all, whoever else reads or writes them meanwhile, and whenever power fails."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path


def write_whole(path: Path, content: str | bytes, mode: int = 0o644, *, anew: bool = False) -> None:
    """Put a file in its place in one piece; one that shall be made `anew` gives way to one that is there already.

    Raises:
        OSError: it can't be written; what was there before is untouched, and no part of the new one is left.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        if anew:
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        else:
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
