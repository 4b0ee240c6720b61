"""Bundles of evidence: one archive with a signed statement of every file in it, verified whole."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

from range.errors import InputError, NotClean, RangeError
from range.receipts.keys import public_key
from range.receipts.statement import Verified, verified

STATEMENT = "bundle.json"
"""The signed statement, whose subjects are the other files."""
MOST_MIB = 1024
"""More than this isn't unpacked: nobody's evidence is as large, and somebody may have packed it to fill a disk."""


def packed(path: Path, files: Mapping[str, bytes]) -> None:
    """Write an archive, whole or not at all.

    Raises:
        RangeError: it can't be written.
    """
    draft = path.with_name(f"{path.name}.draft")
    try:
        with tarfile.open(draft, "w:gz") as archive:
            for name, content in files.items():
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(content), 0o644
                archive.addfile(entry, io.BytesIO(content))
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise RangeError(f"{path} can't be written: {error.strerror}", hint="name another file with --out") from error


def unpacked(path: Path) -> dict[str, bytes]:
    """Read a bundle's files by name; nothing is written anywhere.

    Raises:
        NotClean: it is no archive of files, each there once.
    """
    files: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r:gz") as archive:
            for entry in archive:
                content = archive.extractfile(entry) if entry.isreg() else None
                if content is None or entry.name in files:
                    raise NotClean(f"{path}: {entry.name} is no plain file, or there twice")
                files[entry.name] = content.read(MOST_MIB * 2**20)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise NotClean(f"{path} can't be unpacked: {error}", hint="believe nothing in it") from error
    return files


def is_bundle(path: Path) -> bool:
    """Say whether a file is packed, and no receipt on its own."""
    try:
        with path.open("rb") as file:
            return file.read(2) == b"\x1f\x8b"
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", hint="name a file that `range evidence` wrote") from error


def verify(path: Path, key: Path) -> Verified:
    """Verify a bundle with a public key: its statement, and that it has just the files that were signed for.

    The key that lies in it proves nothing: take the one that you were given.

    Raises:
        NotClean: it was altered, something was added or left out, or another key signed it.
    """
    public, files = public_key(key), unpacked(path)
    if STATEMENT not in files:
        raise NotClean(f"{path}: there is no {STATEMENT} in it", hint="believe nothing in it")
    try:
        found = verified(files.pop(STATEMENT).decode(errors="replace"), public)
    except NotClean as bad:
        raise NotClean(f"{path}: {bad.message}", hint="believe nothing in it") from bad
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    wrong = sorted(
        name for name in digests.keys() | found.subjects.keys() if digests.get(name) != found.subjects.get(name)
    )
    if wrong:
        raise NotClean(f"{path}: not what was signed: {', '.join(wrong)}", hint="believe nothing in it")
    return found
