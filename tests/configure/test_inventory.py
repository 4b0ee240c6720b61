"""The inventory: from the plan alone, and never with a secret in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from range.configure.inventory import Files, inventory
from range.plan.inputs import collector_of
from range.records.plan import Plan

FILES = Files(Path("/ca/authority.pem"), lambda host: Path(f"/ca/hosts/{host.name}.pem"), Path("/ssh/config"))
EVERY = ["hub", "gbr", "est", "pol", "red", "white"]


def _hosts(plan: Plan, enclave: str) -> dict[str, dict[str, Any]]:
    groups = inventory(plan, plan.enclave(enclave), FILES)["all"]["children"]
    return {name: told for group in groups.values() for name, told in group["hosts"].items()}


@pytest.mark.parametrize("enclave", EVERY)
def test_every_host_is_there_once_in_the_group_of_its_role(plan: Plan, enclave: str) -> None:
    groups = inventory(plan, plan.enclave(enclave), FILES)["all"]["children"]

    found = {(role, name) for role, group in groups.items() for name in group["hosts"]}

    assert found == {(host.role, f"{host.name}.{enclave}") for host in plan.enclave(enclave).hosts}


def test_events_are_shipped_from_where_the_flow_table_reaches_the_collector(plan: Plan) -> None:
    shipping = {
        name for enclave in EVERY for name, told in _hosts(plan, enclave).items() if "foundation_collector" in told
    }

    expected = {f"{host}-1.{ally}" for ally in ("gbr", "est", "pol") for host in ("web", "files", "shell", "sensor")}
    assert shipping == expected | {"attacker-1.red"}


def test_a_sensor_watches_over_its_own_enclave_and_no_other(plan: Plan) -> None:
    assert _hosts(plan, "est")["sensor-1.est"]["sensor_home"] == [str(plan.enclave("est").cidr)]


def test_the_collector_knows_every_enclave_by_its_block(plan: Plan) -> None:
    clients = _hosts(plan, "hub")["collector-1.hub"]["collector_clients"]

    assert {client["name"]: client["cidr"] for client in clients} == {
        enclave.name: str(enclave.cidr) for enclave in (plan.hub, *plan.enclaves)
    }


def test_the_attacker_may_go_nowhere_but_into_the_exercise(plan: Plan) -> None:
    assert _hosts(plan, "red")["attacker-1.red"]["attacker_supernet"] == str(plan.supernet)


def test_people_are_let_through_the_bastion_alone(plan: Plan) -> None:
    through = [name for enclave in EVERY for name, told in _hosts(plan, enclave).items() if told["foundation_forwards"]]

    assert through == ["bastion-1.hub"]


def test_an_exercise_without_a_collector_ships_nothing(plan: Plan) -> None:
    without = plan.model_copy(update={"services": ()})

    assert collector_of(without) is None
    assert not any("foundation_collector" in told for told in _hosts(without, "est").values())


@pytest.mark.parametrize("enclave", EVERY)
def test_it_is_json_and_names_files_instead_of_what_is_in_them(plan: Plan, enclave: str) -> None:
    text = json.dumps(inventory(plan, plan.enclave(enclave), FILES))

    assert "PRIVATE KEY" not in text
    assert "/ca/hosts/" in text


def test_a_weakness_that_the_file_switches_off_is_not_asked_for(exercise_file: Any) -> None:
    plan = exercise_file(
        lambda file: file["profiles"]["standard"]["hosts"]["web"].update(weaknesses={"exposed-backup": False})
    )

    assert _hosts(plan, "est")["web-1.est"]["target_web_weaknesses"] == ["command-injection", "default-credentials"]
    assert len(_hosts(plan, "est")["files-1.est"]["target_files_weaknesses"]) == 3
