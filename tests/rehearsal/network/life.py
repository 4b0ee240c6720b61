"""A network's life as a process of its own: made with a host in it, then closed, or left for who kills it."""

from __future__ import annotations

import sys
import time
from ipaddress import IPv4Address
from pathlib import Path

from range.rehearsal.network.namespaces import make
from range.rehearsal.network.network import Network
from range.rehearsal.network.wires import Interface
from tests.rehearsal.network.test_relay import ENTRY, world

WIRE = Interface("eni-1", 0, IPv4Address(ENTRY), "02:00:00:00:08:01")


def main() -> None:
    """Make a network for a folder; with `stay`, wait to be killed."""
    folder, host, what = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    network = Network(folder, world)
    network.attach(make(host), "i-1", WIRE)
    print("made", flush=True)
    while what == "stay":
        time.sleep(60)
    network.close()


if __name__ == "__main__":
    main()
