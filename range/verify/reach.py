"""What gets from one kind of addresses to another: what may, and what works both ways."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from range.verify.filters import Filters
from range.verify.intervals import NOTHING, Spans, covers, difference, intersection, spans_of, union
from range.verify.kinds import Kind
from range.verify.model import Route
from range.verify.network import Network
from range.verify.path import Check, Outcome
from range.verify.traffic import ALL, answers, block, of_protocols, protocols, requests
from range.verify.walk import Walker


@dataclass(frozen=True, slots=True)
class Connection:
    """What one address may send to another, at one of its addresses."""

    sender: Kind
    receiver: Kind
    destination: int
    may: Spans
    """What arrives on at least one of the ways that AWS may choose; whether or not an answer comes back."""
    unclear: Spans
    """What goes, on at least one of them, where the model can't follow it."""
    requests: tuple[Outcome, ...]


class Reach:
    """Decides about pairs of kinds in one network."""

    def __init__(self, network: Network, filters: Filters) -> None:
        """Prepare to decide."""
        self._network = network
        self._filters = filters
        self._walker = Walker(network)
        self._live: dict[str, Spans] = {}
        self._onward: dict[str, Spans] = {}

    def admitted(self, check: Check) -> Spans:
        """Give the traffic that one check admits."""
        if check.acl:
            return self._filters.acl_admits(check.acl, check.egress, check.peer)
        return self._filters.groups_admit(check.groups, check.egress, check.peer)

    def arriving(self, outcome: Outcome) -> Spans:
        """Give the traffic that passes every filter on a way."""
        left = outcome.packet.limit
        for step in outcome.packet.steps:
            if step.check is not None:
                left = intersection(left, self.admitted(step.check))
                if not left:
                    return NOTHING
        return left

    def connection(self, sender: Kind, receiver: Kind, destination: int) -> Connection:
        """Walk from one kind to another and see what arrives."""
        if sender.interface is not None:
            outcomes = self._walker.request(sender.interface, sender.address, destination)
        else:
            outcomes = self._walker.request_from_internet(sender.address, destination)
        may = unclear = NOTHING
        for outcome in outcomes:
            if self._is_at(outcome, receiver):
                may = union(may, self.arriving(outcome))
            elif outcome.end == "unknown":
                unclear = union(unclear, self.arriving(outcome))
        return Connection(sender, receiver, destination, may, unclear, tuple(outcomes))

    @staticmethod
    def _is_at(outcome: Outcome, receiver: Kind) -> bool:
        """Say whether a way ends where it should."""
        if receiver.interface is None:
            return outcome.end == "internet"
        return outcome.end == "delivered" and outcome.interface == receiver.interface.id

    def working(self, connection: Connection) -> Spans:
        """Give what arrives whatever AWS chooses, and whose answers come back whatever AWS chooses."""
        sure = ALL
        for outcome in connection.requests:
            if not self._is_at(outcome, connection.receiver):
                return NOTHING
            arriving = self.arriving(outcome)
            answered = self.answered(connection, outcome, protocols(arriving))
            sure = intersection(sure, of_protocols(arriving, answered))
        return difference(sure, SILENT) if connection.requests else NOTHING

    def answered(self, connection: Connection, request: Outcome, numbers: Iterable[int]) -> tuple[int, ...]:
        """Give the protocols whose answers come back to any port that the request may have come from."""
        back = ALL
        for outcome in self.answers(connection, request):
            back = intersection(back, self.arriving(outcome)) if self._is_back(outcome, connection) else NOTHING
        return tuple(number for number in numbers if covers(back, answers(number)))

    def answers(self, connection: Connection, request: Outcome) -> list[Outcome]:
        """Walk the answer to a request that arrived."""
        return self._walker.answer(request, connection.destination)

    @staticmethod
    def _is_back(outcome: Outcome, connection: Connection) -> bool:
        """Say whether an answer ended at who asked."""
        if connection.sender.interface is None:
            return outcome.end == "internet"
        return outcome.end == "delivered" and outcome.interface == connection.sender.interface.id

    def live(self, subnet: str) -> Spans:
        """Give the addresses that a subnet's route table, and the transit gateway's behind it, don't lose at once.

        It only saves walks that end at once; it never decides.
        """
        if subnet not in self._live:
            table = self._network.table_for.get(subnet)
            found: list[Spans] = []
            if table is not None:
                for stretch, routes in self._network.lookups[table.id].stretches():
                    found += [self._kept(table.vpc, (stretch,), route) for route in routes]
            self._live[subnet] = spans_of(span for spans in found for span in spans)
        return self._live[subnet]

    def _kept(self, vpc: str, stretch: Spans, route: Route) -> Spans:
        """Give what of a stretch isn't lost right behind a route."""
        if route.target.kind in {"blackhole", "service"}:
            return NOTHING
        if route.target.kind != "tgw" or route.target.id not in self._network.transit:
            return stretch
        attachment = self._network.attachment_of.get((route.target.id, vpc))
        table = self._network.gateway_table_of.get(attachment.id) if attachment is not None else None
        if table is None:
            return NOTHING
        if table.id not in self._onward:
            lookup = self._network.gateway_lookups[table.id]
            self._onward[table.id] = lookup.addresses_to(frozenset({"attachment", "unmodelled"}))
        return intersection(stretch, self._onward[table.id])


class Directory:
    """Every address that a packet can be sent to, in order, to find those within some spans."""

    def __init__(self, kinds: Iterable[Kind]) -> None:
        """Sort the addresses."""
        self._entries = sorted(
            ((address, place, kind) for place, kind in enumerate(kinds) for address in kind.reached_at),
            key=lambda entry: entry[:2],
        )
        self._addresses = [entry[0] for entry in self._entries]

    def within(self, spans: Spans) -> Iterator[tuple[int, Kind]]:
        """Give the addresses in some spans, each with its kind."""
        for low, high in spans:
            for place in range(bisect_left(self._addresses, low), len(self._entries)):
                if self._addresses[place] > high:
                    break
                yield self._entries[place][0], self._entries[place][2]


SILENT: Spans = spans_of(span for number in (1, 58) for span in difference((block(number),), requests(number)))
"""Packets that nobody answers: ICMP other than the echo request."""
