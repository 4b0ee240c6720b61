"""Bringing a whole exercise up and down: the hub first, then all enclaves side by side; in reverse on the way down."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import FrameType

from range.controller.command import Command
from range.controller.conductor import Conductor, Ended, Watcher
from range.controller.outcome import Outcome
from range.controller.phases import Direction
from range.controller.site import Setting, Site
from range.controller.steps import STEPS, Step, acts
from range.controller.walks import walker
from range.plan.lock import lock_path, read, released, write
from range.plan.order import order_down, order_up
from range.records.results import Progress


class Lifecycle:
    """One command's way through an exercise; `steps` is the table, which tests replace."""

    def __init__(
        self,
        setting: Setting,
        command: Command,
        *,
        watcher: Watcher,
        on_progress: Callable[[Progress], None],
        steps: tuple[Step, ...] = STEPS,
    ) -> None:
        """Keep what the command works with; nothing is asked or touched yet."""
        self._setting = setting
        self._command = command
        self._watcher = watcher
        self._on_progress = on_progress
        self._steps = steps
        self._stop = threading.Event()

    def up(self, only: Sequence[str]) -> tuple[Ended, ...]:
        """Bring the hub up, and then the enclaves; `only` names some of them, empty means all.

        What left the file is reported as failed, since it still stands and costs.
        """
        plan = self._setting.plan
        (hub,), enclaves = order_up(plan)
        wanted = tuple(name for name in enclaves if not only or name in only)
        with self._walking("up") as walk:
            first = walk((hub,))
            if first[0].failure is None:
                rest = walk(wanted)
            else:
                rest = tuple(_not_begun(name, f"{hub} is not up, so {name} was left as it is") for name in wanted)
        return (*first, *rest, *(_left_the_file(name, str(self._setting.spec)) for name in self._setting.strangers))

    def down(self, only: Sequence[str]) -> tuple[Ended, ...]:
        """Take enclaves down, and then the hub if no stack stands on it any more; `only` names some, empty means all."""
        enclaves, (hub,) = order_down(self._setting.plan)
        everyone = (*enclaves, *self._setting.strangers)
        wanted = tuple(only) or everyone
        with self._walking("down") as walk:
            ended = walk(wanted)
            self._release(one.enclave for one in ended if one.failure is None)
            if only:
                return ended
            standing = [one.enclave for one in ended if self._stands(one.enclave)]
            if standing:
                return (*ended, _not_begun(hub, f"{hub} was left as it is: {', '.join(standing)} still needs it"))
            return (*ended, *walk((hub,)))

    def _release(self, gone: Iterable[str]) -> None:
        """Give the addresses of enclaves that left the file and are gone to whoever comes next."""
        path = lock_path(self._setting.spec)
        for name in gone:
            if name in self._setting.strangers and name in (lock := read(path)).enclaves:
                write(path, released(lock, name))

    def _stands(self, enclave: str) -> bool:
        """Say whether the state knows anything of an enclave; what a proof found left besides needs no hub."""
        return bool(self._setting.engine.state(self._setting.plan.stack(enclave)).resources)

    @contextlib.contextmanager
    def _walking(self, direction: Direction) -> Iterator[Callable[[Sequence[str]], tuple[Ended, ...]]]:
        """Open the database of walks, and let Ctrl-C stop the engines gently, for the length of the block."""
        conductor = Conductor(
            self._command,
            acts(direction, self._steps),
            direction,
            site=lambda enclave: Site(self._setting, enclave, self._stop, self._on_progress),
            watcher=self._watcher,
            stop=self._stop,
            locks=self._setting.locks,
            digest=self._setting.digest,
        )
        with self._stopping_gently(), walker(self._setting.home / "controller.sqlite", conductor.perform) as walks:
            yield lambda enclaves: conductor.walk(walks, enclaves)

    @contextlib.contextmanager
    def _stopping_gently(self) -> Iterator[None]:
        """Turn SIGINT and SIGTERM into a request to stop: what an engine has in hand is finished, nothing is begun."""

        def request(number: int, frame: FrameType | None) -> None:
            self._stop.set()
            # the engine's own lock may be held by the thread that this signal interrupted
            threading.Thread(target=self._setting.engine.interrupt, name="interrupt").start()

        before = {number: signal.signal(number, request) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _not_begun(enclave: str, why: str) -> Ended:
    return Ended(enclave, refusal=Outcome(error=why, exit_code=1))


def _left_the_file(enclave: str, spec: str) -> Ended:
    return Ended(
        enclave,
        refusal=Outcome(
            error=f"{enclave} left the exercise file but still stands",
            hint=f"`range down {spec} --ally {enclave}` takes it down; or put it back into the file",
            exit_code=1,
        ),
    )
