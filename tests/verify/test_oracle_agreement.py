"""The proof agrees with the oracle: may a packet arrive, does a connection work, and can either be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import ip_address
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.verify.oracle.answers import Flow, Oracle
from tests.verify.oracle.facts import Facts
from tests.verify.oracle.filters import Load
from tests.verify.proved import Proved
from tests.verify.topologies import INTERNET, Topology

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
