"""Everything that isn't as declared in one network, before it is put into words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from range.records.plan import Enclave, Host, Plan
from range.verify.addresses import is_v6
from range.verify.expectation import Expectation, expectation
from range.verify.filters import Filters
from range.verify.intervals import NOTHING, Spans, difference
from range.verify.kinds import Kind, World, kinds_of
from range.verify.network import Network
from range.verify.reach import SILENT, Connection, Directory, Reach
from range.verify.zones import THE_INTERNET, Place, Zones

Pair = tuple[Place, Place]
Hosts = tuple[tuple[Enclave, Host, int], ...]
"""The plan's hosts, each with its enclave and its address."""


@dataclass
class Survey:
    """What gets where it shouldn't, what doesn't get where it should, and what can't be told."""

    plan: Plan
    network: Network
    hosts: Hosts
    undeclared: dict[Pair, list[tuple[Connection, Spans]]] = field(default_factory=lambda: defaultdict(list))
    """By pair of zones: what arrives that nobody declared."""
    cut: dict[Pair, list[tuple[Connection, Spans]]] = field(default_factory=lambda: defaultdict(list))
    """By pair of zones: what is declared and doesn't arrive, or isn't answered."""
    unclear: dict[Pair, Connection] = field(default_factory=dict)
    """By pair of zones: a way that the model can't follow."""
    absent: list[tuple[Enclave, Host]] = field(default_factory=list)
    """Hosts of the plan whose address nothing has."""

    _walked: dict[tuple[int, int, int], Connection] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Look at every pair of kinds of addresses that a route connects."""
        self.expected: Expectation = expectation(self.plan)
        self.zones = Zones(self.plan, self.network)
        self.filters = Filters(self.network)
        self.reach = Reach(self.network, self.filters)
        planned = frozenset(self._planned())
        self.kinds = kinds_of(self.network, self.zones.place, self.filters, planned)
        self.world = World(self.network, self.filters).kinds
        self._look()
        self._check_declared()

    def _planned(self) -> Iterator[tuple[str, int]]:
        """Give the plan's hosts by VPC and address, and note those that aren't there."""
        for enclave, host, address in self.hosts:
            vpc = self.zones.vpcs[enclave.name]
            if vpc is None or (vpc, address) not in self.network.at:
                self.absent.append((enclave, host))
            else:
                yield (vpc, address)

    def _look(self) -> None:
        """Find what may arrive, between every two kinds of different enclaves."""
        directory = Directory((*self.kinds, *self.world))
        for sender in self.kinds:
            if sender.interface is not None and sender.interface.kind == "host":
                for destination, receiver in directory.within(self.reach.live(sender.interface.subnet)):
                    if self.filters.groups_admit(sender.interface.groups, True, destination):
                        self._note(sender, receiver, destination)
        for receiver in self.kinds:
            for destination in self._open_to_world(receiver):
                for sender in self.world:
                    if is_v6(sender.address) == is_v6(destination):
                        self._note(sender, receiver, destination)

    def _open_to_world(self, receiver: Kind) -> Iterator[int]:
        """Give the addresses of a kind that the internet could send to."""
        if receiver.interface is not None and receiver.interface.vpc in self.network.with_igw:
            yield from (one for one in receiver.reached_at if is_v6(one) or one != receiver.address)

    def _note(self, sender: Kind, receiver: Kind, destination: int) -> None:
        """Keep what may arrive and isn't declared, and what can't be told."""
        if sender.place[0] == receiver.place[0] or is_v6(sender.address) != is_v6(destination):
            return
        connection = self._connection(sender, receiver, destination)
        pair = (sender.place, receiver.place)
        surplus = difference(connection.may, self.expected.between(*pair))
        if surplus:
            self.undeclared[pair].append((connection, surplus))
        if connection.unclear:
            self.unclear.setdefault(pair, connection)

    def _connection(self, sender: Kind, receiver: Kind, destination: int) -> Connection:
        """Walk once between two kinds; what is declared is asked about twice."""
        key = (id(sender), id(receiver), destination)
        if key not in self._walked:
            self._walked[key] = self.reach.connection(sender, receiver, destination)
        return self._walked[key]

    def _check_declared(self) -> None:
        """Find what is declared and doesn't work, between the hosts of the plan."""
        hosts: dict[Place, list[Kind]] = defaultdict(list)
        for kind in self.kinds:
            if kind.planned:
                hosts[kind.place].append(kind)
        hosts[THE_INTERNET] = [kind for kind in self.world if not is_v6(kind.address)]
        for (source, target), traffic in self.expected.declared.items():
            wanted = difference(traffic, SILENT)
            for sender in hosts.get(source, ()):
                for receiver in hosts.get(target, ()):
                    connection = self._connection(sender, receiver, receiver.address)
                    missing = difference(wanted, self.reach.working(connection)) if wanted else NOTHING
                    if missing:
                        self.cut[(source, target)].append((connection, missing))
