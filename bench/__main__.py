"""`make bench`: every part, or those that are named: `python -m bench start lifecycle terraform`."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bench.alerts import alerts
from bench.cloud import cloud
from bench.collector import collector
from bench.configure import configure
from bench.controllers import controllers
from bench.figures import Figure, written
from bench.hosts import hosts
from bench.identity import identity
from bench.lifecycle import lifecycle, whole
from bench.packets import packets
from bench.policy import policy
from bench.proof import proof
from bench.resets import resets
from bench.simulated import simulated
from bench.simulated_resets import simulated_resets
from bench.snapshot import snapshot
from bench.start import start
from bench.terraform import terraform

PARTS: dict[str, Callable[[], list[Figure]]] = {
    "start": start,
    "proof": proof,
    "snapshot": snapshot,
    "policy": policy,
    "identity": identity,
    "packets": packets,
    "hosts": hosts,
    "lifecycle": lifecycle,
    "whole": whole,
    "simulated": simulated,
    "simulated-resets": simulated_resets,
    "controllers": controllers,
    "terraform": terraform,
    "configure": configure,
    "alerts": alerts,
    "collector": collector,
    "resets": resets,
    "cloud": cloud,
}


def main(names: list[str]) -> int:
    """Measure and write down; 1 if a figure is over its limit."""
    within = True
    for name in names or PARTS:
        if name not in PARTS:
            print(f"there is no part {name!r}; valid: {', '.join(PARTS)}", file=sys.stderr)
            return 2
        figures = PARTS[name]()
        for figure in figures:
            print(figure)
        if figures:
            written(figures, name)
        within = within and all(figure.ok for figure in figures)
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
