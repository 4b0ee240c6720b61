"""Root volumes as file trees: layers that never change, and above them what a machine wrote since.

A snapshot copies what was written since into a layer of its own; a volume made of it begins as that layer and those below.
So a volume is there at once, however much is on it, and nothing of a snapshot changes any more.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path

from range.errors import RangeError
from range.files import write_whole
from range.rehearsal.hosts.machines import Disk, Frozen

_DEEPEST = 8
"""Layers that lie on one another; a snapshot of more is copied whole. The kernel takes 4 KiB of mount options."""
_LOWEST_ROOM_MIB = 256
"""What a machine is to have free on the disk when it starts."""


class Disks:
    """The volumes and snapshots that a folder keeps."""

    def __init__(self, folder: Path, base: Callable[[str], Path]) -> None:
        """Keep them in a folder. `base` gives the file tree of a public image by its name."""
        self._folder = folder
        self._base = base
        self._lock = threading.Lock()
        self._held = {each.name for each in self._children("snapshots")}

    def mounted(self, disk: Disk) -> Path:
        """Mount a volume, if it isn't; give where. One that was never mounted begins as its snapshot.

        Raises:
            RangeError: there is nothing that it could begin as, or no room, or the kernel refused.
        """
        volume = self._volume(disk.id)
        root = volume / "root"
        if os.path.ismount(root):
            return root
        self._check_room()
        layers = self._layers_of(disk)
        for each in ("changes", "work", "root"):
            (volume / each).mkdir(parents=True, exist_ok=True)
        gone = [str(layer) for layer in layers if not layer.is_dir()]
        if gone:
            raise RangeError(f"{disk.id} was made of {gone[0]}, and that is gone", hint="replace its root volume")
        lower = ":".join(_escaped(layer) for layer in layers)
        options = f"lowerdir={lower},upperdir={_escaped(volume / 'changes')},workdir={_escaped(volume / 'work')}"
        _run("mount", "-t", "overlay", "-o", options, "overlay", str(root))
        return root

    def unmount(self, volume: str) -> None:
        """Unmount a volume; what is on it stays."""
        root = self._volume(volume) / "root"
        if os.path.ismount(root):
            _run("umount", "--lazy", str(root))

    def freeze(self, frozen: Frozen, disk: Disk | None) -> None:
        """Keep what a snapshot froze, unless that is done. It takes as long as copying what was written since takes.

        `disk` is the volume that it is of, if that is there still. What isn't kept as a file tree (data volumes, volumes
        that are gone) is frozen as nothing.
        """
        if self.holds(frozen.id):
            return
        copied: list[Path] | None = None
        if frozen.volume is not None and (self._volume(frozen.volume) / "layers").exists():
            copied = self._copied(frozen.id, self._volume(frozen.volume))
        with self._lock:
            layers = self._origin(frozen.snapshot, frozen.image, disk) if copied is None else self._put(copied)
            _write(self._snapshot(frozen.id), layers)
            self._held.add(frozen.id)

    def holds(self, frozen: str) -> bool:
        """Say whether a snapshot is kept."""
        return frozen in self._held

    def stale(self, volumes: Container[str], snapshots: Container[str]) -> bool:
        """Say whether there is anything to tidy."""
        return any(each.name not in volumes for each in self._children("volumes")) or any(
            each not in snapshots for each in list(self._held)
        )

    def tidy(self, volumes: Container[str], snapshots: Container[str]) -> None:
        """Delete the volumes and snapshots that aren't among those, and the layers that none is made of any more."""
        with self._lock:
            for volume in self._children("volumes"):
                if volume.name not in volumes:
                    self.unmount(volume.name)
                    shutil.rmtree(volume)
            for snapshot in self._children("snapshots"):
                if snapshot.name not in snapshots:
                    snapshot.unlink()
                    self._held.discard(snapshot.name)
            used = {
                layer
                for file in (*self._children("snapshots"), *(each / "layers" for each in self._children("volumes")))
                if file.exists()
                for layer in self._layers(file)
            }
            for layer in self._children("layers"):
                if layer not in used:
                    shutil.rmtree(layer)

    def unmount_all(self) -> None:
        """Unmount every volume."""
        for volume in self._children("volumes"):
            self.unmount(volume.name)

    def _layers_of(self, disk: Disk) -> list[Path]:
        """Give the layers below a volume, uppermost first; those of a new one are written down."""
        file = self._volume(disk.id) / "layers"
        with self._lock:
            if file.exists():
                return self._layers(file)
            layers = self._origin(disk.snapshot, disk.image, None)
            if not layers:
                raise RangeError(f"{disk.id} is blank: no machine boots from it", hint="make it of a snapshot of one")
            _write(file, layers)
            return layers

    def _origin(self, snapshot: str | None, image: str | None, disk: Disk | None) -> list[Path]:
        """Give the layers that something begins as: those of a snapshot, or of a public image; none for a blank one."""
        if snapshot is not None and self.holds(snapshot):
            return self._layers(self._snapshot(snapshot))
        if image is not None:
            return [self._base(image)]
        return [] if disk is None else self._origin(disk.snapshot, disk.image, None)

    def _copied(self, name: str, volume: Path) -> list[Path]:
        """Copy what was written to a volume into a draft of a layer; give it with those below."""
        below = self._layers(volume / "layers")
        source = volume / "changes"
        if len(below) >= _DEEPEST:
            if not os.path.ismount(volume / "root"):
                raise RangeError(
                    f"{name} can't be taken: {volume.name} isn't mounted, and too deep to be copied otherwise"
                )
            source, below = volume / "root", []
        draft = self._folder / "layers" / f".{name}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.parent.mkdir(parents=True, exist_ok=True)
        # overlay's marks of what was deleted are device files and extended attributes
        _run("cp", "--archive", "--one-file-system", "--reflink=auto", str(source), str(draft))
        return [draft, *below]

    def _put(self, layers: list[Path]) -> list[Path]:
        """Put a draft of a layer in its place."""
        draft, *below = layers
        place = draft.with_name(draft.name.removeprefix("."))
        shutil.rmtree(place, ignore_errors=True)  # of an earlier try that was killed before it was written down
        draft.rename(place)
        return [place, *below]

    def _check_room(self) -> None:
        """Refuse to start a machine where it would stop for want of room."""
        free_mib = shutil.disk_usage(self._folder).free // 2**20
        if free_mib < _LOWEST_ROOM_MIB:
            raise RangeError(f"no disk space: {free_mib} MiB are free in {self._folder}", hint="free some")

    def _layers(self, file: Path) -> list[Path]:
        """Read which layers something is made of."""
        return [Path(each) for each in json.loads(file.read_text())]

    def _volume(self, id: str) -> Path:
        return self._folder / "volumes" / id

    def _snapshot(self, id: str) -> Path:
        return self._folder / "snapshots" / id

    def _children(self, name: str) -> Iterator[Path]:
        """List what a folder has, if it is there, but for drafts."""
        place = self._folder / name
        yield from [each for each in place.iterdir() if not each.name.startswith(".")] if place.is_dir() else ()


def _write(file: Path, layers: Iterable[Path]) -> None:
    """Write down which layers something is made of, all of it or nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, json.dumps([str(layer) for layer in layers]))


def _escaped(path: Path) -> str:
    """Write a path as a mount option has it."""
    return str(path).replace("\\", "\\\\").replace(":", "\\:").replace(",", "\\,")


def _run(*command: str) -> None:
    """Run a program.

    Raises:
        RangeError: it failed; the message is its own.
    """
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if ended.returncode:
        raise RangeError(f"{command[0]} failed: {(ended.stderr or ended.stdout).strip()[-500:]}")
