"""Nobody moves: addresses are given out once, never overlap, and every host is where AWS allows one."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from range.errors import InputError
from range.plan.addresses import allot, ally_blocks, subnets_of
from range.plan.lock import AddressLock, released
from range.plan.ranges import ally_ranges, internet_ranges
from range.records.plan import Plan
from range.spec.models import Exercise
from range.spec.rules.addresses import allies_that_fit
from tests.plan.exercises import codes, content, example, exercise_of, exercises, planned, with_allies

law = settings(max_examples=15, deadline=None)


@law
@given(exercise=exercises())
def test_blocks_zones_and_subnets_lie_in_one_another_and_never_overlap(exercise: Exercise) -> None:
    plan = planned(exercise)
    enclaves = (plan.hub, *plan.enclaves)

    assert all(enclave.cidr.subnet_of(plan.supernet) for enclave in enclaves)
    assert not any(one.cidr.overlaps(other.cidr) for one, other in combinations(enclaves, 2))
    for enclave in enclaves:
        subnets = [subnet.cidr for zone in enclave.zones for subnet in zone.subnets]
        assert all(zone.cidr.subnet_of(enclave.cidr) for zone in enclave.zones)
        assert all(subnet.cidr.subnet_of(zone.cidr) for zone in enclave.zones for subnet in zone.subnets)
        assert not any(one.overlaps(other) for one, other in combinations(subnets, 2))
        assert all(16 <= subnet.prefixlen <= 28 for subnet in subnets)


@law
@given(exercise=exercises())
def test_every_host_has_an_address_of_its_own_that_aws_doesn_t_keep(exercise: Exercise) -> None:
    plan = planned(exercise)

    for enclave in (plan.hub, *plan.enclaves):
        assert len({host.address for host in enclave.hosts}) == len(enclave.hosts)
        for host in enclave.hosts:
            (subnet,) = (s for s in enclave.zone(host.zone).subnets if host.address in s.cidr)
            assert subnet.availability_zone_id == host.availability_zone_id
            assert host.address not in {*list(subnet.cidr)[:4], subnet.cidr[-1]}


@law
@given(first=codes, then=codes, data=st.data())
def test_whoever_joins_leaves_or_changes_places_nobody_moves(
    first: list[str], then: list[str], data: st.DataObject
) -> None:
    exercise = example("steadfast")
    before = allot(with_allies(exercise, first), AddressLock())
    mixed = data.draw(st.permutations(sorted({*then, *first[:1]})))

    after = allot(with_allies(exercise, mixed), before)

    assert before.enclaves.items() <= after.enclaves.items()
    assert before.zones.items() <= after.zones.items()
    assert before.hosts.items() <= after.hosts.items()


@law
@given(exercise=exercises())
def test_allotting_again_changes_nothing(exercise: Exercise) -> None:
    lock = allot(exercise, AddressLock())

    assert allot(exercise, lock) == lock


def test_an_ally_that_left_keeps_its_addresses_until_it_is_released() -> None:
    exercise = example("steadfast")
    whole = allot(exercise, AddressLock())
    left = allot(with_allies(exercise, ["gbr", "pol"]), whole)
    joined = allot(with_allies(exercise, ["gbr", "pol", "fin"]), left)

    assert left == whole
    assert joined.enclaves["fin"] != whole.enclaves["est"]
    free = released(left, "est")
    assert "est" not in free.enclaves
    assert not any("est" in name for name in (*free.zones, *free.hosts))
    assert allot(with_allies(exercise, ["gbr", "pol", "fin"]), free).enclaves["fin"] == whole.enclaves["est"]


def test_another_zone_or_host_of_a_profile_moves_none_that_is_there() -> None:
    exercise = example("steadfast")
    before = allot(exercise, AddressLock())
    written = content(exercise)
    written["profiles"]["standard"]["zones"]["archive"] = {"prefix": 24}
    written["profiles"]["standard"]["hosts"] |= {
        "aaa": {"role": "target_dns", "zone": "targets", "image": "debian-13", "count": 3}
    }

    after = allot(exercise_of(written), before)

    assert before.zones.items() <= after.zones.items()
    assert before.hosts.items() <= after.hosts.items()
    assert after.zones["est.archive"].prefixlen == 24


def test_what_left_an_enclave_gives_its_address_to_nobody_in_the_same_step() -> None:
    exercise = example("steadfast")
    before = allot(exercise, AddressLock())
    written = content(exercise)
    hosts = written["profiles"]["standard"]["hosts"]
    hosts["name"] = hosts.pop("web")

    after = allot(exercise_of(written), before)

    assert "est/web-1" not in after.hosts
    assert after.hosts["est/name-1"] != before.hosts["est/web-1"]


def test_a_full_zone_uses_the_addresses_of_what_left_it() -> None:
    written = content(example("steadfast"))
    written["profiles"]["attackers"]["hosts"]["attacker"]["count"] = 54
    before = allot(exercise_of(written), AddressLock())
    hosts = written["profiles"]["attackers"]["hosts"]
    hosts["breaker"] = hosts.pop("attacker")

    after = allot(exercise_of(written), before)

    assert {address for name, address in after.hosts.items() if name.startswith("red/breaker")} == {
        address for name, address in before.hosts.items() if name.startswith("red/attacker")
    }


def test_a_count_spreads_hosts_over_the_availability_zones() -> None:
    written = content(example("steadfast"))
    written["profiles"]["attackers"]["hosts"]["attacker"]["count"] = 3

    red = planned(exercise_of(written)).enclave("red")

    assert [(host.name, host.availability_zone_id) for host in red.hosts] == [
        ("attacker-1", "euw2-az1"),
        ("attacker-2", "euw2-az2"),
        ("attacker-3", "euw2-az1"),
    ]


def test_other_availability_zones_keep_every_address_that_is_still_a_host_s() -> None:
    written = content(example("steadfast"))
    before = allot(exercise_of(written), AddressLock())
    written["availability_zones"] = ["euw2-az1", "euw2-az2", "euw2-az3"]

    after = allot(exercise_of(written), before)

    assert after.hosts == before.hosts


@pytest.mark.parametrize("prefix", [20, 22, 24, 26])
@pytest.mark.parametrize("supernet", ["10.64.0.0/16", "10.64.0.0/19", "192.168.0.0/20"])
def test_as_many_allies_fit_as_the_rule_says(supernet: str, prefix: int) -> None:
    network = IPv4Network(supernet)
    fit = allies_that_fit(network, prefix)
    hub = next(iter(network.subnets(new_prefix=max(min(prefix, 22), network.prefixlen))))
    infrastructure = [block for block in network.subnets(new_prefix=prefix) if not block.overlaps(hub)][:2]

    free = [b for b in ally_blocks(network, prefix) if not any(b.overlaps(o) for o in (hub, *infrastructure))]

    assert max(fit, 0) == len(free)


def test_a_supernet_that_is_full_of_those_who_left_says_so() -> None:
    exercise = exercise_of(content(example("steadfast")) | {"supernet": "10.64.0.0/19"})
    five = with_allies(exercise, ["gbr", "est", "pol", "fin", "swe"])
    lock = allot(five, AddressLock())

    with pytest.raises(InputError, match=r"est, fin, swe left the file") as caught:
        allot(with_allies(exercise, ["gbr", "pol", "nor"]), lock)

    assert caught.value.hint == "range down --ally est"


def test_a_lock_of_another_supernet_is_refused() -> None:
    exercise = example("steadfast")
    lock = allot(exercise, AddressLock())
    moved = exercise_of(content(exercise) | {"supernet": "10.99.0.0/16"})

    with pytest.raises(InputError, match=r"outside the supernet 10\.99\.0\.0/16"):
        allot(moved, lock)


@pytest.mark.parametrize(
    "lock",
    [
        AddressLock(enclaves={"est": IPv4Network("10.64.4.0/22"), "pol": IPv4Network("10.64.4.0/23")}),
        AddressLock(zones={"est.targets": IPv4Network("10.64.4.0/25"), "est.sensors": IPv4Network("10.64.4.64/26")}),
        AddressLock(hosts={"est/web-1": IPv4Address("10.64.4.4"), "pol/web-1": IPv4Address("10.64.4.4")}),
    ],
)
def test_a_lock_that_gives_addresses_twice_is_refused(lock: AddressLock) -> None:
    with pytest.raises(InputError, match=r"est.* at .* and .* at .*, which overlap"):
        allot(example("steadfast"), lock)


def test_zones_that_grew_beyond_their_block_are_refused() -> None:
    written = content(example("steadfast"))
    lock = allot(exercise_of(written), AddressLock())
    written["enclave_prefix"] = 20
    written["profiles"]["standard"]["zones"]["archive"] = {"prefix": 21}

    with pytest.raises(InputError, match="the zones of gbr don't fit"):
        allot(exercise_of(written), lock)


def test_the_hub_has_room_whatever_enclaves_have() -> None:
    written = content(example("steadfast")) | {"enclave_prefix": 24}
    written["profiles"]["standard"]["zones"] = {"targets": {"prefix": 26}, "sensors": {"prefix": 26}}

    assert planned(exercise_of(written)).hub.cidr.prefixlen == 22


def ranges(plan: Plan) -> tuple[IPv4Network, ...]:
    return ally_ranges(plan)


@law
@given(exercise=exercises())
def test_the_allies_ranges_hold_every_ally_and_nobody_else(exercise: Exercise) -> None:
    plan = planned(exercise)
    covered = ally_ranges(plan)

    for enclave in plan.enclaves:
        inside = any(enclave.cidr.subnet_of(network) for network in covered)
        assert inside == (enclave.kind == "ally")
        assert inside or not any(enclave.cidr.overlaps(network) for network in covered)
    assert not any(plan.hub.cidr.overlaps(network) for network in covered)


def test_one_range_holds_all_allies_of_a_small_exercise() -> None:
    assert ranges(planned(example("steadfast"))) == (IPv4Network("10.64.128.0/17"),)


@pytest.mark.parametrize("supernet", ["10.0.0.0/8", "10.64.0.0/16", "192.168.128.0/20"])
def test_the_internet_is_everything_but_the_supernet(supernet: str) -> None:
    network = IPv4Network(supernet)
    internet = internet_ranges(network)

    assert sum(part.num_addresses for part in internet) + network.num_addresses == 2**32
    assert not any(part.overlaps(network) for part in internet)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_a_zone_is_shared_out_equally(count: int) -> None:
    parts = subnets_of(IPv4Network("10.0.0.0/24"), count)

    assert len(parts) == count
    assert len({part.prefixlen for part in parts}) == 1
    assert IPv4Address("10.0.0.0") in parts[0]
