"""What EC2's state wants, told to each machine and to the disks: who has an address first, who freezes which snapshot."""

from __future__ import annotations

from collections.abc import Container, Mapping

from range.rehearsal.hosts.disks import Disks
from range.rehearsal.hosts.host import Host, Wish
from range.rehearsal.hosts.machines import Disk, Frozen, Machine, Wanted


class Wishes:
    """What is wanted, seen from each machine. Whoever uses it holds the lock of the hosts."""

    def __init__(self, hosts: Mapping[str, Host], disks: Disks) -> None:
        """Begin with nothing wanted."""
        self.want(Wanted())
        self.in_hand: dict[str, Wish] = {}
        """What is carried out just now, by machine."""
        self._hosts = hosts
        self._disks = disks

    def want(self, wanted: Wanted) -> None:
        """Take what is wanted from now on."""
        self.wanted = wanted
        self._order = {machine: number for number, machine in enumerate(wanted.machines)}
        self._claims: dict[object, list[Machine]] = {}
        for machine in wanted.machines.values():
            for interface in machine.interfaces if machine.on else ():
                self._claims.setdefault(interface.address, []).append(machine)

    def of(self, id: str) -> Wish:
        """Say what a machine is to be."""
        machine = self.wanted.machines.get(id)
        disk = self.wanted.disks.get(machine.volume or "") if machine is not None else None
        return Wish(machine, disk, self._to_freeze(id), self._claim(machine))

    def disks_lack(self, at_work: Container[str]) -> bool:
        """Say whether the disks lack something that no machine sees to."""
        return bool(self.loose(at_work)) or self._disks.stale(self.volumes(), self.snapshots())

    def loose(self, at_work: Container[str]) -> list[tuple[Frozen, Disk | None]]:
        """Give the snapshots that are to be kept of what no machine has, with the volumes that they are of."""
        held = {volume for machine in self._hosts for volume in self._volumes_of(machine)}
        loose = []
        for frozen in self._unkept():
            source = frozen.snapshot
            if frozen.volume in held or (source in self.wanted.frozen and not self._disks.holds(source or "")):
                continue
            loose.append((frozen, self.wanted.disks.get(frozen.volume or "")))
        return loose

    def volumes(self) -> set[str]:
        """Name the volumes that are needed: wanted, in use, or yet to be frozen."""
        needed = {*self.wanted.disks, *(frozen.volume or "" for frozen in self._unkept())}
        return needed | {volume for machine in self._hosts for volume in self._volumes_of(machine)}

    def snapshots(self) -> set[str]:
        """Name the snapshots that are wanted."""
        return set(self.wanted.frozen)

    def _unkept(self) -> list[Frozen]:
        """Give the snapshots that aren't kept yet."""
        return [frozen for frozen in self.wanted.frozen.values() if not self._disks.holds(frozen.id)]

    def _to_freeze(self, id: str) -> tuple[tuple[Frozen, Disk | None], ...]:
        """Give the snapshots that a machine has to keep of its disk."""
        volumes = self._volumes_of(id)
        unkept = (frozen for frozen in self._unkept() if frozen.volume in volumes)
        return tuple((frozen, self.wanted.disks.get(frozen.volume or "")) for frozen in unkept)

    def _volumes_of(self, id: str) -> set[str]:
        """Name the volumes that a machine has: the one that it runs with, and the one that it is to boot from."""
        machine, host, wish = self.wanted.machines.get(id), self._hosts.get(id), self.in_hand.get(id)
        volumes = {machine.volume} if machine is not None else set()
        volumes |= {host.container.booted_as.partition("/")[0]} if host is not None and host.container else set()
        volumes |= {wish.machine.volume} if wish is not None and wish.machine is not None else set()
        return {volume for volume in volumes if volume}

    def _claim(self, machine: Machine | None) -> str | None:
        """Say who has an address that a machine wants: who runs with it already, or else who was launched first."""
        if machine is None or not machine.on:
            return None
        for interface in machine.interfaces:
            for other in self._claims.get(interface.address, ()):
                if other.id != machine.id and self._precedes(other, machine):
                    return (
                        f"its address {interface.address} is taken by {other.id}: in a rehearsal, machines of two VPCs"
                        " with the same addresses can't both run"
                    )
        return None

    def _precedes(self, other: Machine, machine: Machine) -> bool:
        """Say whether another machine comes first."""
        runs = [self._runs(each) for each in (other, machine)]
        if runs[0] != runs[1]:
            return runs[0]
        return self._order[other.id] < self._order[machine.id]

    def _runs(self, machine: Machine) -> bool:
        """Say whether a machine runs."""
        host = self._hosts.get(machine.id)
        return host is not None and host.container is not None
