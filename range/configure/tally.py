"""What the events of a run come to, host by host; and progress while it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

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
                self._finished(event)
            case "ok":
                host.ok += 1
                self._finished(event)
            case "failed" if not event["ignored"]:
                host.failed += 1
                self._broken(host, event)
            case "unreachable":
                host.unreachable = True
                self._broken(host, event)
            case _:
                pass

    def hosts(self) -> tuple[HostConfigured, ...]:
        """Give every host as it is now."""
        return tuple(
            HostConfigured(
                name=name.partition(".")[0],
                ok=host.ok,
                changed=host.changed,
                failed=host.failed,
                unreachable=host.unreachable,
                task=host.task,
                message=host.message,
                skipped=host.skipped,
            )
            for name, host in self._hosts.items()
        )

    def _settle(self, stats: dict[str, Any]) -> None:
        """Take the runner's own counts at the end: of a task whose result is kept secret, no event says what it changed."""
        for name, host in self._hosts.items():
            host.changed = stats["changed"].get(name, 0)
            host.ok = stats["ok"].get(name, 0) - host.changed
            host.failed = stats["failures"].get(name, 0)
            host.skipped |= stats["skipped"].get(name, {})

    def _broken(self, host: _Host, event: dict[str, Any]) -> None:
        host.task, host.message = event["task"], event["message"]
        self._tell(event, "failed")

    def _finished(self, event: dict[str, Any]) -> None:
        self._done += 1
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
