"""Taking enclaves through the table of steps, side by side, each on a walk of its own; no failure holds others up."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from range.controller.claims import claim
from range.controller.command import Command
from range.controller.journal import Standing
from range.controller.outcome import Outcome
from range.controller.phases import Direction
from range.controller.rooms import Machine, Room
from range.controller.sharing import Sharing
from range.controller.site import Site
from range.controller.steps import Act
from range.controller.turns import Gathered, Turns
from range.controller.walks import StepResult, Walk, Walker, walk_under_way
from range.errors import Interrupted, RangeError


class Watcher(Protocol):
    """Who is told how things go, while they go. Called from several threads."""

    def begun(self, enclave: str, act: Act) -> None:
        """A step has begun on an enclave."""

    def ended(self, enclave: str, act: Act, outcome: Outcome) -> None:
        """A step has ended on an enclave."""

    def defect(self, enclave: str, act: Act, trace: str) -> None:
        """A step raised what it never should."""


@dataclass(frozen=True)
class Ended:
    """How a walk ended for one enclave."""

    enclave: str
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    """By step, in order; the last one may have failed."""
    refusal: Outcome | None = None
    """Why the walk was not even begun."""
    seconds: float = 0.0

    @property
    def failure(self) -> tuple[str, Outcome] | None:
        """Give the step that failed and how, or None; the step is empty where none was begun."""
        if self.refusal is not None:
            return "", self.refusal
        return next(((step, outcome) for step, outcome in self.outcomes.items() if outcome.failed), None)


Failed = Mapping[str, Outcome | None]
"""Who didn't get through a step, with what the step that stopped them came to; None where none was begun."""
Refusal = Callable[[str, Failed], Outcome | None]
"""Why an enclave's turn doesn't come, given who before it didn't get through; None if it does."""


AWAKE_S = 0.5
"""How often the main thread wakes while it waits: only it handles signals, and on a busy machine the kernel may give one to
another thread, which doesn't wake it. Source: CPython, Modules/signalmodule.c (trip_signal); signal(7)."""


class Conductor:
    """Walks enclaves in one direction for one command."""

    def __init__(
        self,
        command: Command,
        acts: Sequence[Act],
        direction: Direction,
        *,
        site: Callable[[str], Site],
        watcher: Watcher,
        stop: threading.Event,
        locks: Path,
        digest: str,
        turns: Turns,
        refusal: Refusal,
    ) -> None:
        """Keep what every walk needs; `digest` is of everything that the steps work from."""
        self._command = command
        self._acts = {act.name: act for act in acts}
        self._direction = direction
        self._site = site
        self._watcher = watcher
        self._stop = stop
        self._locks = locks
        self.digest = hashlib.sha256(f"{direction} {digest}".encode()).hexdigest()
        self._turns = turns
        self._refusal = refusal
        self.sharing: Sharing | None = None
        """How steps are shared out, where several controllers share a database."""
        self._before: dict[str, Standing] = {}
        self._stopped_by: dict[str, Outcome] = {}
        machine = Machine()
        self._room = {act.name: Room(act.width, act.most, machine.has_leisure) for act in acts}

    def walk(self, walker: Walker, enclaves: Sequence[str]) -> tuple[Ended, ...]:
        """Take enclaves through the steps side by side; give how each ended, in the order given."""
        if not enclaves:
            return ()
        self._before = self._command.journal.standings(self._command.exercise)
        with ThreadPoolExecutor(len(enclaves), thread_name_prefix="walk") as threads:
            walks = [threads.submit(self._walked, walker, enclave) for enclave in enclaves]
            while wait(walks, AWAKE_S).not_done:
                pass
            return tuple(walk.result() for walk in walks)

    def perform(self, enclave: str, step: str) -> StepResult:
        """Do one step on one enclave; what goes wrong is in the result. Walks call it, and write the result down."""
        act = self._acts[step]
        names = list(self._acts)
        self._turns.passed(enclave, names[: names.index(step)])
        gathered = self._turns.gather(enclave, step) if act.together else None
        if act.in_turn:
            failed = self._turns.wait(enclave, step)
            refused = self._refusal(enclave, {other: self._stopped_by.get(other) for other in failed})
            if refused is not None:
                self._put_back(enclave)
                return refused.model_dump(mode="json")
        with self._room[step].place():
            began = time.monotonic()
            row = self._began(enclave, act)
            try:
                if self._stop.is_set():
                    raise Interrupted(
                        f"{step} was not begun", hint=f"type `{self._command.words}` again: it goes on from here"
                    )
                outcome = self._carried_out(enclave, act, gathered)
            except RangeError as error:
                outcome = Outcome.of(error)
            except Exception as error:  # noqa: BLE001 - a defect ends this walk, told in full, and no other
                self._watcher.defect(enclave, act, traceback.format_exc())
                outcome = Outcome.of(error)
            outcome = outcome.model_copy(update={"seconds": round(time.monotonic() - began, 2)})
            if outcome.failed:
                self._stopped_by[enclave] = outcome
            if outcome.untouched and self._direction == "down":
                outcome = outcome.model_copy(update={"leaves": self._was(enclave).phase})
            self._ended(enclave, act, row, outcome)
        self._turns.taken(enclave, step, done=not outcome.failed)
        return outcome.model_dump(mode="json")

    def act(self, enclave: str, step: str) -> StepResult:
        """Do the work of a step, whoever's walk it belongs to; what goes wrong is in the result."""
        site = self._site(enclave)
        site.setting.engine.look_again()
        try:
            outcome = self._acts[step].run(site)
        except RangeError as error:
            outcome = Outcome.of(error)
        except Exception as error:  # noqa: BLE001 - told where it happened; who walks hears of it, too
            self._watcher.defect(enclave, self._acts[step], traceback.format_exc())
            outcome = Outcome.of(error)
        return outcome.model_dump(mode="json")

    def act_for_another(self, enclave: str, step: str) -> StepResult:
        """Do the work of a step of another controller's walk, as `act` does, and tell of it here, too."""
        act, began = self._acts[step], time.monotonic()
        self._watcher.begun(enclave, act)
        result = self.act(enclave, step)
        outcome = Outcome.model_validate(result)
        self._watcher.ended(enclave, act, outcome.model_copy(update={"seconds": round(time.monotonic() - began, 2)}))
        return result

    def _carried_out(self, enclave: str, act: Act, gathered: Gathered | None) -> Outcome:
        """Do a step here, or have it done by whichever controller takes it first.

        A reset stays here: what was asked for is known to this command alone. So does what needs all enclaves at once.
        """
        if self.sharing is None or act.together or act.here or self._direction == "reset":
            return act.run(replace(self._site(enclave), gathered=gathered))
        result = self.sharing.carried_out(walk_under_way(), self.digest, enclave, act.name)
        return Outcome.model_validate(result)

    def _walked(self, walker: Walker, enclave: str) -> Ended:
        """Walk one enclave to its end, holding its claim."""
        walk = Walk(self._command.exercise, enclave, tuple(self._acts), self.digest)
        began = time.monotonic()
        outcomes: dict[str, Outcome] = {}
        try:
            shared = self.sharing.lease.claim(walk.stack) if self.sharing else contextlib.nullcontext()
            held = claim(
                self._locks, walk.stack, who=self._command.who, command=self._command.words, wait=self._command.wait
            )
            with held, shared:
                results = walker.begin(walk).get_result(polling_interval_sec=0.1)
            outcomes = {step: Outcome.model_validate(result) for step, result in results.items()}
        except RangeError as error:
            return Ended(enclave, refusal=Outcome.of(error))
        finally:
            self._turns.ended(enclave, [step for step, outcome in outcomes.items() if not outcome.failed])
        return Ended(enclave, outcomes, seconds=round(time.monotonic() - began, 2))

    def _began(self, enclave: str, act: Act) -> int:
        """Write down and tell that a step has begun."""
        self._command.journal.stands(
            self._command.exercise, enclave, act.phase, direction=self._direction, step=act.name
        )
        self._watcher.begun(enclave, act)
        return self._command.journal.step_began(self._command.number, enclave, act.name)

    def _put_back(self, enclave: str) -> None:
        """Write down that an enclave is what it was before: its turn didn't come."""
        before = self._was(enclave)
        self._command.journal.stands(
            self._command.exercise,
            enclave,
            before.phase,
            direction=before.direction or self._direction,
            step=before.step,
            error=before.error,
        )

    def _was(self, enclave: str) -> Standing:
        """Give where an enclave stood before this command."""
        return self._before.get(enclave, Standing(name=enclave))

    def _ended(self, enclave: str, act: Act, row: int, outcome: Outcome) -> None:
        """Write down and tell how a step ended."""
        self._command.journal.step_ended(row, outcome.word, outcome.error)
        self._command.journal.stands(
            self._command.exercise,
            enclave,
            outcome.leaves or ("failed" if outcome.failed else act.leaves),
            direction=self._direction,
            step=act.name if outcome.failed else None,
            error=outcome.error,
            hosts=outcome.hosts,
        )
        self._watcher.ended(enclave, act, outcome)
