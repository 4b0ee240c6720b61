"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from range.files import write_whole


def test_a_file_has_its_content_and_rights(tmp_path: Path) -> None:
    secret, told = tmp_path / "secret", tmp_path / "told"

    write_whole(secret, b"\x00key", 0o600)
    write_whole(told, "grüße")

    assert (secret.read_bytes(), secret.stat().st_mode & 0o777) == (b"\x00key", 0o600)
    assert told.read_text(encoding="utf-8") == "grüße"


def test_many_who_write_at_once_leave_one_whole_file_and_nothing_beside(tmp_path: Path) -> None:
    contents = [str(number) * 10_000 for number in range(10)]

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda content: write_whole(tmp_path / "file", content), contents))

    assert (tmp_path / "file").read_text() in contents
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_one_that_shall_be_new_gives_way_to_one_that_is_there(tmp_path: Path) -> None:
    write_whole(tmp_path / "key", "first", anew=True)
    write_whole(tmp_path / "key", "second", anew=True)

    assert (tmp_path / "key").read_text() == "first"
    assert [each.name for each in tmp_path.iterdir()] == ["key"]


def test_what_can_not_be_written_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_whole(tmp_path / "file", "before")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "file", "after")

    assert (tmp_path / "file").read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
