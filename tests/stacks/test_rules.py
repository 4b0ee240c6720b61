"""The recorded groups and ACLs against the flow table: what both ends permit is the table, exactly."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import IPv4Network
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.lock import lock_path, read
from range.records.plan import Plan, PlannedFlow, Zone
from range.spec.loading import load

EPHEMERAL = range(1024, 65536)
NUMBERS = {"tcp": "6", "udp": "17", "icmp": "1"}


class Place(NamedTuple):
    """A zone of an enclave."""

    enclave: str
    zone: Zone

    def __str__(self) -> str:
        return f"{self.enclave}.{self.zone.name}"


@pytest.fixture(scope="module")
def plan(steadfast: Path) -> Plan:
    exercise = load(steadfast, now=datetime(2026, 1, 1, tzinfo=UTC))
    return plan_of(exercise, allot(exercise, read(lock_path(steadfast))))


@pytest.fixture(scope="module")
def places(plan: Plan) -> list[Place]:
    """All zones in which hosts may stand."""
    return [
        Place(enclave.name, zone)
        for enclave in (plan.hub, *plan.enclaves)
        for zone in enclave.zones
        if zone.name not in {"transit", "egress"}
    ]


def _group_permits(recorder: Any, direction: str, zone: str, far: IPv4Network, protocol: str, port: int) -> bool:
    kind = f"SecurityGroup{direction}Rule"
    return any(
        rule.inputs["securityGroupId"] == f"SecurityGroup-{zone}"
        and rule.inputs["ipProtocol"] == protocol
        and far.subnet_of(IPv4Network(rule.inputs["cidrIpv4"]))
        and (protocol == "icmp" or rule.inputs["fromPort"] <= port <= rule.inputs["toPort"])
        for rule in recorder.of(kind)
    )


def _acl_permits(recorder: Any, egress: bool, zone: str, far: IPv4Network, protocol: str, port: int) -> bool:
    return any(
        entry.inputs["networkAclId"] == f"NetworkAcl-{zone}"
        and entry.inputs["egress"] is egress
        and entry.inputs["protocol"] in {NUMBERS[protocol], "-1"}
        and far.subnet_of(IPv4Network(entry.inputs["cidrBlock"]))
        and ("fromPort" not in entry.inputs or entry.inputs["fromPort"] <= port <= entry.inputs["toPort"])
        for entry in recorder.of("NetworkAclRule")
    )


def _declared(plan: Plan, source: Place, target: Place, protocol: str, port: int) -> bool:
    return any(
        (str(flow.source), str(flow.target), flow.protocol) == (str(source), str(target), protocol)
        and (flow.ports is None or flow.ports.first <= port <= flow.ports.last)
        for flow in plan.flows
    )


def test_what_the_groups_of_both_ends_permit_is_the_flow_table(
    recorded: dict[str, Any], plan: Plan, places: list[Place]
) -> None:
    asked = {(flow.protocol, flow.ports.first if flow.ports else 0) for flow in plan.flows} | {("tcp", 3389)}
    wrong = []
    for source, target in product(places, places):
        for protocol, port in sorted(asked):
            out = _group_permits(recorded[source.enclave], "Egress", source.zone.name, target.zone.cidr, protocol, port)
            into = _group_permits(
                recorded[target.enclave], "Ingress", target.zone.name, source.zone.cidr, protocol, port
            )
            if (out and into) != _declared(plan, source, target, protocol, port):
                wrong.append(f"{source} -> {target} {protocol} {port}: {out=} {into=}")

    assert wrong == []


def _way(plan: Plan, flow: PlannedFlow) -> tuple[Zone, Zone]:
    return (
        plan.enclave(flow.source.enclave).zone(flow.source.zone),
        plan.enclave(flow.target.enclave).zone(flow.target.zone),
    )


def test_the_acls_let_every_flow_pass_and_its_replies_come_back(recorded: dict[str, Any], plan: Plan) -> None:
    for flow in plan.flows:
        source, target = _way(plan, flow)
        at_source, at_target = recorded[flow.source.enclave], recorded[flow.target.enclave]
        port = flow.ports.first if flow.ports else 0

        assert _acl_permits(at_source, True, source.name, target.cidr, flow.protocol, port), flow
        assert _acl_permits(at_target, False, target.name, source.cidr, flow.protocol, port), flow
        for reply in (EPHEMERAL[0], EPHEMERAL[-1]):
            assert _acl_permits(at_target, True, target.name, source.cidr, flow.protocol, reply), flow
            assert _acl_permits(at_source, False, source.name, target.cidr, flow.protocol, reply), flow


@pytest.mark.parametrize("name", ["gbr", "est", "pol", "red", "white"])
def test_the_transit_zone_lets_pass_what_the_gateway_brings(recorded: dict[str, Any], plan: Plan, name: str) -> None:
    own = plan.enclave(name).cidr

    assert _acl_permits(recorded[name], False, "transit", own, "tcp", 1)
    assert _acl_permits(recorded[name], True, "transit", own, "tcp", 1)


@pytest.mark.parametrize("name", ["hub", "gbr", "est", "pol", "red", "white"])
def test_no_rule_is_open_to_the_world(recorded: dict[str, Any], plan: Plan, name: str) -> None:
    recorder = recorded[name]
    rules = [*recorder.of("SecurityGroupIngressRule"), *recorder.of("SecurityGroupEgressRule")]
    ranges = [rule.inputs["cidrIpv4"] for rule in rules]
    ranges += [entry.inputs["cidrBlock"] for entry in recorder.of("NetworkAclRule")]

    assert all(IPv4Network(found).subnet_of(plan.supernet) for found in ranges)
    assert not any("referencedSecurityGroupId" in rule.inputs or "prefixListId" in rule.inputs for rule in rules)


@pytest.mark.parametrize("name", ["hub", "gbr", "est", "pol", "red", "white"])
def test_acls_stay_within_what_every_account_allows(recorded: dict[str, Any], name: str) -> None:
    for acl in recorded[name].of("NetworkAcl"):
        entries = [e.inputs for e in recorded[name].of("NetworkAclRule") if e.inputs["networkAclId"].endswith(acl.name)]
        for egress in (True, False):
            numbers = [entry["ruleNumber"] for entry in entries if entry["egress"] is egress]
            assert len(numbers) == len(set(numbers)) <= 20
