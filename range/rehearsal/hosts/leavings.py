"""What hosts leave on a machine when nobody looks after them any more: containers, mounts, namespaces. All of it goes here.

Nothing here needs the rehearsal's process: that may have been killed.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from range.rehearsal.hosts.containers import Podman
from range.rehearsal.hosts.disks import Disks
from range.rehearsal.hosts.wiring import remove_namespaces
from range.rehearsal.network.namespaces import name_of
from range.rehearsal.network.network import remove_network

FOLDER = "hosts"
_SHUTDOWN_S = 3


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
    Disks(home, lambda _: home).unmount_all()
    remove_namespaces(name_of(folder))
    remove_network(folder)
