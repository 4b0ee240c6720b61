"""What a run comes to, from the engine's events."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.automation.events import EngineEvent

from range.provision.events import Tally
from range.records.results import Progress

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}


def event(kind: str, op: str, type: str, name: str, **outputs: Any) -> EngineEvent:
    """Make an event as the engine sends it."""
    urn = f"urn:pulumi:steadfast.est::defence-range::{type}::{name}"
    custom = not type.startswith(("range:", "pulumi:pulumi:"))
    state = {"type": type, "urn": urn, "id": "", "parent": "", "provider": "", "custom": custom, "outputs": outputs}
    metadata: dict[str, Any] = {"op": op, "urn": urn, "type": type, "provider": ""}
    metadata |= {"old": state, "new": None if op == "delete" else state}
    return EngineEvent.from_json({"sequence": 1, "timestamp": 1, kind: {"metadata": metadata}})


def both(tally: Tally, op: str, type: str, name: str) -> None:
    """Begin and end one step."""
    tally.take(event("resourcePreEvent", op, type, name))
    tally.take(event("resOutputsEvent", op, type, name))


def test_resources_are_counted_by_what_was_done_to_them() -> None:
    tally = Tally("steadfast.est", None, None)
    for op in ("create", "create", "update", "same", "delete"):
        both(tally, op, "aws:ec2/vpc:Vpc", "vpc")

    changes = tally.changes()

    assert (changes.create, changes.update, changes.same, changes.delete, changes.replace) == (2, 1, 1, 1, 0)
    assert changes.any
    assert changes.total == 5


def test_components_providers_and_the_stack_itself_are_not_counted() -> None:
    tally = Tally("steadfast.est", None, None)
    for name in ("range:network:Network", "pulumi:providers:aws", "pulumi:pulumi:Stack"):
        both(tally, "create", name, "x")

    assert tally.changes().total == 0


def test_a_replacement_s_three_steps_count_once() -> None:
    tally = Tally("steadfast.est", None, None)
    for op in ("create-replacement", "replace", "delete-replaced"):
        both(tally, op, "aws:ec2/instance:Instance", "web-1")

    assert tally.changes().replace == tally.changes().total == 1


def test_what_had_only_begun_when_a_run_failed_is_not_counted() -> None:
    tally = Tally("steadfast.est", None, None)
    both(tally, "create", "aws:ec2/vpc:Vpc", "vpc")
    tally.take(event("resourcePreEvent", "create", "aws:ec2/subnet:Subnet", "targets"))
    tally.take(event("resOpFailedEvent", "create", "aws:ec2/subnet:Subnet", "targets"))

    assert tally.changes().create == 1


def test_what_failed_to_go_is_told_apart_from_what_failed_to_be_made() -> None:
    tally = Tally("steadfast.est", None, None)
    tally.take(event("resOpFailedEvent", "create", "aws:ec2/subnet:Subnet", "targets"))
    for op in ("delete", "delete-replaced"):
        tally.take(event("resOpFailedEvent", op, "aws:ec2/vpc:Vpc", op))
    both(tally, "delete", "aws:ec2/vpc:Vpc", "went")

    assert [known.name for known in tally.not_created] == ["targets"]
    assert [known.name for known in tally.not_deleted] == ["delete", "delete-replaced"]


def test_outputs_are_the_stack_s_with_hosts_as_records_and_secrets_masked() -> None:
    tally = Tally("steadfast.est", None, None)
    host = {"id": "i-1", "role": "sensor", "zone": "sensors", "address": "10.64.4.4"}
    stack = event("resOutputsEvent", "same", "pulumi:pulumi:Stack", "s", hosts={"web-1": host}, key=SECRET, vpc_id="v")
    tally.take(stack)

    outputs = tally.outputs()

    assert outputs.enclave == "est"
    assert [(each.name, each.id) for each in outputs.hosts] == [("web-1", "i-1")]
    assert outputs.values == {"key": "[secret]", "vpc_id": "v"}


def test_progress_tells_what_is_at_work_and_how_far_it_is() -> None:
    told: list[Progress] = []
    tally = Tally("steadfast.est", 60, told.append)
    both(tally, "create", "aws:ec2/vpc:Vpc", "vpc")

    begun, done = told
    assert (begun.state, begun.seen, begun.done, begun.expected) == ("begun", 1, 0, 60)
    assert (done.state, done.seen, done.done, done.name) == ("done", 1, 1, "vpc")


def test_errors_are_kept_and_everything_else_that_is_said_is_not() -> None:
    tally = Tally("steadfast.est", None, None)
    for severity in ("debug", "info", "warning", "error"):
        said = {"severity": severity, "message": "VpcLimitExceeded: no", "color": "never", "urn": ""}
        tally.take(EngineEvent.from_json({"sequence": 1, "timestamp": 1, "diagnosticEvent": said}))

    assert [each.code for each in tally.failures] == ["VpcLimitExceeded"]


def test_what_a_progress_callback_raises_is_not_lost() -> None:
    def fail(_: Progress) -> None:
        raise OSError("the terminal is gone")

    tally = Tally("steadfast.est", None, fail)
    both(tally, "create", "aws:ec2/vpc:Vpc", "vpc")

    with pytest.raises(OSError, match="terminal"):
        raise tally.lost or AssertionError("nothing was kept")
