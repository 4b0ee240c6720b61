"""The drill: red attacks one target of each ally, and the ally's sensor and the collector must have seen it.

Whose alert it is, is told by what Suricata gives every flow: the same `flow_id` and rule at the sensor and at the
collector are the same alert.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from range.cloud.ssh import HostName, Ways
from range.errors import CloudError, EnvironmentMissing
from range.records.events import CollectedEvent, Drilled
from range.records.plan import Enclave, Host, Plan
from range.verify.collected import events

ACTIONS = {
    "target_web": ("web-command-injection", "T1190"),
    "target_files": ("files-list-shares", "T1135"),
    "target_dns": ("dns-zone-transfer", "T1590.002"),
    "target_shell": ("shell-guess-passwords", "T1110.001"),
}
"""What is done to a target of each role, and the technique that its alert must have."""
PATIENCE_S = 10.0
SIDE_BY_SIDE = 4
_LAST = 400
_POLL_S = 0.4


@dataclass(frozen=True)
class _Attack:
    ally: Enclave
    target: Host
    sensor: Host
    attacker: tuple[HostName, Host]
    action: str
    technique: str
    id: str


def drill(plan: Plan, ways: Ways, only: tuple[str, ...] = ()) -> tuple[Drilled, ...]:
    """Attack one target of each ally and give what became of it; `only` names some allies.

    Raises:
        EnvironmentMissing: the exercise has no attacker.
    """
    attacks = list(_attacks(plan, only))
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="drill") as threads:
        return tuple(threads.map(lambda attack: _drilled(plan, ways, attack), attacks))


def wrong(drilled: Drilled) -> str | None:
    """Say what is wrong with how an attack was seen, or None."""
    if drilled.error:
        return drilled.error
    if drilled.sensor_s is None:
        return f"the sensor raised no alert with {drilled.technique} within {PATIENCE_S:g} s"
    if drilled.collector_s is None:
        return f"the sensor's alert did not reach the collector within {PATIENCE_S:g} s"
    if drilled.elsewhere:
        return f"the collector holds it under {', '.join(drilled.elsewhere)}, too"
    return None


def _attacks(plan: Plan, only: tuple[str, ...]) -> Iterator[_Attack]:
    attacker = next(
        (
            (HostName(enclave.name, host.name), host)
            for enclave in plan.enclaves
            for host in enclave.hosts
            if enclave.kind == "red" and host.role == "attacker"
        ),
        None,
    )
    if attacker is None:
        raise EnvironmentMissing("red has no host of the role attacker", hint="put one into red's profile")
    for ally in plan.enclaves:
        sensor = next((host for host in ally.hosts if host.role == "sensor"), None)
        target = next((host for role in ACTIONS for host in ally.hosts if host.role == role), None)
        if ally.kind == "ally" and (not only or ally.name in only) and sensor is not None and target is not None:
            action, technique = ACTIONS[target.role]
            yield _Attack(ally, target, sensor, attacker, action, technique, secrets.token_hex(5))


def _drilled(plan: Plan, ways: Ways, attack: _Attack) -> Drilled:
    """Attack, and look for it at the sensor and at the collector."""
    came = Drilled(
        ally=attack.ally.name, target=attack.target.name, action=attack.action, technique=attack.technique, id=attack.id
    )
    try:
        began = time.monotonic()
        words = ["range-attack", attack.action, str(attack.target.address), "--id", attack.id]
        ran = ways.run(attack.attacker[0], words)
        if ran.code:
            return came.model_copy(update={"error": f"red could not attack: {(ran.stderr or ran.stdout).strip()}"})
        alert = _until(lambda: _at_sensor(ways, attack))
        if alert is None:
            return came
        sensor_s = round(time.monotonic() - began, 2)
        held = _until(lambda: _held(events(ways, plan, attack.ally.name, last=_LAST), alert))
        elsewhere = [
            other.name
            for other in (plan.hub, *plan.enclaves)
            if other.name != attack.ally.name and _held(events(ways, plan, other.name, last=_LAST), alert)
        ]
    except CloudError as error:
        return came.model_copy(update={"error": error.message})
    told: dict[str, Any] = {"sensor_s": sensor_s, "elsewhere": tuple(elsewhere)}
    if held is not None:
        told["collector_s"] = round((held.received - datetime.fromisoformat(alert["timestamp"])).total_seconds(), 2)
    return came.model_copy(update=told)


def _until(look: Callable[[], Any]) -> Any:
    """Look again and again until there is something, or patience ends."""
    until = time.monotonic() + PATIENCE_S
    while True:
        found = look()
        if found is not None or time.monotonic() >= until:
            return found
        time.sleep(_POLL_S)


def _at_sensor(ways: Ways, attack: _Attack) -> dict[str, Any] | None:
    """Find the newest alert of this attack in what the sensor wrote: its technique, its addresses, and its id."""
    name = HostName(attack.ally.name, attack.sensor.name)
    ran = ways.run(name, f"sudo tail -n {_LAST} /var/log/suricata/eve.json")
    if ran.unreachable:
        raise CloudError(f"the sensor {name} can't be come by: {ran.stderr.strip()}")
    lines = ran.stdout.splitlines()
    marked = any(attack.id in line for line in lines)
    for line in reversed(lines):
        if marked and '"event_type":"alert"' in line and (alert := _parsed(line)) and _is_of(attack, alert):
            return alert
    return None


def _is_of(attack: _Attack, alert: dict[str, Any]) -> bool:
    techniques = alert.get("alert", {}).get("metadata", {}).get("mitre_technique_id", [])
    ends = (alert.get("src_ip"), alert.get("dest_ip"))
    return attack.technique in techniques and ends == (str(attack.attacker[1].address), str(attack.target.address))


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except ValueError:  # it is just being written
        return None
    return told if isinstance(told, dict) else None


def _held(held: tuple[CollectedEvent, ...], alert: dict[str, Any]) -> CollectedEvent | None:
    """Find the same alert among what the collector holds."""
    for event in reversed(held):
        told = event.alert
        same = (told.get("flow_id"), told.get("timestamp")) == (alert["flow_id"], alert["timestamp"])
        if told and same:
            return event
    return None
