"""Opens the network of a rehearsal, and has it follow the rehearsal's state."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from range.rehearsal.door import Cloud
from range.rehearsal.network.network import Network
from range.rehearsal.network.reading.state import read_world
from range.rehearsal.network.world import World

_PROGRAMS = {"ip": "iproute2", "nft": "nftables"}


def obstacle() -> str | None:
    """Say what keeps this process from having a network for hosts, or None."""
    missing = {program: package for program, package in _PROGRAMS.items() if shutil.which(program) is None}
    if missing:
        return f"{' and '.join(missing)} missing: apt-get install {' '.join(missing.values())}"
    return None if os.geteuid() == 0 else "only root may make network namespaces"


def open_network(cloud: Cloud, folder: Path) -> Network:
    """Open the network of the rehearsal that a folder keeps; from now on it is what EC2's state says."""

    def read() -> World:
        with cloud.lock:
            return read_world()

    network = Network(folder, read)
    cloud.follow("network", network.follow)
    return network
