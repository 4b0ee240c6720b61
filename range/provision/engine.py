"""The Pulumi engine on our stacks: programs, project and state as for `pulumi` by hand, through the Automation API."""

from __future__ import annotations

import functools
import gc
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from pulumi.automation import Deployment, LocalWorkspace, OutputMap, Stack, UpdateSummary
from pulumi.automation._stack import StackInitMode
from pulumi.automation.errors import CommandError, ConcurrentUpdateError, StackAlreadyExistsError

from range.errors import Interrupted, RangeError
from range.provision import diagnosis, locks, project
from range.provision.command import Command
from range.provision.events import OnProgress, Tally, outputs
from range.provision.inline import InlineProgram, Program, declared, loaded
from range.provision.state import Known, State, checkpoint, names, of_deployment, register
from range.records.results import Failure, Outputs, StackChanges

T = TypeVar("T")


@dataclass(frozen=True)
class EngineSettings:
    """What the engine needs to know; everything else is in the exercise file."""

    spec: Path
    home: Path
    """`.range/`, absolute."""
    backend_url: str
    pulumi: Path
    """The CLI, as `range.provision.cli` finds or builds it."""
    parallel: int = 8
    """Resource operations at once, per stack."""
    secrets_provider: str | None = None
    """`awskms://...` on AWS; None for the passphrase."""


@dataclass(frozen=True)
class Run:
    """What one run of the engine came to."""

    changes: StackChanges
    outputs: Outputs
    created: tuple[Known, ...] = ()


@dataclass(frozen=True)
class Settlement:
    """What a state makes of what nobody saw the end of."""

    adopted: Mapping[str, str]
    """The ids of what it takes over, by URN."""
    forgotten: AbstractSet[str] = frozenset()
    """The URNs of what it shall know no more."""


class Engine:
    """Brings stacks up and down. Safe to use from several threads, one per stack."""

    def __init__(self, settings: EngineSettings, program: Program | None = None) -> None:
        """Prepare nothing yet: the first call does what it needs. Without a program it's that of `stacks`."""
        self.settings = settings
        self._program = program or declared
        self._command = Command(settings.pulumi)
        self._stacks: frozenset[str] | None = None
        self._guard = threading.Lock()

    def stacks(self) -> tuple[str, ...]:
        """Name the stacks of this project that the state at this backend knows; one may have nothing in it."""
        self.look_again()
        return tuple(sorted(self._known_stacks()))

    def look_again(self) -> None:
        """Forget which stacks there are: other controllers may have made or removed some since."""
        with self._guard:
            self._stacks = None

    def _looked_up(self) -> frozenset[str]:
        workspace = LocalWorkspace(
            work_dir=str(project.work_directory(self.settings.home, "_project")),
            pulumi_command=self._command,
            env_vars=self._environment(),
        )
        try:
            return frozenset(summary.name for summary in workspace.list_stacks())
        except CommandError as failed:
            raise self._told("the state", failed) from failed

    def load_ahead(self) -> None:
        """Begin to load what the program needs, while something else is waited for."""
        if self._program is declared:
            loaded()

    def preview(self, stack: str) -> StackChanges:
        """Say what `up` would change. A stack that isn't there yet is registered, empty; nothing else is touched."""
        tally = Tally(stack, None, None)
        self._run(stack, tally, lambda opened: opened.preview(on_event=tally.take, parallel=self.settings.parallel))
        return tally.changes()

    def up(self, stack: str, on_progress: OnProgress | None = None, *, kept: AbstractSet[str] = frozenset()) -> Run:
        """Make the stack what its program says, but for what is `kept`, by URN; go on where an earlier run was stopped.

        Raises:
            ProvisionError: something could not be made; what was made is in the state, and the next run goes on.
            Busy: somebody else is at it.
            Interrupted: the user stopped it.
        """
        tally = Tally(stack, self._expected(stack), on_progress)
        self._run(
            stack,
            tally,
            lambda opened: opened.up(
                on_event=tally.take, parallel=self.settings.parallel, exclude=sorted(kept) or None
            ),
        )
        changes = tally.changes()
        self._size_file(stack).write_text(str(changes.total - changes.delete), encoding="utf-8")
        return Run(changes, tally.outputs(), tuple(tally.created))

    def destroy(self, stack: str, on_progress: OnProgress | None = None) -> StackChanges:
        """Delete everything that the state knows of a stack, then the stack itself. Nothing there: nothing done."""
        if stack not in self._known_stacks():
            return StackChanges(stack=stack)
        tally = Tally(stack, len(self.state(stack).real), on_progress)
        self._run(stack, tally, lambda opened: opened.destroy(on_event=tally.take, parallel=self.settings.parallel))
        self._run(stack, tally, lambda opened: opened.workspace.remove_stack(stack))
        self._note(lambda known: known - {stack})
        self._size_file(stack).unlink(missing_ok=True)
        return tally.changes()

    def refresh(
        self, stack: str, on_progress: OnProgress | None = None, *, only: Iterable[str] | None = None
    ) -> StackChanges:
        """Take what AWS says now into the state, and count what differed; `only` are ids of what alone is asked for."""
        ids = None if only is None else set(only)
        urns = None if ids is None else [each.urn for each in self.state(stack).real if each.id in ids]
        tally = Tally(stack, None, on_progress)
        if urns == []:
            return tally.changes()
        self._run(
            stack,
            tally,
            lambda opened: opened.refresh(on_event=tally.take, parallel=self.settings.parallel, target=urns),
        )
        return tally.changes()

    def outputs(self, stack: str) -> Outputs:
        """Give what the stack exported when it was last brought up; nothing for a stack that isn't there."""
        roots = [known for known in self.state(stack).resources if known.type == "pulumi:pulumi:Stack"]
        return outputs(stack, roots[0].outputs if roots else {})

    def state(self, stack: str) -> State:
        """Give what the state knows of a stack; empty for a stack that isn't there."""
        known = checkpoint(self.settings.backend_url, stack)
        if known is not None:
            return known
        if stack not in self._known_stacks():
            return State()
        exported = self._run(stack, Tally(stack, None, None), lambda opened: opened.export_stack())
        return of_deployment(stack, exported.deployment)

    def settle(self, stack: str, see: Callable[[State], Settlement], lost: Sequence[Known] = ()) -> None:
        """Clear the operations that nobody saw the end of; `lost` are creates that ended, and not as AWS sees it.

        `see` is shown the state before that, and says what it shall take over of both, and what it shall forget.

        Raises:
            Busy: somebody is at work on the stack, so they aren't unfinished but under way.
        """

        def act(opened: Stack) -> None:
            # read anew each time: an engine that was waited for has written since
            deployment = opened.export_stack()
            content = dict(deployment.deployment or {})
            settled = see(of_deployment(stack, content))
            pending = content.pop("pending_operations", None) or []
            there = [each for each in content.get("resources") or [] if each["urn"] not in settled.forgotten]
            doubtful = [*(each["resource"] for each in pending), *(each.as_declared() for each in lost)]
            known = {each["urn"] for each in there}
            taken = {each["urn"]: each for each in doubtful if each["urn"] in settled.adopted.keys() - known}
            content["resources"] = [*there, *(_as_made(each, settled.adopted) for each in taken.values())]
            opened.import_stack(Deployment(deployment.version, content))

        self._run(stack, Tally(stack, None, None), act)

    @property
    def home(self) -> Path:
        """Where the work directories are: `.range`."""
        return self.settings.home

    @property
    def interrupted(self) -> bool:
        """Say whether `interrupt` was called."""
        return self._command.interrupted

    def interrupt(self) -> None:
        """Stop all engines: gently, the second time at once, the third time by killing them."""
        self._command.interrupt()

    def _run(self, stack: str, tally: Tally, act: Callable[[Stack], T]) -> T:
        """Act on a stack, taking it over from whoever was killed while holding it."""
        program = InlineProgram(functools.partial(self._program, stack, self.settings.spec))
        opened = self._opened(stack, program)
        try:
            try:
                result = act(opened)
            except ConcurrentUpdateError as held:
                locks.release(stack, str(held))
                opened.cancel()
                result = act(opened)
        except CommandError as failed:
            if program.raised and not self._command.interrupted:
                raise program.why(stack) from program.raised
            told = self._told(stack, failed, tally.failures)
            if isinstance(told, diagnosis.StackFailed):
                told.not_created, told.not_deleted = tuple(tally.not_created), tuple(tally.not_deleted)
                told.changes = tally.changes()
            raise told from failed
        finally:
            gc.collect(2 if program.ran else 1)  # a program leaves old cycles behind: 1 MiB each time
        if tally.lost:
            raise tally.lost
        return result

    def _told(self, stack: str, failed: CommandError, failures: Sequence[Failure] = ()) -> RangeError:
        """Give the error to raise for a CLI that failed: it was told to stop, or there is something to say."""
        if self._command.interrupted:
            return Interrupted(f"{stack}: stopped; what was made is in the state", hint="run the same command again")
        return diagnosis.error(stack, failures, str(failed))

    def _opened(self, stack: str, program: Callable[[], None]) -> _KnownStack:
        """Open a stack, making it where the state doesn't know it."""
        workspace = LocalWorkspace(
            work_dir=str(project.work_directory(self.settings.home, stack)),
            program=program,
            pulumi_command=self._command,
            env_vars=self._environment(),
            secrets_provider=self.settings.secrets_provider,
        )
        if stack not in self._known_stacks():
            if self.settings.secrets_provider is not None or not register(self.settings.backend_url, stack):
                self._create(workspace, stack)
            self._note(lambda known: known | {stack})
        return _KnownStack(stack, workspace)

    def _create(self, workspace: LocalWorkspace, stack: str) -> None:
        """Have the CLI make a stack."""
        try:
            try:
                workspace.create_stack(stack)
            except ConcurrentUpdateError as held:
                locks.release(stack, str(held))
                locks.clear_files(str(held))
                workspace.create_stack(stack)
        except StackAlreadyExistsError:
            pass  # made by somebody since we looked: as good
        except CommandError as failed:
            raise self._told(stack, failed) from failed

    def _known_stacks(self) -> frozenset[str]:
        """Name the stacks that the state knows; where that takes the CLI, as they were when they were last looked at."""
        found = names(self.settings.backend_url)
        if found is not None:
            return found
        with self._guard:
            if self._stacks is None:
                self._stacks = self._looked_up()
            return self._stacks

    def _note(self, change: Callable[[frozenset[str]], frozenset[str]]) -> None:
        """Keep in mind what became of the stacks; where they are to be looked at again, that tells it."""
        with self._guard:
            if self._stacks is not None:
                self._stacks = change(self._stacks)

    def _environment(self) -> dict[str, str]:
        return {
            "PULUMI_BACKEND_URL": _without_attributes(self.settings.backend_url),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # without it a lost work directory would change how a stack's secrets are encrypted
            "PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
            "RANGE_SPEC": str(self.settings.spec),
        }

    def _size_file(self, stack: str) -> Path:
        return project.work_directory(self.settings.home, stack) / "size"

    def _expected(self, stack: str) -> int | None:
        """Give how many resources the stack had when it was last brought up."""
        path = self._size_file(stack)
        return int(path.read_text(encoding="utf-8")) if path.exists() else None


def _without_attributes(backend_url: str) -> str:
    """Tell a file backend to keep no attributes beside its files: a digest of the whole state for each resource.

    Source: gocloud.dev blob/fileblob/fileblob.go (URLOpener, `metadata`), 2026-11-22.
    """
    is_folder = backend_url.startswith("file:") and "?" not in backend_url
    return f"{backend_url}?metadata=skip" if is_folder else backend_url


def _as_made(resource: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Write a resource whose create was under way as one that was made; a refresh reads the rest of its outputs.

    Whether it came to its tags nobody knows, so the state has none, and the next run puts them.
    """
    identifier = ids[resource["urn"]]
    inputs = {name: value for name, value in resource.get("inputs", {}).items() if name not in ("tags", "tagsAll")}
    return {**resource, "id": identifier, "inputs": inputs, "outputs": {**inputs, "id": identifier}}


class _KnownStack(Stack):
    """A stack that is known to be there, so that opening it and reading its results start no CLI.

    The Automation API selects a stack (0.3 s) and after each run asks for its outputs twice and for its history (0.6 s
    each); every command names its stack, and the events have said all of that already.
    """

    def __init__(self, name: str, workspace: LocalWorkspace) -> None:
        """Take it as it is."""
        self.name = name
        self.workspace = workspace
        self._mode = StackInitMode.SELECT

    def outputs(self) -> OutputMap:
        """Give nothing: the tally has them."""
        return {}

    def info(self, show_secrets: bool = True) -> UpdateSummary:
        """Give an empty summary: the tally has counted."""
        now = datetime.now(UTC)
        return UpdateSummary(kind="", start_time=now, message="", environment={}, config={}, result="")
