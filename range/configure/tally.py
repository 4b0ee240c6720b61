"""What the events of a run come to, host by host; and progress while it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from range.configure.traits import Trait
from range.records.configured import HostConfigured
from range.records.results import Progress


@dataclass
class _Host:
    """One host's counts so far."""

    ok: int = 0
    changed: int = 0
    failed: int = 0
    unreachable: bool = False
    task: str | None = None
    message: str | None = None
    skipped: dict[str, str] = field(default_factory=dict)
    same: int = 0
    """Tasks that were not done again, since everything that they look at was seen to be as it is to be."""
    before: tuple[int, int] = (0, 0)
    """What was found right and what was changed in runs before the one that goes on."""
    traits: dict[tuple[str, str], Trait] | None = field(default_factory=dict)
    """None once the result of a task could not be read."""


class Tally:
    """Takes events of one run; give it the hosts' names as the inventory has them."""

    def __init__(
        self, stack: str, hosts: Iterable[str], on_progress: Callable[[Progress], None], expected: int | None = None
    ) -> None:
        """Start with every host untouched; `expected` is how many tasks the last whole run had."""
        self._stack = stack
        self._hosts = {name: _Host() for name in hosts}
        self._on_progress = on_progress
        self._expected = expected
        self._begun = self._done = 0

    def take(self, event: dict[str, Any]) -> None:
        """Count one event, and tell of it."""
        if event["event"] == "stats":
            self._settle(event)
            return
        host = self._hosts.setdefault(event["host"], _Host())
        match event["event"]:
            case "start":
                self._begun += 1
                self._tell(event, "begun")
            case "ok" if event["changed"]:
                host.changed += 1
                self._finished(host, event)
            case "ok":
                host.ok += 1
                self._finished(host, event)
            case "failed" if not event["ignored"]:
                host.failed += 1
                self._broken(host, event)
            case "unreachable":
                host.unreachable = True
                self._broken(host, event)
            case _:
                pass

    def begin(self, hosts: Iterable[str]) -> None:
        """Begin a run over some hosts; what was counted of them before stays counted."""
        for name in hosts:
            host = self._hosts[name]
            host.before = (host.ok, host.changed)
            host.traits = {}

    def same(self, name: str, tasks: int, skipped: Mapping[str, str] | None = None) -> None:
        """Count the tasks whose work on a host is seen to be as it is to be: none of them is done again."""
        self._hosts[name].same = tasks
        self._hosts[name].skipped |= skipped or {}
        self._begun += tasks
        self._done += tasks
        self._tell({"host": name, "task": "everything is as it was"}, "done")

    def traits(self, name: str) -> tuple[Trait, ...] | None:
        """Give what the last run's results say of a host; None where a result could not be read."""
        found = self._hosts[name].traits
        return None if found is None else tuple(found.values())

    def count(self, name: str) -> int:
        """Count the tasks of the last run over a host."""
        host = self._hosts[name]
        return host.ok + host.changed - sum(host.before)

    def has_done(self, name: str) -> bool:
        """Say whether the last run over a host came to its end."""
        host = self._hosts[name]
        return not host.failed and not host.unreachable and self.count(name) > 0

    def skipped(self, name: str) -> dict[str, str]:
        """Give what could not be done on a host, and why."""
        return self._hosts[name].skipped

    def hosts(self) -> tuple[HostConfigured, ...]:
        """Give every host as it is now."""
        return tuple(
            HostConfigured(
                name=name.partition(".")[0],
                ok=host.ok + host.same,
                changed=host.changed,
                failed=host.failed,
                unreachable=host.unreachable,
                task=host.task,
                message=host.message,
                skipped=host.skipped,
                known=host.same > 0 and not host.ok + host.changed,
            )
            for name, host in self._hosts.items()
        )

    def _settle(self, stats: dict[str, Any]) -> None:
        """Take the runner's own counts at the end: of a task whose result is kept secret, no event says what it changed."""
        for name in stats["ok"].keys() | stats["failures"].keys() | stats["skipped"].keys():
            host = self._hosts[name]
            changed = stats["changed"].get(name, 0)
            host.ok = host.before[0] + stats["ok"].get(name, 0) - changed
            host.changed = host.before[1] + changed
            host.failed = stats["failures"].get(name, 0)
            host.skipped |= stats["skipped"].get(name, {})

    def _broken(self, host: _Host, event: dict[str, Any]) -> None:
        host.task, host.message = event["task"], event["message"]
        self._tell(event, "failed")

    def _finished(self, host: _Host, event: dict[str, Any]) -> None:
        self._done += 1
        told = event.get("traits")
        if told is None or host.traits is None:
            host.traits = None
        else:
            for each in map(Trait.model_validate, told):
                host.traits[each.kind, each.name] = each
        self._tell(event, "done")

    def _tell(self, event: dict[str, Any], state: Any) -> None:
        self._on_progress(
            Progress(
                stack=self._stack,
                operation="configure",
                type=event["host"].partition(".")[0],
                name=event["task"],
                state=state,
                seen=self._begun,
                done=self._done,
                expected=self._expected,
            )
        )
