"""Reading a file that anybody may have written, or that may not be a file at all."""

from __future__ import annotations

import os
import re
import stat
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from range.errors import InputError
from range.spec.problems import Problem, bad_file

LARGEST = 1024 * 1024
"""Bytes. The example with 36 allies has 8,000."""

_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML doesn't allow in a file."""


def text_of(path: Path) -> str:
    """Read a text file of at most 1 MiB in UTF-8.

    Raises:
        InputError: it is missing, unreadable, too large, no regular file, or not text.
    """
    content = _content(path)
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise _not_text(path, content, 0, "UTF-16")
    content = content.removeprefix(BOM_UTF8)
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise _not_text(path, content, error.start, f"the byte 0x{content[error.start]:02x}") from None
    if odd := _UNPRINTABLE.search(text):
        raise _not_text(path, text[: odd.start()].encode(), odd.start(), f"the character U+{ord(odd[0]):04X}")
    return text


def _content(path: Path) -> bytes:
    """Read the bytes, without waiting for a pipe's writer."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file", hint=_files_beside(path)) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"{path}: can't be read: {reason}") from None
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
            raise InputError(f"{path}: {kind}", hint="name the exercise file, such as examples/steadfast.yaml")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}") from None
    finally:
        os.close(descriptor)
    if len(content) > LARGEST:
        raise InputError(f"{path}: larger than 1 MiB, which no exercise file is")
    return content


def _files_beside(path: Path) -> str:
    """Name the YAML files that stand where the missing one was looked for."""
    try:
        beside = sorted(str(other) for other in path.parent.glob("*.yaml"))
    except OSError:
        beside = []
    return f"there is: {', '.join(beside[:10])}" if beside else "give the path of an exercise file"


def _not_text(path: Path, before: bytes, offset: int, found: str) -> InputError:
    """Say on which line the text stops being text."""
    line = before.count(b"\n", 0, min(len(before), offset)) + 1
    return bad_file(path, [Problem(line, None, "", found, "text in UTF-8")])
