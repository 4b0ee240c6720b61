"""Killed in the middle, the same command converges: no stale lock, no duplicate, no orphan."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from range.errors import Busy, Interrupted
from range.provision.project import NAME
from range.records.inventory import Inventory
from tests.engine.conftest import Ground
from tests.engine.states import made, state_file

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

ENCLAVE = "red"


@pytest.fixture(scope="module")
def before(hub: Ground) -> Inventory:
    """What was in the account before."""
    return hub.look(ENCLAVE)


@pytest.fixture(scope="module")
def whole(hub: Ground, before: Inventory) -> Counter[str]:
    """How many things of each type an undisturbed `up` makes."""
    hub.up(ENCLAVE)
    types = hub.types(ENCLAVE, before)
    hub.down(ENCLAVE)
    return types


def engine_of(controller: subprocess.Popen[bytes]) -> int:
    """Wait for the engine that a controller starts."""
    for _ in range_of(600):
        children = Path(f"/proc/{controller.pid}/task/{controller.pid}/children").parent.parent.glob("*/children")
        for child in " ".join(path.read_text() for path in children).split():
            command = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if b"up" in command:
                return int(child)
        time.sleep(0.05)
    raise AssertionError("no engine was started")


def range_of(times: int) -> list[None]:
    """Count, where `range` is a package."""
    return [None] * times


def test_up_goes_on_where_it_was_killed(hub: Ground, before: Inventory, whole: Counter[str]) -> None:
    things = random.randint(0, whole.total() // 2)
    print(f"killed after {things} things")
    controller = hub.bringing_up(ENCLAVE)
    try:
        engine = engine_of(controller)
        while made(hub.setting.home, hub.stack(ENCLAVE)) < things:
            assert controller.poll() is None, "it came to its end before it could be killed"
            time.sleep(0.01)
        os.kill(engine, signal.SIGKILL)
    finally:  # whatever happens, nobody else is at this stack in the next test
        controller.kill()
        controller.wait()

    hub.up(ENCLAVE)

    assert hub.types(ENCLAVE, before) == whole
    assert not hub.up(ENCLAVE).changes.any
    hub.down(ENCLAVE)
    assert hub.look(ENCLAVE).since(before) == ()


def test_every_create_that_was_under_way_is_made_once(hub: Ground, before: Inventory, whole: Counter[str]) -> None:
    hub.up(ENCLAVE)
    lost = forget(kept(hub))

    hub.up(ENCLAVE)

    assert len(lost) > 30, lost
    assert hub.types(ENCLAVE, before) == whole
    assert not hub.up(ENCLAVE).changes.any
    hub.down(ENCLAVE)
    assert hub.look(ENCLAVE).since(before) == ()


def test_what_was_being_deleted_and_is_gone_is_made_again(hub: Ground, before: Inventory, whole: Counter[str]) -> None:
    hub.up(ENCLAVE)
    gone = rules_being_deleted(hub)

    run = hub.up(ENCLAVE)

    assert run.changes.create == gone > 2
    assert hub.types(ENCLAVE, before) == whole
    assert not hub.up(ENCLAVE).changes.any
    hub.down(ENCLAVE)
    assert hub.look(ENCLAVE).since(before) == ()


def test_what_another_controller_has_made_and_removed_since_is_known(hub: Ground, before: Inventory) -> None:
    other = type(hub.engine)(hub.engine.settings)
    assert hub.stack(ENCLAVE) not in other.stacks()
    hub.up(ENCLAVE)
    made = len(hub.engine.state(hub.stack(ENCLAVE)).real)

    assert other.destroy(hub.stack(ENCLAVE)).delete == made > 50
    assert hub.engine.state(hub.stack(ENCLAVE)).real == ()
    hub.up(ENCLAVE)
    hub.down(ENCLAVE)
    assert hub.look(ENCLAVE).since(before) == ()


def test_a_stale_lock_of_this_machine_is_taken_over(hub: Ground) -> None:
    lock = lock_file(hub, pid=2**22 - 1, host=socket.gethostname())

    hub.engine.up(hub.stack(ENCLAVE))

    assert not lock.exists()
    hub.down(ENCLAVE)


def test_a_lock_of_another_machine_is_left_alone(hub: Ground) -> None:
    hub.engine.preview(hub.stack(ENCLAVE))
    lock = lock_file(hub, pid=1, host="ops-2")

    with pytest.raises(Busy, match="ops-2"):
        hub.engine.up(hub.stack(ENCLAVE))

    assert lock.exists()
    lock.unlink()


def test_an_interrupt_ends_the_engine_in_good_order(hub: Ground, before: Inventory) -> None:
    apart = type(hub.engine)(hub.engine.settings)

    with pytest.raises(Interrupted):
        apart.up(hub.stack(ENCLAVE), lambda _: apart.interrupt() if not apart.interrupted else None)

    assert hub.engine.state(hub.stack(ENCLAVE)).pending_operations == ()
    hub.down(ENCLAVE)
    assert hub.look(ENCLAVE).since(before) == ()


def kept(ground: Ground) -> Path:
    """Find the state of the enclave's stack."""
    return state_file(ground.setting.home, ground.stack(ENCLAVE))


def lock_file(ground: Ground, pid: int, host: str) -> Path:
    """Leave a lock, as an engine does."""
    folder = kept(ground).parents[2] / "locks" / "organization" / NAME / ground.stack(ENCLAVE)
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / "b0b9a2f4-0000-4000-8000-000000000000.json"
    content = {"pid": pid, "username": "operator", "hostname": host, "timestamp": "2026-11-22T10:00:00Z"}
    lock.write_text(json.dumps(content))
    return lock


def rules_being_deleted(ground: Ground) -> int:
    """Delete the rules of groups as an engine does that dies before it hears of it; give how many."""
    path = kept(ground)
    content = json.loads(path.read_bytes())
    latest = content["checkpoint"]["latest"]
    rules = [each for each in latest["resources"] if each["type"].startswith("aws:vpc/securityGroup")]
    for rule in rules:
        way = "egress" if "Egress" in rule["type"] else "ingress"
        asked = {"GroupId": rule["inputs"]["securityGroupId"], "SecurityGroupRuleIds": [rule["id"]]}
        ground.account(ENCLAVE).call("ec2", f"revoke_security_group_{way}", **asked)
    latest["pending_operations"] = [{"resource": each, "type": "deleting"} for each in rules]
    path.write_text(json.dumps(content))
    return len(rules)


def forget(path: Path) -> list[str]:
    """Have the state forget everything that nothing depends on, as if it had all been under way when the engine died."""
    shutil.copy(path, path.with_suffix(".bak"))
    content = json.loads(path.read_bytes())
    latest = content["checkpoint"]["latest"]
    named = json.dumps([{**resource, "urn": ""} for resource in latest["resources"]])
    leaves = [
        each for each in latest["resources"] if each["type"].startswith("aws:") and f'"{each["urn"]}' not in named
    ]
    urns = {each["urn"] for each in leaves}
    latest["resources"] = [each for each in latest["resources"] if each["urn"] not in urns]
    creating = [{key: value for key, value in each.items() if key not in ("id", "outputs")} for each in leaves]
    latest["pending_operations"] = [{"resource": each, "type": "creating"} for each in creating]
    path.write_text(json.dumps(content))
    return sorted(urns)
