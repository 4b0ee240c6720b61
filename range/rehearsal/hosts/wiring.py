"""The network namespaces of machines: made before a machine boots, so that the network is there before its first process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from range.rehearsal.hosts.machines import Machine
from range.rehearsal.network import namespaces
from range.rehearsal.network.network import Network
from range.rehearsal.network.wires import Interface

_NAMED = Path("/run/netns")


class Wiring:
    """The wires between the machines of a rehearsal and its network."""

    def __init__(self, id: str, network: Network) -> None:
        """Wire machines up to a network. `id` is the rehearsal's."""
        self._id = id
        self._network = network
        self._wired: dict[str, tuple[Interface, ...]] = {}

    def wire(self, machine: Machine) -> Path:
        """Have a machine's interfaces wired up, and no others; give its namespace.

        Raises:
            RangeError: another machine has an address of it.
        """
        own = namespaces.make(self._name(machine.id))
        there, known = self._network.attached(), self._wired.get(machine.id, ())
        for interface in known:
            if interface not in machine.interfaces:
                self._network.detach(interface.id)
        for interface in machine.interfaces:
            if interface not in known or interface.id not in there:
                self._network.attach(own, machine.id, interface)
        self._wired[machine.id] = machine.interfaces
        return own

    def unwire(self, machine: str) -> None:
        """Cut a machine's wires and remove its namespace."""
        for interface in self._wired.pop(machine, ()):
            self._network.detach(interface.id)
        namespaces.remove(self._name(machine))

    def known(self) -> set[str]:
        """Give the machines that have a namespace, also of an earlier process."""
        return set(machines_with_namespaces(self._id))

    def _name(self, machine: str) -> str:
        return f"{self._id}-{machine}"


def machines_with_namespaces(id: str) -> Iterable[str]:
    """Give the machines of a rehearsal that have a namespace."""
    return [path.name.removeprefix(f"{id}-") for path in _NAMED.glob(f"{id}-i-*")]


def remove_namespaces(id: str) -> None:
    """Remove the namespaces of a rehearsal's machines, with their wires."""
    for machine in machines_with_namespaces(id):
        namespaces.remove(f"{id}-{machine}")
