"""The collector itself, syslog-ng with the role's own configuration, in a namespace of its own: bad clients and bad days.

Both ends are counted: what was sent by whom, and what is kept under whose name.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from range.configure.authority import Subject
from range.rehearsal.hosts.images import is_made
from tests.configure.collecting import ADDRESSES, MIB, Running, collecting

needs_an_image = pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("unshare") or not is_made(),
    reason="needs root, unshare, and the hosts' image: `range rehearsal start` makes it",
)
pytestmark = needs_an_image


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with collecting(tmp_path_factory.mktemp("collector")) as running:
        yield running


def test_an_event_is_kept_under_the_ally_of_the_certificate_whatever_it_claims(collector: Running) -> None:
    assert collector.ship("est", text="honest")["error"] is None
    assert collector.ship("est", text="liar", claims="sensor-1.pol")["error"] is None

    assert collector.comes_to(lambda: len(collector.held("est", "liar")) == 1)
    (liar,) = collector.held("est", "liar")
    assert (liar["ally"], liar["address"]) == ("est", ADDRESSES["est"])
    assert liar["host"] in ("sensor-1.est", ADDRESSES["est"])
    assert liar["claims"] == "sensor-1.pol"
    assert collector.held("pol", "liar") == []


def test_an_allys_certificate_from_another_allys_address_is_refused_and_counted(collector: Running) -> None:
    before = collector.refused()

    collector.ship("pol", text="stolen", source=ADDRESSES["est"], lines=20)

    assert collector.comes_to(lambda: collector.refused() >= before + 19)
    assert collector.held("pol", "stolen") == []
    # of the first message syslog-ng may not yet know the certificate: it counts as its address's, never as the other's
    assert len(collector.held("est", "stolen")) <= 1


@pytest.mark.parametrize("who", ["nobody", "a stranger", "noise"])
def test_unknown_clients_and_noise_are_refused_and_counted(collector: Running, who: str) -> None:
    before = collector.refused()
    theirs = collector.stranger.certificate(Subject("sensor-1", "est", IPv4Address(ADDRESSES["est"])))

    match who:
        case "nobody":
            collector.ship("est", text="unknown", certificate=None)
        case "a stranger":
            collector.ship("est", text="unknown", certificate=str(theirs))
        case _:
            collector.ship("est", text="unknown", certificate=None, raw=os.urandom(4096).hex())

    assert collector.comes_to(lambda: collector.refused() > before)
    assert collector.held("est", "unknown") == []


def test_noise_from_a_known_client_and_a_line_of_ten_mib_lose_nothing_of_the_others(collector: Running) -> None:
    with ThreadPoolExecutor(3) as threads:
        steady = threads.submit(collector.ship, "pol", text="steady", lines=500)
        collector.ship("est", text="afternoise", raw=os.urandom(4096).hex())
        long = threads.submit(collector.ship, "est", text="verylong", size=10 * MIB)
        assert steady.result()["sent"] == 500
        long.result()

    assert collector.comes_to(lambda: len(collector.held("pol", "steady")) == 500)
    assert all(len(json.dumps(event)) < MIB for event in collector.held("est", "verylong"))
    assert collector.ship("est", text="stillhere")["error"] is None
    assert collector.comes_to(lambda: len(collector.held("est", "stillhere")) == 1)


def test_a_flood_from_one_ally_loses_nothing_of_the_others(collector: Running) -> None:
    with ThreadPoolExecutor(3) as threads:
        floods = [threads.submit(collector.ship, "est", text="flood", lines=10_000) for _ in (1, 2)]
        steady = threads.submit(collector.ship, "pol", text="beside", lines=1_000)
        flooded = sum(flood.result()["sent"] for flood in floods)
        assert steady.result()["sent"] == 1_000

    assert collector.comes_to(lambda: len(collector.held("pol", "beside")) == 1_000)
    assert collector.comes_to(lambda: len(collector.held("est", "flood")) == flooded)
    assert collector.held("pol", "flood") == []


def numbers(events: list[dict[str, str]]) -> list[int]:
    """Give which messages of a shipper these are."""
    return sorted(int(event["message"].partition(" ")[2].split("x")[0]) for event in events)


def test_with_a_full_disk_nothing_is_lost_since_events_wait_until_there_is_room(tmp_path: Path) -> None:
    with collecting(tmp_path, disk_mib=2) as collector, ThreadPoolExecutor(2) as threads:
        flood = threads.submit(collector.ship, "est", text="flood", lines=8_000, size=300)
        assert collector.comes_to(lambda: shutil.disk_usage(collector.logs).free < 64 * 1024)
        beside = threads.submit(collector.ship, "pol", text="beside", lines=500)

        collector.make_room(64)

        assert flood.result()["error"] is None
        assert beside.result()["sent"] == 500
        assert collector.comes_to(lambda: len(collector.held("pol", "beside")) >= 500)
        # what the disk had no room for in the middle of a write is written again: some are there twice, all once at least
        assert collector.comes_to(lambda: len({*numbers(collector.held("est", "flood"))}) == 8_000)
        assert numbers(collector.held("pol", "beside")) == list(range(500))
