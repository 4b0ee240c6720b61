"""The lock file is read and written whole, and only where it differs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from range.errors import InputError
from range.plan.addresses import allot
from range.plan.lock import AddressLock, lock_path, read, write
from tests.plan.exercises import EXAMPLES, example


@pytest.mark.parametrize("name", ["steadfast", "nations36"])
def test_the_examples_locks_are_up_to_date(name: str) -> None:
    lock = read(lock_path(EXAMPLES / f"{name}.yaml"))

    assert lock.enclaves
    assert allot(example(name), lock) == lock


def test_a_lock_stands_beside_its_file() -> None:
    assert lock_path(Path("a/steadfast.yaml")) == Path("a/steadfast.lock.json")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "steadfast.lock.json"
    lock = allot(example("steadfast"), AddressLock())

    assert write(path, lock)
    assert read(path) == lock


def test_the_same_lock_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "steadfast.lock.json"
    lock = allot(example("steadfast"), AddressLock())
    write(path, lock)
    before = path.stat().st_mtime_ns

    assert not write(path, lock)
    assert path.stat().st_mtime_ns == before


def test_writing_leaves_nothing_beside_the_lock(tmp_path: Path) -> None:
    write(tmp_path / "steadfast.lock.json", AddressLock())

    assert [path.name for path in tmp_path.iterdir()] == ["steadfast.lock.json"]


def test_a_write_that_fails_leaves_the_old_lock_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "steadfast.lock.json"
    write(path, AddressLock())
    before = path.read_text()

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InputError, match="can't be written: No space left"):
        write(path, allot(example("steadfast"), AddressLock()))

    assert path.read_text() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["steadfast.lock.json"]


def test_without_a_lock_nothing_was_given_out(tmp_path: Path) -> None:
    assert read(tmp_path / "steadfast.lock.json") == AddressLock()


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", '{"enclaves": {"est": "10.0.0.1/22"}}', '{"version": 2}', '{"more": 1}', '{"hosts": {"a": 1}}'],
)
def test_what_is_no_lock_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "steadfast.lock.json"
    path.write_text(content)

    with pytest.raises(InputError, match="not an address lock") as caught:
        read(path)

    assert "version control" in str(caught.value)


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        read(tmp_path)
    with pytest.raises(InputError, match="can't be written"):
        write(tmp_path, AddressLock())
