"""Disks are file trees: a snapshot freezes one, a volume made of it is there at once, and what nothing needs goes."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from range.errors import RangeError
from range.rehearsal.hosts.disks import Disks
from range.rehearsal.hosts.machines import Disk, Frozen

IMAGE = "debian-13-amd64-20251117-2299"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """The file tree of an image."""
    base = tmp_path / "image: of, a \\ machine"
    (base / "etc").mkdir(parents=True)
    (base / "etc" / "motd").write_text("hello\n")
    return base


@pytest.fixture
def disks(means: None, tmp_path: Path, base: Path) -> Iterator[Disks]:
    """The disks of a folder."""
    disks = Disks(tmp_path / "hosts", lambda _: base)
    (tmp_path / "hosts").mkdir()
    yield disks
    disks.unmount_all()
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()


def launched(name: str = "vol-1") -> Disk:
    return Disk(name, "snap-public", IMAGE)


def tree(root: Path) -> dict[str, str]:
    return {str(each.relative_to(root)): each.read_text() for each in sorted(root.rglob("*")) if each.is_file()}


def test_a_volume_begins_as_its_image_and_keeps_what_is_written(disks: Disks, base: Path) -> None:
    root = disks.mounted(launched())
    (root / "etc" / "motd").write_text("changed\n")
    disks.unmount("vol-1")

    assert tree(disks.mounted(launched())) == {"etc/motd": "changed\n"}
    assert tree(base) == {"etc/motd": "hello\n"}


def test_a_snapshot_is_what_was_there_then_deletions_and_all(disks: Disks) -> None:
    root = disks.mounted(launched())
    (root / "etc" / "motd").unlink()
    (root / "golden").write_text("1")
    disks.freeze(Frozen("snap-1", "vol-1"), launched())
    (root / "golden").write_text("2")
    (root / "etc" / "late").write_text("x")

    assert disks.holds("snap-1")
    assert tree(disks.mounted(Disk("vol-2", "snap-1"))) == {"golden": "1"}


def test_a_folder_that_was_made_anew_hides_the_old_one_in_a_snapshot_too(disks: Disks) -> None:
    root = disks.mounted(launched())
    shutil.rmtree(root / "etc")
    (root / "etc").mkdir()
    disks.freeze(Frozen("snap-1", "vol-1"), launched())

    assert tree(disks.mounted(Disk("vol-2", "snap-1"))) == {}


def test_a_snapshot_of_a_volume_that_no_machine_had_is_what_it_was_made_of(disks: Disks) -> None:
    disks.freeze(Frozen("snap-1", "vol-1"), launched())
    disks.freeze(Frozen("snap-2", None, "snap-1"), None)
    disks.freeze(Frozen("snap-3", None, "snap-public", IMAGE), None)

    for number in (1, 2, 3):
        root = disks.mounted(Disk(f"vol-1{number}", f"snap-{number}"))
        assert tree(root) == {"etc/motd": "hello\n"}


def test_generations_of_snapshots_stay_mountable(disks: Disks) -> None:
    disk = launched("vol-0")
    for number in range(12):
        root = disks.mounted(disk)
        (root / str(number)).write_text(str(number))
        disks.freeze(Frozen(f"snap-{number}", disk.id), disk)
        disk = Disk(f"vol-{number + 1}", f"snap-{number}")

    assert {str(number) for number in range(12)} <= tree(disks.mounted(disk)).keys()


def test_what_is_blank_or_gone_boots_nothing(disks: Disks, tmp_path: Path) -> None:
    disks.freeze(Frozen("snap-1", "vol-data"), Disk("vol-data", None))

    assert disks.holds("snap-1"), "a data volume is frozen, as nothing"
    for disk in (Disk("vol-1", None), Disk("vol-2", "snap-1"), Disk("vol-3", "snap-unknown")):
        with pytest.raises(RangeError, match=f"{disk.id} is blank"):
            disks.mounted(disk)


def test_an_image_that_was_taken_away_is_named(disks: Disks, base: Path) -> None:
    disks.mounted(launched())
    disks.unmount("vol-1")
    shutil.rmtree(base)

    with pytest.raises(RangeError, match=r"vol-1 was made of .*, and that is gone"):
        disks.mounted(launched())


def test_what_nothing_needs_goes_and_what_something_is_made_of_stays(disks: Disks, tmp_path: Path) -> None:
    root = disks.mounted(launched())
    (root / "golden").write_text("1")
    for number in (1, 2):
        disks.freeze(Frozen(f"snap-{number}", "vol-1"), launched())
    disks.mounted(Disk("vol-2", "snap-1"))
    assert not disks.stale({"vol-1", "vol-2"}, {"snap-1", "snap-2"})
    assert disks.stale({"vol-2"}, {"snap-1", "snap-2"})

    disks.tidy({"vol-2"}, set())

    kept = {kind: sorted(each.name for each in (tmp_path / "hosts" / kind).iterdir()) for kind in ("volumes", "layers")}
    assert kept == {"volumes": ["vol-2"], "layers": ["snap-1"]}
    assert tree(disks.mounted(Disk("vol-2", "snap-1")))["golden"] == "1"
    disks.tidy(set(), set())
    assert list((tmp_path / "hosts" / "layers").iterdir()) == []


def test_a_draft_that_a_kill_left_is_in_nobodys_way(disks: Disks, tmp_path: Path) -> None:
    disks.mounted(launched())
    for name in (".snap-1", "snap-1"):
        (tmp_path / "hosts" / "layers" / name / "half").mkdir(parents=True)

    disks.freeze(Frozen("snap-1", "vol-1"), launched())

    assert tree(disks.mounted(Disk("vol-2", "snap-1"))) == {"etc/motd": "hello\n"}
    assert not (tmp_path / "hosts" / "layers" / "snap-1" / "half").exists()
