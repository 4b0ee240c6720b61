"""The exercise's key pair: made once, kept, and never guessed at."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from range.controller.keys import key_pair
from range.errors import EnvironmentMissing


def test_the_private_half_is_for_its_owner_alone_and_the_public_half_lies_beside_it(tmp_path: Path) -> None:
    path = key_pair(tmp_path, "steadfast")

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    told = subprocess.run(["ssh-keygen", "-y", "-f", path], capture_output=True, text=True, check=True).stdout
    assert path.with_suffix(".pub").read_text().split()[:2] == told.split()[:2]
    assert [file.name for file in sorted(path.parent.iterdir())] == ["controller", "controller.pub"]


def test_the_key_stays_the_same_and_a_public_half_that_was_lost_or_changed_comes_back(tmp_path: Path) -> None:
    path = key_pair(tmp_path, "steadfast")
    private, public = path.read_bytes(), path.with_suffix(".pub").read_text()
    path.with_suffix(".pub").write_text("ssh-ed25519 AAAA of somebody else")

    assert key_pair(tmp_path, "steadfast").read_bytes() == private
    assert path.with_suffix(".pub").read_text() == public


def test_commands_that_come_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = {path.read_bytes() for path in threads.map(lambda _: key_pair(tmp_path, "steadfast"), [None] * 16)}

    assert len(keys) == 1


def test_another_exercise_has_another_key(tmp_path: Path) -> None:
    assert key_pair(tmp_path, "steadfast").read_bytes() != key_pair(tmp_path, "resolute").read_bytes()


def test_a_damaged_key_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    path = key_pair(tmp_path, "steadfast")
    path.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\nnonsense\n")

    with pytest.raises(EnvironmentMissing, match="controller is no private key") as refused:
        key_pair(tmp_path, "steadfast")

    assert "replaces all hosts" in (refused.value.hint or "")
    assert path.read_text().endswith("nonsense\n")


def test_a_place_where_nothing_can_be_kept_is_told(tmp_path: Path) -> None:
    (tmp_path / "steadfast").write_text("a file where the folder should be")

    with pytest.raises(EnvironmentMissing, match="can't be used"):
        key_pair(tmp_path, "steadfast")
