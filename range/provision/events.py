"""What the engine tells while it works, gathered: progress, counts, outputs and failures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Literal

from pulumi.automation.events import EngineEvent, StepEventMetadata

from range.provision.diagnosis import failure
from range.provision.state import Known
from range.records.results import Failure, HostOutput, Outputs, Progress, StackChanges

OnProgress = Callable[[Progress], None]

_STACK = "pulumi:pulumi:Stack"
_COUNTED = ("create", "update", "replace", "delete", "same")
_STEPS_OF_A_REPLACEMENT = ("create-replacement", "delete-replaced", "discard-replaced", "import-replacement")
_DELETES = ("delete", "delete-replaced")
_SECRET_MARK = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi marks a special value. Source: pulumi 3.250.0, runtime/rpc.py, read 2026-11-22."""


class Tally:
    """One run of the engine on one stack, as its events tell it, one at a time."""

    def __init__(self, stack: str, expected: int | None, on_progress: OnProgress | None) -> None:
        """Start at nothing; `expected` is how many resources there were last time."""
        self.stack = stack
        self.failures: list[Failure] = []
        self.lost: Exception | None = None
        """What went wrong in here or in the progress callback."""
        self.created: list[Known] = []
        self.not_created: list[Known] = []
        """What was to be made, and the engine was told that it isn't there; which AWS may see differently."""
        self.not_deleted: list[Known] = []
        """What was to go, and the engine was told that it stays; which AWS may see differently, too."""
        self._expected = expected
        self._on_progress = on_progress
        self._counts: Counter[str] = Counter()
        self._seen = 0
        self._done = 0
        self._values: dict[str, Any] = {}

    def take(self, event: EngineEvent) -> None:
        """Take in one event. What it raises is kept: the Automation API would only warn of it."""
        try:
            self._take(event)
        except Exception as raised:  # noqa: BLE001  # raised again when the run has ended
            self.lost = self.lost or raised

    def changes(self) -> StackChanges:
        """Give what has been done so far, also of a run that failed."""
        return StackChanges(stack=self.stack, **{kind: self._counts[kind] for kind in _COUNTED})

    def outputs(self) -> Outputs:
        """Give what the stack exports. Empty before its program has ended."""
        return outputs(self.stack, self._values)

    def _take(self, event: EngineEvent) -> None:
        if event.diagnostic_event and event.diagnostic_event.severity == "error":
            self.failures.append(failure(event.diagnostic_event.message, event.diagnostic_event.urn or ""))
        elif event.resource_pre_event:
            self._step(event.resource_pre_event.metadata, "begun")
        elif event.res_outputs_event:
            self._step(event.res_outputs_event.metadata, "done")
        elif event.res_op_failed_event:
            self._step(event.res_op_failed_event.metadata, "failed")

    def _step(self, step: StepEventMetadata, state: Literal["begun", "done", "failed"]) -> None:
        """Count a step on a real resource; of the three steps of a replacement only the middle one."""
        operation = str(getattr(step.op, "value", step.op))
        if step.type == _STACK and state == "done" and step.new is not None:
            self._values = dict(step.new.outputs or {})
        if not _is_real(step):
            return
        if operation in ("create", "create-replacement") and state != "begun":
            (self.created if state == "done" else self.not_created).append(_known(step))
        if operation in _DELETES and state == "failed":
            self.not_deleted.append(_known(step))
        if operation in _STEPS_OF_A_REPLACEMENT:
            return
        if state == "begun":
            self._seen += 1
        elif state == "done":
            self._done += 1
            self._counts[operation] += 1
        if self._on_progress:
            self._on_progress(self._progress(step, operation, state))

    def _progress(self, step: StepEventMetadata, operation: str, state: Literal["begun", "done", "failed"]) -> Progress:
        name = step.urn.rsplit("::", 1)[-1]
        return Progress(
            stack=self.stack, operation=operation, type=step.type, name=name, state=state,
            seen=self._seen, done=self._done, expected=self._expected,
        )  # fmt: skip


def outputs(stack: str, values: dict[str, Any]) -> Outputs:
    """Sort a stack's exports: `hosts` becomes records, the rest stays as it is, secrets masked."""
    plain = {name: _masked(value) for name, value in values.items()}
    hosts = plain.pop("hosts", None) or {}
    return Outputs(
        enclave=stack.split(".", 1)[-1],
        hosts=tuple(HostOutput(name=name, **hosts[name]) for name in sorted(hosts)),
        values=plain,
    )


def _known(step: StepEventMetadata) -> Known:
    """Give a resource of a step as the state would have it, secrets left out."""
    told = step.new or step.old
    assert told is not None
    inputs = {name: _masked(value) for name, value in (told.inputs or {}).items()}
    return Known(
        urn=step.urn,
        type=step.type,
        id=told.id or "",
        custom=True,
        provider=told.provider,
        parent=told.parent,
        inputs=inputs,
    )


def _is_real(step: StepEventMetadata) -> bool:
    """Say whether the step is about something in AWS, and not about a component, a provider or the stack itself."""
    state = step.new or step.old
    return bool(state and state.custom) and not step.type.startswith("pulumi:")


def _masked(value: Any) -> Any:
    """Write `[secret]` in place of a secret; the engine's events have no plain text of it, only its marks."""
    if isinstance(value, dict):
        if _SECRET_MARK in value:
            return "[secret]"
        return {key: _masked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_masked(each) for each in value]
    return value
