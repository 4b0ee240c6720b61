"""What hosts leave on a machine when nobody looks after them any more: containers, mounts, namespaces. All of it goes here.

Nothing here needs the rehearsal's process: that may have been killed.
"""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

from range.errors import RangeError
from range.rehearsal.hosts.containers import Podman
from range.rehearsal.hosts.disks import Disks
from range.rehearsal.hosts.wiring import remove_namespaces
from range.rehearsal.network.namespaces import name_of
from range.rehearsal.network.network import remove_network

FOLDER = "hosts"
_SHUTDOWN_S = 3
_WATCHERS_S = 30.0
"""How long Podman's watchers may take to end after what they watched: they tidy up, too."""
_POLL_S = 0.05


def clean(folder: Path) -> None:
    """Remove everything that runs or is mounted for the hosts of a rehearsal; their disks stay. `folder` is the rehearsal's.

    Raises:
        RangeError: something could not be removed.
    """
    home = folder / FOLDER
    if not home.is_dir() or shutil.which("podman") is None:
        return
    podman = Podman(name_of(folder), home)
    podman.remove(podman.all(), patience_s=_SHUTDOWN_S)
    _see_watchers_off(home)
    Disks(home, lambda _: home).unmount_all()
    remove_namespaces(name_of(folder))
    remove_network(folder)


def _see_watchers_off(home: Path) -> None:
    """Wait until nobody watches a machine of this folder any more.

    Raises:
        RangeError: somebody still does.
    """
    deadline = time.monotonic() + _WATCHERS_S
    while left := [each.name for each in Path("/proc").iterdir() if each.name.isdecimal() and _watches(each, home)]:
        if time.monotonic() > deadline:
            raise RangeError(
                f"of machines that are gone, conmon still runs as process {', '.join(left)}",
                hint=f"end it, then type the same command again: kill {' '.join(left)}",
            )
        time.sleep(_POLL_S)


def _watches(process: Path, home: Path) -> bool:
    """Say whether a process is Podman's watcher of a machine of this folder."""
    try:
        words = (process / "cmdline").read_bytes().split(b"\0")
    except OSError:  # it has ended meanwhile
        return False
    return words[0].endswith(b"conmon") and any(os.fsencode(home) in word for word in words)
