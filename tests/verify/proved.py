"""What the proof says about single flows, without any plan."""

from __future__ import annotations

from ipaddress import ip_address

from range.records.snapshot import Snapshot
from range.verify.addresses import point
from range.verify.filters import Filters
from range.verify.gathering import gather
from range.verify.intervals import holds
from range.verify.kinds import Kind, World, kinds_of
from range.verify.network import Network, part_of
from range.verify.reach import Reach
from range.verify.traffic import packet
from tests.verify.oracle.answers import Flow, Verdict


class Proved:
    """The proof's side: any address is answered for by the representative of its kind."""

    def __init__(self, snapshot: Snapshot) -> None:
        parts = []
        for account in snapshot.accounts:
            said = [answer for answer in snapshot.answers if answer.account == account]
            parts.append(part_of(gather(account, said, snapshot.region), snapshot.region))
        network = Network(tuple(parts))
        self.filters = filters = Filters(network)
        self.kinds = kinds_of(network, lambda interface, _: (interface.owner, "zone"), filters, frozenset())
        self.kind_of = {member: kind for kind in self.kinds for member in kind.members}
        self.world, self.reach, self.network = World(network, filters), Reach(network, filters), network

    def ask(self, flow: Flow) -> Verdict:
        """Answer a flow by the kinds that its ends are of."""
        sender = self._end(flow.sender, flow.source)
        receiver = self._end(flow.receiver, self._private(flow))
        place = 1 if flow.receiver is not None and self._private(flow) != flow.destination else 0
        destination = receiver.reached_at[place]
        connection = self.reach.connection(sender, receiver, destination)
        if sender.interface is not None and (connection.may or connection.unclear):
            # what a survey looks at before it walks must never keep it from walking here
            assert holds(self.reach.live(sender.interface.subnet), destination), flow
            assert self.filters.groups_admit(sender.interface.groups, True, destination), flow
        load = flow.load
        number = packet(load.protocol, load.port if load.protocol in {6, 17} else load.kind * 256 + load.code)
        works = holds(self.reach.working(connection), number)
        return Verdict(holds(connection.may, number), works, holds(connection.unclear, number))

    def _private(self, flow: Flow) -> object:
        behind = self.network.behind.get(point(str(flow.destination)))
        return flow.destination if behind is None else ip_address(behind[1])

    def _end(self, interface: str | None, address: object) -> Kind:
        place = point(str(address))
        if interface is not None:
            return self.kind_of[interface, place]
        kind = self.world.kind_of(place)
        assert kind is not None
        return kind
