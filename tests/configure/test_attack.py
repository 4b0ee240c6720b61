"""The attacker's script, as far as it attacks nobody: what it refuses, and what it knows."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from ipaddress import IPv4Network
from pathlib import Path
from types import ModuleType

import pytest

ROLES = Path(__file__).parents[2] / "playbooks" / "roles"
SCRIPT = ROLES / "attacker/files/usr/local/lib/range/attack.py"


@pytest.fixture(scope="module")
def attack() -> ModuleType:
    spec = importlib.util.spec_from_file_location("attack", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["attack"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("address", ["192.0.2.1", "10.63.255.255", "10.65.0.0", "127.0.0.1", "::1", "web-1.est", ""])
def test_an_address_outside_the_exercise_is_refused(attack: ModuleType, address: str) -> None:
    with pytest.raises(attack.Refused):
        attack.permitted(address, IPv4Network("10.64.0.0/16"))


def test_an_address_of_the_exercise_is_not(attack: ModuleType) -> None:
    assert attack.permitted("10.64.4.10", IPv4Network("10.64.0.0/16")) == "10.64.4.10"


def test_without_settings_nothing_is_attacked() -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "scan-ports", "127.0.0.1"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "refused" in done.stderr


def test_every_action_has_a_technique_that_a_rule_of_the_sensor_shows(attack: ModuleType) -> None:
    listed = subprocess.run([sys.executable, SCRIPT, "--list"], capture_output=True, text=True, check=True).stdout
    rules = (ROLES / "sensor/templates/etc/suricata/rules/range.rules.j2").read_text(encoding="utf-8")
    shown = set(re.findall(r"mitre_technique_id (\S+);", rules))

    actions = json.loads(listed)
    assert actions.keys() == attack.ACTIONS.keys()
    assert {action["technique"] for action in actions.values()} <= shown
