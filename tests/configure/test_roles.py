"""What all roles have: typed inputs, defaults that agree with them, a verify file, and rules that name techniques."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = Path(__file__).parents[2] / "playbooks" / "roles"
NAMES = sorted(path.name for path in ROLES.iterdir())
TARGETS = [name for name in NAMES if name.startswith("target_")]
TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def _options(role: str) -> dict[str, Any]:
    return dict(_yaml(ROLES / role / "meta" / "argument_specs.yml")["argument_specs"]["main"]["options"])


def _rules() -> str:
    return (ROLES / "sensor/templates/etc/suricata/rules/range.rules.j2").read_text(encoding="utf-8")


@pytest.mark.parametrize("role", NAMES)
def test_every_input_of_a_role_has_a_type_a_description_and_the_roles_name(role: str) -> None:
    for name, option in _options(role).items():
        assert name.startswith(f"{role}_")
        assert {"type", "description"} <= option.keys()


@pytest.mark.parametrize("role", NAMES)
def test_defaults_are_those_that_the_inputs_state(role: str) -> None:
    path = ROLES / role / "defaults" / "main.yml"
    defaults = _yaml(path) if path.exists() else {}
    options = _options(role)

    assert defaults.keys() <= options.keys()
    for name, option in options.items():
        if "default" in option:
            assert defaults[name] == option["default"]


@pytest.mark.parametrize("role", NAMES)
def test_every_role_verifies_itself_and_has_a_task_file_per_topic(role: str) -> None:
    tasks = {path.name for path in (ROLES / role / "tasks").iterdir()}

    assert {"main.yml", "verify.yml"} <= tasks
    called = {task["ansible.builtin.import_tasks"] for task in _yaml(ROLES / role / "tasks/main.yml") if len(task) == 2}
    assert called & tasks == {name for name in called if isinstance(name, str)}


@pytest.mark.parametrize("role", NAMES)
def test_templates_lie_where_their_targets_do(role: str) -> None:
    found = [path.relative_to(ROLES / role / "templates") for path in (ROLES / role / "templates").rglob("*.j2")]

    assert {path.parts[0] for path in found} <= {"etc", "srv", "usr"}


@pytest.mark.parametrize("role", TARGETS)
def test_a_weakness_says_what_why_which_technique_and_how_it_is_found(role: str) -> None:
    weaknesses = _yaml(ROLES / role / "weaknesses.yml")

    assert len(weaknesses) >= 3
    assert list(weaknesses) == _options(role)[f"{role}_weaknesses"]["choices"]
    for weakness in weaknesses.values():
        assert weakness.keys() == {"technique", "what", "why", "found_by"}
        assert TECHNIQUE.fullmatch(weakness["technique"])


def test_every_rule_names_its_technique_and_no_number_is_used_twice() -> None:
    rules = [line for line in _rules().splitlines() if line.startswith("alert ")]
    numbers = [re.search(r"sid:(\d+);", rule) for rule in rules]

    assert len({found.group(1) for found in numbers if found}) == len(rules) > 10
    assert all(TECHNIQUE.search(rule.partition("mitre_technique_id ")[2]) for rule in rules)


@pytest.mark.parametrize("role", TARGETS)
def test_an_alert_that_a_weakness_is_found_by_is_a_rule_of_the_same_technique(role: str) -> None:
    by_number = {
        number: line.partition("mitre_technique_id ")[2].partition(";")[0]
        for line in _rules().splitlines()
        for number in re.findall(r"sid:(\d+);", line)
    }

    for weakness in _yaml(ROLES / role / "weaknesses.yml").values():
        for number in re.findall(r"\b9\d{6}\b", weakness["found_by"]):
            assert by_number[number] == weakness["technique"]
