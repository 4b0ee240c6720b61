"""What the Pulumi engine did or would do, stack by stack."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from range.records.plan import Record


class StackChanges(Record):
    """How many resources of a stack an operation touches; components and providers are not counted."""

    stack: str
    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    same: int = 0

    @property
    def any(self) -> bool:
        """Say whether anything would be, or was, changed."""
        return bool(self.create or self.update or self.replace or self.delete)

    @property
    def total(self) -> int:
        """Count every resource that was looked at."""
        return self.create + self.update + self.replace + self.delete + self.same

    def after(self, earlier: Iterable[StackChanges]) -> StackChanges:
        """Count what earlier operations on the stack have changed, too; what one of them made isn't unchanged."""
        done = {
            kind: sum(getattr(each, kind) for each in earlier) for kind in ("create", "update", "replace", "delete")
        }
        same = max(0, self.same - done["create"] - done["update"] - done["replace"])
        return self.model_copy(
            update={kind: getattr(self, kind) + more for kind, more in done.items()} | {"same": same}
        )


class Progress(Record):
    """One resource of one stack has begun or is done."""

    stack: str
    operation: str
    """The engine's word: `create`, `update`, `delete`, `same`, `refresh`."""
    type: str
    """The resource's type token: `aws:ec2/vpc:Vpc`."""
    name: str
    state: Literal["begun", "done", "failed"]
    seen: int
    """Resources of this stack that the engine has come to so far."""
    done: int
    """Those of them that are finished."""
    expected: int | None = None
    """How many there were when this stack was last done; None the first time."""


class Failure(Record):
    """One resource that the engine could not bring where it should be."""

    type: str
    name: str
    code: str
    """AWS's own error code; empty where the message has none."""
    message: str

    def __str__(self) -> str:
        """Give one line: what, its name, and what AWS said."""
        what = f"{self.type} {self.name}".strip()
        return f"{what}: {self.message}" if what else self.message


class HostOutput(Record):
    """A machine that exists."""

    name: str
    id: str
    role: str
    zone: str
    address: str


class Outputs(Record):
    """What a stack exports: its hosts, and everything else by name. Secrets show as `[secret]`."""

    enclave: str
    hosts: tuple[HostOutput, ...] = ()
    values: dict[str, Any] = {}


class EnclaveResult(Record):
    """How a command ended for one enclave or the hub: one row of `up`'s and `configure`'s JSON."""

    name: str
    phase: str
    created: int = 0
    updated: int = 0
    replaced: int = 0
    deleted: int = 0
    unchanged: int = 0
    tasks_changed: int = 0
    """How many tasks of the hosts' configuration changed something."""
    seconds: float = 0.0
    error: str | None = None
    hint: str | None = None
    """What to type next about the error."""
    step: str | None = None
    """The step that failed; None where none was begun."""
    exit_code: int = 0

    @property
    def failed(self) -> bool:
        """Say whether this enclave is not where the command should have brought it."""
        return self.error is not None
