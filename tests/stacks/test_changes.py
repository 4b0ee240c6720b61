"""What a change of the exercise file changes in the stacks: what it touches, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def _additions(before: Any, after: Any) -> set[tuple[str, str]]:
    """Give what is only in `after`; whatever is in both must be equal, and nothing may be gone."""
    old, new = before.declared(), after.declared()
    assert old.keys() <= new.keys()
    assert {key for key in old if old[key] != new[key]} == set()
    return set(new.keys() - old.keys())


@pytest.fixture(scope="module")
def with_fourth_ally(exercise_file: Any) -> Path:
    def join(exercise: dict[str, Any]) -> None:
        lva = {"code": "lva", "account": "200000000004", "profile": "standard", "contact": "range@example.lva.test"}
        exercise["allies"].append(lva)

    spec: Path = exercise_file(join)
    return spec


@pytest.mark.parametrize("name", ["gbr", "hub", "red"])
def test_a_fourth_ally_changes_nobody_elses_stack(
    record: Any, recorded: dict[str, Any], with_fourth_ally: Path, name: str
) -> None:
    assert _additions(recorded[name], record(f"steadfast.{name}", with_fourth_ally)) == set()


def test_a_flow_adds_rules_at_its_two_ends_and_changes_none(
    record: Any, recorded: dict[str, Any], exercise_file: Any
) -> None:
    def add(exercise: dict[str, Any]) -> None:
        flow = {"from": "white.referees", "to": "gbr.sensors", "protocol": "tcp", "ports": [8443], "why": "scoring"}
        exercise["flows"].append(flow)

    spec = exercise_file(add)
    added = {
        name: {kind.rpartition(":")[2] for kind, _ in _additions(recorded[name], record(f"steadfast.{name}", spec))}
        for name in ("gbr", "white", "hub", "est")
    }

    assert added["gbr"] == {"SecurityGroupIngressRule", "NetworkAclRule"}
    assert added["white"] == {"SecurityGroupEgressRule", "NetworkAclRule"}
    assert added["hub"] == added["est"] == set()


def test_a_higher_count_adds_a_host_and_moves_none(record: Any, recorded: dict[str, Any], exercise_file: Any) -> None:
    def grow(exercise: dict[str, Any]) -> None:
        exercise["profiles"]["standard"]["hosts"]["web"]["count"] = 2

    added = _additions(recorded["est"], record("steadfast.est", exercise_file(grow)))

    assert {name for kind, name in added if kind.endswith(":Instance")} == {"web-2"}


def test_the_same_file_gives_the_same_resources_every_time(
    record: Any, recorded: dict[str, Any], steadfast: Path
) -> None:
    assert _additions(recorded["est"], record("steadfast.est", steadfast)) == set()


def test_thirty_six_allies_are_only_more_of_the_same(record: Any, recorded: dict[str, Any], nations36: Path) -> None:
    one, another = record("nations36.fra", nations36), record("nations36.usa", nations36)
    hub = record("nations36.hub", nations36)

    assert {(kind, name.replace("fra.", "usa.")) for kind, name in one.declared()} == set(another.declared())
    for kind in ("SecurityGroupIngressRule", "SecurityGroupEgressRule", "NetworkAclRule"):
        assert len(hub.of(kind)) <= len(recorded["hub"].of(kind)) + 10
