"""The proof agrees with the oracle: may a packet arrive, does a connection work, and can either be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
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
QUICK = (500, 45)
"""Topologies, and flows on each: more than 20,000, though a few topologies have nobody to send to."""
PARTS = 50
LONG = (200, 110)
"""The same for each part of the long run; all parts together make 10,000 topologies and more than a million flows."""
ONCE_WRONG = (33853209,)
"""A machine whose neighbour was the target of a route was taken for that neighbour."""
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


def agree(number: int, count: int, counts: Counter[str]) -> None:
    """Make the topology of a number, and compare; the number alone makes it again."""
    random = Random(number)
    topology = Topology(random)
    snapshot = topology.cloud.snapshot()
    proved, oracle = Proved(snapshot), Oracle(Facts(snapshot))
    for flow in flows(topology, random, count):
        said, true = proved.ask(flow), oracle.ask(flow)
        counts.update({"flows": 1, "may": true.may, "works": true.works, "unclear": true.unclear})
        assert said == true, f"topology {number}: {flow}"
    counts["topologies"] += 1


def run(begin: int, topologies: int, count: int) -> Counter[str]:
    """Compare on many topologies."""
    counts: Counter[str] = Counter()

    @seed(begin)
    @settings(
        max_examples=topologies,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(number=st.integers(0, 2**64 - 1))
    def compare(number: int) -> None:
        agree(number, count, counts)

    compare()
    return counts


Record = Callable[[str, object], None]


def test_the_proof_and_the_oracle_agree_on_every_flow(record_property: Record) -> None:
    counts = run(SEED, *QUICK)
    record_property("counted", f"seed {SEED}: {dict(counts)}, 0 disagreements")

    assert counts["topologies"] >= 500
    assert counts["flows"] >= 20_000
    assert min(counts["may"], counts["works"], counts["unclear"]) > 50


@pytest.mark.parametrize("number", ONCE_WRONG)
def test_topologies_on_which_they_once_disagreed(number: int) -> None:
    counts: Counter[str] = Counter()

    agree(number, 400, counts)

    assert counts["flows"] == 400


@pytest.mark.prove
@pytest.mark.timeout(0)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
def test_the_proof_and_the_oracle_agree_on_a_million_flows(part: int, record_property: Record) -> None:
    counts = run(SEED + part, *LONG)
    record_property("counted", f"seed {SEED + part}: {dict(counts)}, 0 disagreements")

    assert counts["topologies"] >= LONG[0]
