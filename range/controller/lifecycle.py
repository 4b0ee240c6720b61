"""Bringing a whole exercise up and down: all enclaves side by side, the hub's stack first, or last on the way down."""

from __future__ import annotations

import contextlib
import itertools
import shlex
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import FrameType

from range.controller.command import Command
from range.controller.conductor import AWAKE_S, Conductor, Ended, Failed, Refusal, Watcher
from range.controller.configuring import again
from range.controller.outcome import Outcome
from range.controller.patience import Patience
from range.controller.phases import Direction
from range.controller.rooms import Machine
from range.controller.sharing import Sharing
from range.controller.site import Setting, Site
from range.controller.steps import STEPS, Act, Step, acts
from range.controller.turns import Turns
from range.controller.walks import Perform, walker
from range.errors import EnvironmentMissing, Undecided
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

        Raises:
            InputError: the file can't be made of what stands; nothing is touched.
        """
        from range.provision.moved import refuse_moved

        plan = self._setting.plan
        (hub,), enclaves = order_up(plan)
        wanted = tuple(name for name in enclaves if not only or name in only)
        refuse_moved(self._setting.engine, plan, (hub, *enclaves))  # each is proven against all the others
        self._setting.engine.load_ahead()  # accounts are looked at first
        with self._walking("up", Turns(((hub,), wanted), Patience(Machine().has_leisure)), self._without_a_hub) as walk:
            ended = walk((hub, *wanted))
        return (
            *ended,
            *(_left_the_file(name, shlex.quote(str(self._setting.spec))) for name in self._setting.strangers),
        )

    def configure(self, only: Sequence[str]) -> tuple[Ended, ...]:
        """Configure hosts again, the hub's and the enclaves' side by side; `only` names some of them, empty means all.

        Where that changed nothing, an enclave stays what it was; else its baseline is to be recorded anew, by `up`.
        """
        (hub,), enclaves = order_up(self._setting.plan)
        wanted = tuple(only) or (hub, *enclaves)
        self._steps = (again(self._steps, self._command.journal.standings(self._command.exercise)),)
        with self._walking("up", Turns((wanted,)), lambda enclave, failed: None) as walk:
            return walk(wanted)

    def down(self, only: Sequence[str]) -> tuple[Ended, ...]:
        """Take enclaves down, and then the hub if no stack stands on it any more; `only` names some, empty means all.

        Raises:
            InputError: one stands in another account than the file says, where nobody would look; nothing is touched.
        """
        from range.provision.moved import refuse_moved

        enclaves, hub = order_down(self._setting.plan)
        wanted = tuple(only) or (*enclaves, *self._setting.strangers)
        order = (wanted,) if only else (wanted, hub)
        planned = [name for name in itertools.chain(*order) if name not in self._setting.strangers]
        refuse_moved(self._setting.engine, self._setting.plan, planned, subnets=False)
        with self._walking("down", Turns(order), self._still_needed) as walk:
            ended = walk(tuple(itertools.chain(*order)))
        self._release(one.enclave for one in ended if one.failure is None)
        return ended

    def reset(self, enclaves: Sequence[str], table: tuple[Act, ...]) -> tuple[Ended, ...]:
        """Take enclaves back to their baselines, side by side, by the rows of a level.

        The hub, where it is one of them, is waited for as long as it takes: each is proven against it.

        Raises:
            InputError: the file can't be made of what stands; nothing is touched.
        """
        from range.provision.moved import refuse_moved

        plan = self._setting.plan
        hub = plan.hub.name
        refuse_moved(self._setting.engine, plan, (hub, *(each.name for each in plan.enclaves)))
        order = [[name for name in enclaves if (name == hub) == first] for first in (True, False)]
        turns = Turns(order, Patience(Machine().has_leisure))
        with self._walking("reset", turns, lambda *_: None, table) as walk:
            return walk(tuple(enclaves))

    def _without_a_hub(self, enclave: str, failed: Failed) -> Outcome | None:
        """Say why an enclave isn't brought up: there is nothing to attach it to."""
        if not failed:
            return None
        return Outcome(error=f"{', '.join(failed)} is not up, so {enclave} was left as it is", exit_code=1)

    def _still_needed(self, enclave: str, failed: Failed) -> Outcome | None:
        """Say why the hub isn't taken down: a stack still stands on it, or nobody knows, since another state has it."""
        if standing := [other for other in failed if self._stands(other)]:
            return Outcome(error=f"{enclave} was left as it is: {', '.join(standing)} still needs it", exit_code=1)
        code = Undecided.exit_code
        if unknown := [other for other, how in failed.items() if how is not None and how.exit_code == code]:
            told = f"{enclave} was left as it is: whether {', '.join(unknown)} still needs it can't be told"
            hint = "what is said of them comes first; then run the same command again"
            return Outcome(error=told, hint=hint, exit_code=code)
        return None

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
    def _walking(
        self,
        direction: Direction,
        turns: Turns,
        refusal: Refusal,
        table: tuple[Act, ...] = (),
    ) -> Iterator[Callable[[Sequence[str]], tuple[Ended, ...]]]:
        """Open the database of walks, and let Ctrl-C stop the engines gently, for the length of the block."""
        conductor = self._conductor(direction, turns, refusal, table)
        database = self._setting.database
        sharing: Callable[[str], Sharing] | None = None
        if database is not None:
            url = database

            def shared(executor: str) -> Sharing:
                conductor.sharing = self._sharing(url, executor, [(conductor, conductor.act)])
                return conductor.sharing

            sharing = shared

        where = database or self._setting.home / "controller.sqlite"
        with self._stopping_gently(), walker(where, conductor.perform, sharing) as walks:
            yield lambda enclaves: conductor.walk(walks, enclaves)

    def work(self) -> None:
        """Take steps that other controllers of the same exercise, file and state share out, until told to stop.

        Raises:
            EnvironmentMissing: there is no database to share them through.
        """
        database = self._setting.database
        if database is None:
            raise EnvironmentMissing(
                "a worker needs the database that controllers share", hint="export RANGE_DATABASE=postgresql://..."
            )
        directions: tuple[Direction, ...] = ("up", "down")
        conductors = [self._conductor(direction, Turns(()), lambda *_: None) for direction in directions]
        with (
            self._stopping_gently(),
            walker(
                database,
                conductors[0].perform,
                lambda executor: self._sharing(
                    database, executor, [(each, each.act_for_another) for each in conductors]
                ),
            ),
        ):
            while not self._stop.wait(AWAKE_S):
                pass

    def _sharing(self, url: str, executor: str, doing: Iterable[tuple[Conductor, Perform]]) -> Sharing:
        """Share steps out with whoever works from the same: file, addresses, state, home and direction."""
        by_digest = {conductor.digest: act for conductor, act in doing}
        return Sharing(url, executor, lambda digest, enclave, step: by_digest[digest](enclave, step), tuple(by_digest))

    def _conductor(
        self,
        direction: Direction,
        turns: Turns,
        refusal: Refusal,
        table: tuple[Act, ...] = (),
    ) -> Conductor:
        return Conductor(
            self._command,
            table or acts(direction, self._steps),
            direction,
            site=lambda enclave: Site(self._setting, enclave, self._stop, self._on_progress),
            watcher=self._watcher,
            stop=self._stop,
            locks=self._setting.locks,
            digest=self._setting.digest,
            turns=turns,
            refusal=refusal,
        )

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


def _left_the_file(enclave: str, spec: str) -> Ended:
    return Ended(
        enclave,
        refusal=Outcome(
            error=f"{enclave} left the exercise file but still stands",
            hint=f"`range down {spec} --ally {enclave}` takes it down; or put it back into the file",
            exit_code=1,
        ),
    )
