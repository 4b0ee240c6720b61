"""The proof agrees with the oracle: may a packet arrive, does a connection work, and can either be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from range.records.snapshot import Snapshot
from range.verify.addresses import point
from range.verify.filters import Filters
from range.verify.gathering import gather
from range.verify.intervals import holds
from range.verify.kinds import Kind, World, kinds_of
from range.verify.network import Network, part_of
from range.verify.reach import Reach
from range.verify.traffic import packet
from tests.verify.oracle.answers import Flow, Oracle, Verdict
from tests.verify.oracle.facts import Facts
from tests.verify.oracle.filters import Load
from tests.verify.topologies import INTERNET, REGION, Topology

SEED = 20261122
QUICK = (500, 40)
LONG = (10_000, 100)
LOADS = (
    Load(6, 22),
    Load(6, 80),
    Load(6, 443),
    Load(6, 40000),
    Load(17, 53),
    Load(17, 65535),
    Load(1, kind=8),
    Load(1, kind=0),
    Load(1, kind=3, code=4),
    Load(58, kind=128),
    Load(47),
)


class Proved:
    """The proof's side: any address is answered for by the representative of its kind."""

    def __init__(self, snapshot: Snapshot) -> None:
        parts = []
        for account in snapshot.accounts:
            said = [answer for answer in snapshot.answers if answer.account == account]
            parts.append(part_of(gather(account, said, REGION), REGION))
        network = Network(tuple(parts))
        filters = Filters(network)
        self.kinds = kinds_of(network, lambda interface, _: (interface.owner, "zone"), filters, frozenset())
        self.kind_of = {member: kind for kind in self.kinds for member in kind.members}
        self.world, self.reach, self.network = World(network, filters), Reach(network, filters), network

    def ask(self, flow: Flow) -> Verdict:
        """Answer a flow by the kinds that its ends are of."""
        sender = self._end(flow.sender, flow.source)
        receiver = self._end(flow.receiver, self._private(flow))
        place = 1 if flow.receiver is not None and self._private(flow) != flow.destination else 0
        connection = self.reach.connection(sender, receiver, receiver.reached_at[place])
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


End = tuple[str | None, str, list[str]]
"""An interface or None for the internet, its address, and all that it can be sent to as."""


def flows(topology: Topology, random: Random, count: int) -> Iterator[Flow]:
    """Give flows between random ends, one in five of them the internet's."""
    world: list[End] = [(None, place, [place]) for place in INTERNET]
    machines = list(ends(topology))
    for _ in range(count * 20 if machines else 0):
        sender, source, _own = world[random.randrange(5)] if random.randrange(5) == 0 else random.choice(machines)
        goes_out = sender is not None and random.randrange(6) == 0
        receiver, _, reached_at = random.choice(world if goes_out else machines)
        destination = random.choice(reached_at)
        if sender != receiver and ip_address(source).version == ip_address(destination).version:
            yield Flow(sender, ip_address(source), receiver, ip_address(destination), random.choice(LOADS))
            count -= 1
        if count == 0:
            return


def ends(topology: Topology) -> Iterator[End]:
    """Give every address of every machine."""
    for one in topology.cloud.of("NetworkInterfaces"):
        if one["InterfaceType"] == "interface":
            for own in one["PrivateIpAddresses"]:
                public = [own["Association"]["PublicIp"]] if "Association" in own else []
                yield one["NetworkInterfaceId"], own["PrivateIpAddress"], [own["PrivateIpAddress"], *public]
            for v6 in one["Ipv6Addresses"]:
                yield one["NetworkInterfaceId"], v6["Ipv6Address"], [v6["Ipv6Address"]]


def agree(random: Random, count: int, counts: Counter[str]) -> None:
    """Make one topology, and compare."""
    topology = Topology(random)
    snapshot = topology.cloud.snapshot()
    proved, oracle = Proved(snapshot), Oracle(Facts(snapshot))
    for flow in flows(topology, random, count):
        said, true = proved.ask(flow), oracle.ask(flow)
        counts.update({"flows": 1, "may": true.may, "works": true.works, "unclear": true.unclear})
        assert said == true, flow
    counts["topologies"] += 1


def run(topologies: int, count: int) -> Counter[str]:
    """Compare on many topologies."""
    counts: Counter[str] = Counter()

    @seed(SEED)
    @settings(
        max_examples=topologies,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(number=st.integers(0, 2**64 - 1))
    def compare(number: int) -> None:
        agree(Random(number), count, counts)

    compare()
    print(f"seed {SEED}: {dict(counts)}, 0 disagreements")
    return counts


def test_the_proof_and_the_oracle_agree_on_every_flow() -> None:
    counts = run(*QUICK)

    assert counts["topologies"] >= 500
    assert min(counts["may"], counts["works"], counts["unclear"]) > 100


@pytest.mark.prove
@pytest.mark.timeout(0)
def test_the_proof_and_the_oracle_agree_on_a_million_flows() -> None:
    counts = run(*LONG)

    assert counts["topologies"] >= 10_000
