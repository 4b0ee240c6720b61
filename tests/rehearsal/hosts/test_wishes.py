"""Who has an address first, who keeps which snapshot, and what is still needed: decided from what is wanted and what runs."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, cast

import pytest

from range.rehearsal.hosts.containers import Container
from range.rehearsal.hosts.disks import Disks
from range.rehearsal.hosts.host import Ground, Host, Wish
from range.rehearsal.hosts.machines import Disk, Frozen, Machine, Wanted
from range.rehearsal.hosts.wishes import Wishes
from range.rehearsal.network.wires import Interface


def machine(name: str, address: str = "10.1.0.4", *, on: bool = True, boot: int = 0) -> Machine:
    interface = Interface(f"eni-{name}", 0, IPv4Address(address), "02:00:00:00:00:01")
    return Machine(name, on, boot, f"vol-{name}", "host", (interface,), "eu-west-2.compute.internal")


def wanted(*machines: Machine, frozen: tuple[Frozen, ...] = ()) -> Wanted:
    disks = {str(each.volume): Disk(str(each.volume), "snap-public") for each in machines}
    return Wanted({each.id: each for each in machines}, disks, {each.id: each for each in frozen})


@pytest.fixture
def hosts() -> dict[str, Host]:
    return {}


@pytest.fixture
def wishes(hosts: dict[str, Host], tmp_path: Path) -> Wishes:
    return Wishes(hosts, Disks(tmp_path, lambda _: tmp_path))


def running(hosts: dict[str, Host], name: str, volume: str | None = None) -> Host:
    """Let a machine run."""
    container = Container("c", name, f"{volume or f'vol-{name}'}/0", 1)
    hosts[name] = Host(name, cast("Ground", cast("Any", None)), container)
    return hosts[name]


def test_of_two_that_want_an_address_the_first_launched_has_it(wishes: Wishes) -> None:
    wishes.want(wanted(machine("i-1"), machine("i-2"), machine("i-3", "10.1.0.5")))

    assert [wishes.of(name).claimed is not None for name in ("i-1", "i-2", "i-3")] == [False, True, False]
    assert "10.1.0.4 is taken by i-1" in str(wishes.of("i-2").claimed)


def test_who_runs_with_an_address_keeps_it(wishes: Wishes, hosts: dict[str, Host]) -> None:
    running(hosts, "i-2")
    wishes.want(wanted(machine("i-1"), machine("i-2")))

    assert [wishes.of(name).claimed is not None for name in ("i-1", "i-2")] == [True, False]


def test_a_stopped_machine_claims_nothing(wishes: Wishes) -> None:
    wishes.want(wanted(machine("i-1", on=False), machine("i-2")))

    assert wishes.of("i-2").claimed is None


def test_a_machine_keeps_snapshots_of_its_disk_and_of_the_one_that_it_still_runs_with(
    wishes: Wishes, hosts: dict[str, Host]
) -> None:
    running(hosts, "i-1", "vol-before")
    frozen = (Frozen("snap-1", "vol-before"), Frozen("snap-2", "vol-i-1"), Frozen("snap-3", "vol-other"))
    wishes.want(wanted(machine("i-1"), frozen=frozen))

    assert [each.id for each, _ in wishes.of("i-1").frozen] == ["snap-1", "snap-2"]
    assert [each.id for each, _ in wishes.loose(())] == ["snap-3"]
    assert wishes.volumes() == {"vol-before", "vol-i-1", "vol-other"}


def test_a_copy_of_a_snapshot_waits_for_what_it_copies(wishes: Wishes) -> None:
    wishes.want(wanted(frozen=(Frozen("snap-1", "vol-gone"), Frozen("snap-2", None, "snap-1"))))

    assert [each.id for each, _ in wishes.loose(())] == ["snap-1"]


def test_a_disk_in_hand_is_needed_whatever_is_wanted_meanwhile(wishes: Wishes, hosts: dict[str, Host]) -> None:
    hosts["i-1"] = Host("i-1", cast("Ground", cast("Any", None)))
    wishes.in_hand["i-1"] = Wish(machine("i-1"))
    wishes.want(Wanted())

    assert wishes.volumes() == {"vol-i-1"}


def test_a_machine_lacks_something_until_it_is_as_wished(wishes: Wishes, hosts: dict[str, Host]) -> None:
    host = running(hosts, "i-1")
    wishes.want(wanted(machine("i-1")))
    assert host.lacks(wishes.of("i-1"))

    host.settled = machine("i-1")
    assert not host.lacks(wishes.of("i-1"))

    host.ended_as(2)
    assert not host.lacks(wishes.of("i-1")), "it was an earlier process that ended"
    host.ended_as(1)
    assert host.lacks(wishes.of("i-1"))


@pytest.mark.parametrize("now", [machine("i-1", boot=1), machine("i-1", "10.1.0.9"), machine("i-1", on=False), None])
def test_whatever_changes_is_something_to_do(wishes: Wishes, hosts: dict[str, Host], now: Machine | None) -> None:
    host = running(hosts, "i-1")
    host.settled = machine("i-1")

    wishes.want(wanted(*([now] if now else [])))

    assert host.lacks(wishes.of("i-1"))
