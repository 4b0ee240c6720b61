"""The network of one rehearsal: its namespace, the wires of its hosts, and rules that follow EC2's state."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from ipaddress import IPv4Address
from pathlib import Path

from range.errors import RangeError
from range.rehearsal.network import hosts, wires
from range.rehearsal.network.commands import ip, nft
from range.rehearsal.network.compiler.copies import Copy, copying
from range.rehearsal.network.compiler.program import RESOLVER, Program, compiled
from range.rehearsal.network.hosts import Place, place
from range.rehearsal.network.internet import Internet
from range.rehearsal.network.names import Address, Names
from range.rehearsal.network.namespaces import is_namespace, make_router, name_of, path_of, remove, within
from range.rehearsal.network.resolver import Resolver
from range.rehearsal.network.ruleset import change, whole
from range.rehearsal.network.truncation import cut
from range.rehearsal.network.wires import Interface
from range.rehearsal.network.world import World

_log = logging.getLogger(__name__)


class Network:
    """A network that is there from the moment it is made until it is closed."""

    def __init__(self, folder: Path, read: Callable[[], World]) -> None:
        """Make the network of the rehearsal that a folder keeps, anew if a killed process left one: hosts are wired up again.

        `read` gives EC2's state. Until it is followed, nothing passes.

        Raises:
            RangeError: there is no right to make network namespaces, or no program for it.
        """
        self.folder = folder
        self.name = name_of(folder)
        self._read = read
        self._lock = threading.RLock()
        self._is_used = False
        self._program = Program()
        self._routes: dict[Address, str] = {}
        self._copies: dict[str, Copy] = {}
        self._copying = ""
        self._steered: dict[int, str] = {}
        remove_network(folder)
        self.namespace = make_router(self.name)
        with within(self.namespace):
            ip([f"address replace {RESOLVER}/32 dev lo"])
            self._program = Program(rules=compiled(World()).rules)
            nft(whole(self._program.rules))
        self._names = Names()
        self.resolver = Resolver(self.namespace, str(RESOLVER), lambda: self._names)
        self.internet = Internet(self.namespace, internet_of(self.name))
        self._places: dict[str, Place] = {}

    def follow(self) -> None:
        """Make the network what EC2's state says now; nothing as long as no host was ever wired up."""
        with self._lock:
            if self._is_used:
                world = self._read()
                self._names, self.internet.names = world.names, world.names.public
                self._load(compiled(world))

    def _load(self, program: Program) -> None:
        """Load a program in place of the one before."""
        with within(self.namespace):
            try:
                nft(change(self._program.rules, program.rules))
            except RangeError:
                _log.warning("what is loaded isn't what was; loading everything", exc_info=True)
                nft(whole(program.rules))
                self._copying = ""
            self._program = program
            self._settle()

    def attach(self, host: Path, instance: str, interface: Interface) -> None:
        """Wire an interface of an instance's host up. `host` is its network namespace, such as `/run/netns/NAME`.

        Don't hold the cloud's lock: the network reads under it.

        Raises:
            RangeError: another host has the address already, or the namespace isn't there.
        """
        with self._lock:
            taken = self._places.get(str(interface.address))
            if taken is not None and taken.interface != interface.id and taken.is_there:
                raise RangeError(
                    f"{interface.id} can't be wired up: {taken.interface} has its address {interface.address} already",
                    hint="give the VPCs ranges that don't overlap: in a rehearsal an address is one host's",
                )
            wires.attach(self.namespace, host, interface)
            self._forget(interface.id)
            self._places[str(interface.address)] = place(instance, interface.id, host)
            hosts.write(self.folder, self._places)
            self._routes = {address: wire for address, wire in self._routes.items() if wire != interface.wire}
            self._copying = ""
            if self._is_used:
                with within(self.namespace):
                    self._settle()
            else:
                self._is_used = True
                self.follow()

    def detach(self, interface_id: str) -> None:
        """Cut an interface off; nothing if it isn't wired up."""
        with self._lock:
            wires.detach(self.namespace, interface_id)
            self._forget(interface_id)
            hosts.write(self.folder, self._places)

    def attached(self) -> frozenset[str]:
        """Give the ids of the interfaces that are wired up."""
        return wires.attached(self.namespace)

    def close(self) -> None:
        """Remove everything."""
        with self._lock:
            self.resolver.close()
            self.internet.close()
            remove_network(self.folder)

    def _forget(self, interface_id: str) -> None:
        """Forget where the host of an interface is."""
        self._places = {address: each for address, each in self._places.items() if each.interface != interface_id}

    def _settle(self) -> None:
        """Make routes and copies what the program says, for those hosts that are wired up."""
        there = wires.devices()
        program = self._program
        wanted = {address: wire for wire, each in program.addresses.items() if wire in there for address in each}
        gone = {address: wire for address, wire in self._routes.items() if address not in wanted and wire in there}
        ip([f"route delete {each}/{each.max_prefixlen} dev {wire}" for each, wire in gone.items()], force=True)
        new = {address: wire for address, wire in wanted.items() if self._routes.get(address) != wire}
        ip(f"route replace {each}/{each.max_prefixlen} dev {wire}" for each, wire in new.items())
        self._routes = wanted
        steered = {mark: wire for mark, wire in program.steered.items() if wire in there}
        if steered != self._steered:
            ip(_unsteering_lines({**self._steered, **steered}), force=True)
            ip(_steering_lines(steered, program.addresses))
            self._steered = steered
        self.internet.lead_back(program.public)
        self._copy(program.copies, there)

    def _copy(self, copies: Iterable[Copy], there: frozenset[str]) -> None:
        """Make the devices of sessions, and what leads to them."""
        wanted = {each.device: each for each in copies}
        gone = [name for name, each in self._copies.items() if _device(wanted.get(name)) != _device(each)]
        new = [each for name, each in wanted.items() if _device(self._copies.get(name)) != _device(each)]
        if gone or new:
            nft("add table netdev range-copies\ndelete table netdev range-copies")
            self._copying = ""
        ip([f"link delete dev {name}" for name in (*gone, *(each.device for each in new))], force=True)
        for each in new:
            ip(_device_lines(each))
            if each.length is not None:
                cut(each.device, each.length)
        self._copies = wanted
        text = copying(wanted.values(), there)
        if text != self._copying:
            nft(text)
            self._copying = text


def internet_of(name: str) -> str:
    """Name the namespace that stands in for the internet beside another."""
    return f"{name}-internet"


def remove_network(folder: Path) -> None:
    """Remove the network of the rehearsal that a folder keeps, whoever made it; nothing if there is none."""
    name = name_of(folder)
    if is_namespace(path_of(name)):
        wires.detach_all(path_of(name))
    remove(internet_of(name))
    remove(name)
    (folder / "hosts.json").unlink(missing_ok=True)


def _device(copy: Copy | None) -> object:
    """Give what a session's device depends on."""
    return None if copy is None else (copy.device, copy.port, copy.network, copy.target, copy.length)


def _device_lines(copy: Copy) -> list[str]:
    """Give the lines that make a session's device. What it sends is rewritten, see `compiler.copies`."""
    kind = f"vxlan id {copy.network} remote {copy.target} dstport {copy.port} nolearning noudpcsum"
    return [
        f"link add {copy.device} type {kind}",
        f"link set dev {copy.device} addrgenmode none",  # else the device itself would send, to the target
        f"link set dev {copy.device} mtu 65000",
        f"link set dev {copy.device} up",
    ]


def _unsteering_lines(steered: Mapping[int, str]) -> list[str]:
    """Give the lines that send marked packets by a wire no longer."""
    return [f"rule delete fwmark {mark} lookup {mark}" for mark in steered]


def _steering_lines(steered: Mapping[int, str], addresses: Mapping[str, tuple[Address, ...]]) -> list[str]:
    """Give the lines that send what is marked out by a wire; a table of its own for each mark."""
    lines = []
    for mark, wire in steered.items():
        first = next(each for each in addresses[wire] if isinstance(each, IPv4Address))
        lines.append(f"route replace default via {first} dev {wire} onlink table {mark}")
        lines.append(f"rule add fwmark {mark} lookup {mark}")
    return lines
