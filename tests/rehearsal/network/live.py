"""A correct range in a rehearsal cloud, made by boto3 as the stacks make it, with a bare namespace for each host."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from range.records.plan import Plan
from range.rehearsal.network.namespaces import make, remove
from range.rehearsal.network.network import Network
from range.rehearsal.network.reading.state import read_world
from range.rehearsal.network.wires import Interface
from range.rehearsal.network.world import World
from tests.rehearsal.network.probing import Host, Probe, come_through
from tests.verify.ranges import Range
from tests.verify.rehearsed import Rehearsed

PORTS = {"tcp": (22, 53, 80, 443, 445, 6514, 8080), "udp": (53, 443, 6514), "icmp": (0,)}
"""What is tried between every two hosts: each port that a flow of Steadfast is about, and others."""


class Live:
    """A range with its network and hosts, all of the plan's unless one per zone suffices."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.cloud = Rehearsed(plan)
        self.range = Range(plan, self.cloud)
        self.ids = self.range.ids
        self.network = Network(folder, self.read)
        self.zones: dict[str, str] = {}
        """The zone of each host, `est.targets` of `est/web`."""
        self.hosts: dict[str, Host] = {}
        self._spaces: list[str] = []
        self.network.follow()
        for enclave in (plan.hub, *plan.enclaves):
            for host in enclave.hosts:
                name = f"{enclave.name}/{host.name}"
                self.zones[name] = f"{enclave.name}.{host.zone}"
                self.hosts[name] = self._host(name)

    def read(self) -> World:
        """Read EC2's state as a follower does."""
        with self.cloud.cloud.lock:
            return read_world()

    def _host(self, name: str) -> Host:
        """Make a host, with the interface that EC2 gave it."""
        space = f"range-l{os.getpid()}-{len(self._spaces)}"
        self._spaces.append(space)
        wanted = self.read().interfaces[self.ids[name]]
        address = wanted.addresses[0]
        mac = f"02:00:00:00:00:{len(self._spaces):02x}"
        self.network.attach(make(space), name, Interface(wanted.id, 0, address, mac))  # type: ignore[arg-type]
        return Host(make(space), str(address))

    @cached_property
    def one_per_zone(self) -> tuple[str, ...]:
        """Name a host of each zone."""
        chosen: dict[str, str] = {}
        for name, zone in self.zones.items():
            chosen.setdefault(zone, name)
        return tuple(chosen.values())

    def probes(self, names: tuple[str, ...]) -> list[Probe]:
        """Give what is tried: from every host to every other."""
        return [
            Probe(source, target, protocol, port)
            for source in names
            for target in names
            if source != target
            for protocol, ports in PORTS.items()
            for port in ports
        ]

    def declared(self, probes: list[Probe]) -> set[Probe]:
        """Give those that the flow table declares."""
        return {
            probe
            for probe in probes
            for flow in self.plan.flows
            if (str(flow.source), str(flow.target)) == (self.zones[probe.source], self.zones[probe.target])
            and flow.protocol == probe.protocol
            and (flow.ports is None or flow.ports.first <= probe.port <= flow.ports.last)
        }

    def come_through(self, probes: list[Probe], expected: set[Probe]) -> dict[Probe, str]:
        """Give the probes that come through, with the address that was seen."""
        return come_through(self.hosts, probes, expected)

    def call(self, owner: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Make a call in the account of an enclave."""
        enclave = next(each for each in (self.plan.hub, *self.plan.enclaves) if each.name == owner)
        return self.cloud.call(enclave.account, operation, parameters)

    def close(self) -> None:
        """Remove everything."""
        self.network.close()
        for space in self._spaces:
            remove(space)


def live(plan: Plan, folder: Path) -> Iterator[Live]:
    """Give a live range, for a fixture."""
    made = Live(plan, folder)
    try:
        yield made
    finally:
        made.close()
