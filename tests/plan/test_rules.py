"""What groups, ACLs and route tables permit together is the flow table: nothing less, nothing more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings

from range.plan.rules import ACL_ENTRIES, HIGHEST_ACL_NUMBER, acl_entries, group_rules
from range.records.plan import Plan, ZoneName
from range.spec.models import Exercise
from tests.plan.exercises import content, example, exercise_of, exercises, planned, with_allies, with_egress, with_flow
from tests.plan.packets import INTERNET_HOSTS, Network, Packet

law = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def probed_ports(plan: Plan) -> list[int]:
    """Give every port at which a flow begins or ends, and those beside it."""
    edges = {edge for flow in plan.flows if flow.ports for edge in (flow.ports.first, flow.ports.last)}
    near = {edge + step for edge in edges for step in (-1, 0, 1)}
    return sorted(port for port in near | {1, 1024, 40000, 65535} if 1 <= port <= 65535)


def declared(plan: Plan) -> set[tuple[str, str, str, int]]:
    """Give what the flow table permits, of what is probed."""
    return {
        (str(flow.source), str(flow.target), flow.protocol, port)
        for flow in plan.flows
        for port in (probed_ports(plan) if flow.ports else [0])
        if flow.ports is None or flow.ports.first <= port <= flow.ports.last
    }


def permitted(plan: Plan) -> set[tuple[str, str, str, int]]:
    """Give what passes between any two zones, from the last host of one subnet to the first of another."""
    network = Network(plan)
    ports = probed_ports(plan)
    return {
        (source, target, protocol, port)
        for source, target in product(network.zones, repeat=2)
        for source_net, target_net in places(network.zones[source], network.zones[target])
        for protocol in ("tcp", "udp", "icmp")
        for port in (ports if protocol != "icmp" else [0])
        if network.passes(source, target, Packet(source_net[-2], target_net[4], protocol, port))
    }


def places(
    sources: tuple[IPv4Network, ...], targets: tuple[IPv4Network, ...]
) -> Iterator[tuple[IPv4Network, IPv4Network]]:
    """Give every subnet once, both within an availability zone and from one to the next."""
    yield from zip(sources, targets, strict=True)
    yield from zip(sources[:-1], targets[1:], strict=True)


def permitted_to_internet(plan: Plan) -> set[tuple[str, str, str, int]]:
    """Give what passes to hosts on the internet."""
    network = Network(plan)
    return {
        (source, "internet.internet", protocol, port)
        for source in network.zones
        for target in INTERNET_HOSTS
        for protocol in ("tcp", "udp")
        for port in probed_ports(plan)
        if network.reaches_internet(source, Packet(network.zones[source][0][4], target, protocol, port))
    }


@law
@given(exercise=exercises())
def test_what_passes_is_the_flow_table_exactly(exercise: Exercise) -> None:
    plan = planned(exercise)

    assert permitted(plan) | permitted_to_internet(plan) == declared(plan)


@pytest.mark.prove
@pytest.mark.timeout(1800)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(exercise=exercises())
def test_what_passes_is_the_flow_table_exactly_in_many_more_exercises(exercise: Exercise) -> None:
    plan = planned(exercise)

    assert permitted(plan) | permitted_to_internet(plan) == declared(plan)


def test_the_example_permits_what_it_declares() -> None:
    plan = planned(example("steadfast"))

    assert permitted(plan) == declared(plan)


def test_egress_to_a_service_s_port_opens_no_way_to_the_service() -> None:
    plan = planned(with_egress(example("steadfast"), "allies.targets", ports=(443, 6514)))

    assert ("est.targets", "hub.services", "tcp", 443) not in permitted(plan)
    assert ("est.targets", "internet.internet", "tcp", 443) in permitted_to_internet(plan)


def test_what_red_may_open_at_allies_it_may_not_open_at_the_hub_where_allies_may() -> None:
    exercise = with_flow(
        example("steadfast"), source="red.attackers", to="allies.targets", protocol="tcp", ports=[443, 6515]
    )

    passing = permitted(planned(exercise))

    assert ("red.attackers", "est.targets", "tcp", 443) in passing
    assert ("est.sensors", "hub.services", "tcp", 443) in passing
    assert ("red.attackers", "hub.services", "tcp", 443) not in passing


def zones_of(plan: Plan) -> list[ZoneName]:
    return [
        ZoneName(enclave=enclave.name, zone=zone.name)
        for enclave in (plan.hub, *plan.enclaves)
        for zone in enclave.zones
    ]


def most_of_a_direction(plan: Plan) -> tuple[int, int]:
    """Give the most rules that any group has in a direction, and the most entries that any ACL has."""
    groups = [Counter(rule.direction for rule in group_rules(plan, zone)) for zone in zones_of(plan)]
    acls = [Counter(entry.direction for entry in acl_entries(plan, zone)) for zone in zones_of(plan)]
    return max(max(group.values(), default=0) for group in groups), max(max(acl.values()) for acl in acls)


def test_thirty_six_nations_stay_within_the_default_quotas() -> None:
    groups, acls = most_of_a_direction(planned(example("nations36")))

    assert groups <= 60
    assert acls <= 20


def test_thirty_six_nations_with_egress_stay_within_the_default_quotas() -> None:
    exercise = with_egress(example("nations36"), "allies.targets", "hub.services", ports=(80, 443))

    groups, acls = most_of_a_direction(planned(exercise))

    assert groups <= 60
    assert acls <= 20


@law
@given(exercise=exercises())
def test_keys_and_numbers_are_unique_in_a_zone(exercise: Exercise) -> None:
    plan = planned(exercise)

    for zone in zones_of(plan):
        rules, entries = group_rules(plan, zone), acl_entries(plan, zone)
        assert len({rule.key for rule in rules}) == len(rules)
        assert len({(r.direction, r.protocol, r.from_port, r.to_port, r.cidr) for r in rules}) == len(rules)
        assert len({(entry.direction, entry.number) for entry in entries}) == len(entries)
        assert all(1 <= entry.number <= HIGHEST_ACL_NUMBER for entry in entries)


def rules_by_zone(plan: Plan) -> dict[str, dict[str, object]]:
    """Give all rules and entries by zone and key."""
    return {
        str(zone): {
            **{f"group {rule.key}": rule for rule in group_rules(plan, zone)},
            **{f"acl {entry.key}": entry for entry in acl_entries(plan, zone)},
        }
        for zone in zones_of(plan)
    }


def test_another_flow_adds_rules_at_its_ends_and_changes_none() -> None:
    exercise = example("steadfast")
    before = rules_by_zone(planned(exercise))
    after = rules_by_zone(
        planned(with_flow(exercise, source="white.referees", to="gbr.targets", protocol="udp", ports=[161]))
    )

    assert {zone for zone in after if after[zone] != before[zone]} == {"white.referees", "gbr.targets"}
    assert all(before[zone].items() <= after[zone].items() for zone in before)


@pytest.mark.parametrize("name", ["steadfast", "nations36"])
def test_another_ally_changes_no_rule_that_is_there(name: str) -> None:
    exercise = example(name)
    everybody = [ally.code for ally in exercise.allies]
    small = with_allies(exercise, everybody)
    before = rules_by_zone(planned(small))
    after = rules_by_zone(planned(with_allies(exercise, [*everybody, "jam"])))

    assert {zone for zone in before if after[zone] != before[zone]} == set()


def test_an_acl_that_would_be_too_long_gets_coarser_and_the_groups_stay_exact() -> None:
    written = content(example("steadfast"))
    written["flows"][0]["ports"] = list(range(3000, 3060, 2))
    plan = planned(exercise_of(written))
    zone = ZoneName(enclave="gbr", zone="targets")

    entries = Counter(entry.direction for entry in acl_entries(plan, zone))

    assert max(entries.values()) <= ACL_ENTRIES
    assert permitted(plan) == declared(plan)


def test_descriptions_have_only_what_aws_allows_in_them() -> None:
    written = content(example("steadfast"))
    written["flows"][0]["why"] = 'red\'s "attack" <on> targets – günstig'
    plan = planned(exercise_of(written))

    said = {rule.description for rule in group_rules(plan, ZoneName(enclave="est", zone="targets"))}

    assert "reds attack on targets  gnstig" in said
