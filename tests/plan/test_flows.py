"""The flow table: what is implied, what the file says, and each permission once."""

from __future__ import annotations

from hypothesis import given, settings

from range.plan.flows import spans
from range.records.plan import Plan, PortSpan
from range.spec.models import Exercise
from tests.plan.exercises import content, example, exercise_of, exercises, planned, with_egress


def rows(plan: Plan, kind: str) -> set[tuple[str, str, str, int | None]]:
    return {
        (str(flow.source), str(flow.target), flow.protocol, flow.ports.first if flow.ports else None)
        for flow in plan.flows
        if flow.kind == kind
    }


def test_the_controller_reaches_every_zone_with_hosts_by_ssh_and_no_other() -> None:
    reached = {target for _, target, _, port in rows(planned(example("steadfast")), "management") if port == 22}

    assert reached == {
        "hub.management", "hub.services", "red.attackers", "white.referees",
        *(f"{ally}.{zone}" for ally in ("gbr", "est", "pol") for zone in ("targets", "sensors")),
    }  # fmt: skip


def test_only_the_hub_s_management_zone_manages() -> None:
    assert {source for source, *_ in rows(planned(example("steadfast")), "management")} == {"hub.management"}


def test_services_are_reached_by_whom_the_file_names() -> None:
    plan = planned(example("steadfast"))

    assert ("est.sensors", "hub.services", "tcp", 443) in rows(plan, "service")
    assert ("est.targets", "hub.services", "tcp", 443) not in rows(plan, "service")
    assert ("red.attackers", "hub.services", "tcp", 6514) in rows(plan, "service")


def test_mirrored_traffic_goes_to_the_ally_s_own_sensor() -> None:
    assert rows(planned(example("steadfast")), "mirror") == {
        (f"{ally}.targets", f"{ally}.sensors", "udp", 4789) for ally in ("gbr", "est", "pol")
    }


def test_every_target_is_mirrored_once_to_the_sensor() -> None:
    est = planned(example("steadfast")).enclave("est")

    assert [(mirror.source, mirror.sensor) for mirror in est.mirrors] == [
        ("web-1", "sensor-1"),
        ("files-1", "sensor-1"),
        ("shell-1", "sensor-1"),
    ]


def test_without_a_sensor_nothing_is_mirrored() -> None:
    written = content(example("steadfast"))
    del written["profiles"]["standard"]["hosts"]["sensor"]
    plan = planned(exercise_of(written))

    assert rows(plan, "mirror") == set()
    assert not any(enclave.mirrors for enclave in plan.enclaves)


def test_allies_stands_for_every_ally_that_has_the_zone() -> None:
    written = content(example("steadfast"))
    written["profiles"]["small"] = {"zones": {"targets": {"prefix": 25}}}
    written["allies"][0]["profile"] = "small"
    plan = planned(exercise_of(written))

    sources = {source for source, target, _, port in rows(plan, "service") if port == 443}

    assert sources == {"est.sensors", "pol.sensors"}


def test_a_bilateral_flow_has_one_direction() -> None:
    declared = rows(planned(example("steadfast")), "declared")

    assert ("est.targets", "pol.targets", "tcp", 443) in declared
    assert ("pol.targets", "est.targets", "tcp", 443) not in declared


def test_egress_goes_to_the_internet_and_only_from_whom_the_file_names() -> None:
    plan = planned(with_egress(example("steadfast"), "hub.services", "est.targets"))

    assert rows(plan, "egress") == {
        ("hub.services", "internet.internet", "tcp", 443),
        ("est.targets", "internet.internet", "tcp", 443),
    }
    assert {zone.name for zone in plan.hub.zones} == {"services", "management", "transit", "egress"}


def test_without_egress_nothing_goes_to_the_internet() -> None:
    plan = planned(example("steadfast"))

    assert rows(plan, "egress") == set()
    assert not plan.egress
    assert "egress" not in {zone.name for zone in plan.hub.zones}


def test_ports_and_ranges_become_spans() -> None:
    assert spans([22, "8000-8080"]) == (PortSpan(first=22, last=22), PortSpan(first=8000, last=8080))


@settings(max_examples=10, deadline=None)
@given(exercise=exercises())
def test_no_row_is_there_twice(exercise: Exercise) -> None:
    plan = planned(exercise)

    keys = [(str(flow.source), str(flow.target), flow.protocol, str(flow.ports)) for flow in plan.flows]
    assert len(set(keys)) == len(keys)


@settings(max_examples=10, deadline=None)
@given(exercise=exercises())
def test_the_same_file_and_lock_give_the_same_plan_and_json_loses_nothing(exercise: Exercise) -> None:
    written = planned(exercise).model_dump_json()

    assert planned(exercise).model_dump_json() == written
    assert Plan.model_validate_json(written).model_dump_json() == written
