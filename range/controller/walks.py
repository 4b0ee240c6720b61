"""Walks: durable workflows, each taking one enclave through its steps; what the dead left is taken up or set aside.

DBOS keeps them in one SQLite file. A step that is done is never done again by the walk that it belongs to; one that was
cut off is done again, so steps can be repeated. Whoever starts a walk must hold the enclave's claim: only then is an
unfinished walk of that enclave a dead one.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dbos import DBOS, DBOSClient, DBOSConfig, SetWorkflowID
from sqlalchemy.exc import OperationalError, ProgrammingError

from range.controller.sharing import Sharing
from range.errors import EnvironmentMissing

VERSION = "1"
"""Changed by hand when walks begun by an older version can't be taken up any more; DBOS would hash the code instead,
and strand what is under way with every upgrade."""
NAME = "defence-range"
_UNFINISHED = ["PENDING", "ENQUEUED", "DELAYED"]
_POLL_S = 0.1

StepResult = dict[str, Any]
"""What a step leaves behind: plain JSON, and no secrets, since it's written to disk. With an `error`, the walk ends."""
Perform = Callable[[str, str], StepResult]
"""Do one step, given the enclave and the step's name."""


@dataclass(frozen=True)
class Walk:
    """One enclave, and the steps to take it through."""

    exercise: str
    enclave: str
    steps: tuple[str, ...]
    digest: str
    """Of everything that the steps work from: a walk is only taken up by one of the same digest and steps."""

    @property
    def stack(self) -> str:
        """Name what is walked: `steadfast.est`."""
        return f"{self.exercise}.{self.enclave}"


class Started(Protocol):
    """A walk under way."""

    def get_result(self, *, polling_interval_sec: float = ...) -> dict[str, StepResult]:
        """Wait for its end; give the steps' results by name, or raise what a step raised."""


class Walker:
    """Starts walks; made by `walker`."""

    def __init__(self, workflow: Callable[..., dict[str, StepResult]], executor: str) -> None:
        """Keep the workflow function and the name of this process's own queue."""
        self._workflow = workflow
        self._executor = executor

    def begin(self, walk: Walk) -> Started:
        """Begin a walk, or take up the same walk where a dead process left it; others of the enclave are set aside."""
        taken_up: Started | None = None
        unfinished = DBOS.list_workflows(status=_UNFINISHED, workflow_id_prefix=f"{walk.stack}:", sort_desc=True)
        # a step that is shared out is named by its walk, and goes on or is set aside with it
        kept, steps = "", [each.workflow_id for each in unfinished if "/" in each.workflow_id]
        for dead in (each for each in unfinished if "/" not in each.workflow_id):
            if taken_up is None and self._is_same(dead.input, walk) and not self._had_failed(dead.workflow_id):
                DBOS.register_queue(self._executor, polling_interval_sec=_POLL_S)  # for who died only just now
                taken_up, kept = DBOS.resume_workflow(dead.workflow_id, queue_name=self._executor), dead.workflow_id
            else:
                DBOS.cancel_workflow(dead.workflow_id)
        for step in steps:
            if step.partition("/")[0] != kept:
                DBOS.cancel_workflow(step)
        if taken_up is not None:
            return taken_up
        with SetWorkflowID(f"{walk.stack}:{uuid.uuid4().hex}"):
            return DBOS.start_workflow(self._workflow, walk.enclave, list(walk.steps), walk.digest)

    @staticmethod
    def _is_same(inputs: Any, walk: Walk) -> bool:
        """Say whether a dead walk's inputs are those of the one to begin."""
        return bool(inputs) and tuple(inputs["args"]) == (walk.enclave, list(walk.steps), walk.digest)

    @staticmethod
    def _had_failed(workflow_id: str) -> bool:
        """Say whether a walk had failed, and only its end was not written down: there is nothing to take up."""
        return any((step["output"] or {}).get("error") for step in DBOS.list_workflow_steps(workflow_id))


@contextlib.contextmanager
def walker(database: Path | str, perform: Perform, sharing: Callable[[str], Sharing] | None = None) -> Iterator[Walker]:
    """Open the database of walks, a file or PostgreSQL's URL, for the length of the block. One at a time in a process.

    `sharing` makes, from this process's name among others, what steps are shared out by.

    Raises:
        EnvironmentMissing: the database can't be opened.
    """
    executor = f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    url = f"sqlite:///{database.absolute()}" if isinstance(database, Path) else database
    if isinstance(database, Path):
        database.parent.mkdir(parents=True, exist_ok=True)
    shared = sharing(executor) if sharing is not None else None
    DBOS(config=_config(url, executor))

    if shared:
        shared.declare()

    @DBOS.workflow(name="walk")
    def workflow(enclave: str, steps: list[str], digest: str) -> dict[str, StepResult]:
        """Take an enclave through its steps; `digest` tells this walk from another."""
        results: dict[str, StepResult] = {}
        for step in steps:
            results[step] = DBOS.run_step({"name": step}, perform, enclave, step)
            if results[step].get("error") is not None:
                break
        return results

    try:
        DBOS.listen_queues([executor, *(shared.queues if shared else ())])
        try:
            _make_queue(url, executor)
            DBOS.launch()
        except Exception as error:
            raise EnvironmentMissing(
                f"the controller's database {_shown(url)} can't be used: {error}", hint=_mend(database)
            ) from error
        with shared.taking() if shared else contextlib.nullcontext():
            yield Walker(workflow, executor)
        DBOS.delete_queue(executor)
    finally:
        DBOS.destroy(destroy_registry=True)
        if shared:
            shared.lease.close()


def _config(url: str, executor: str) -> DBOSConfig:
    """Give what DBOS is set to."""
    return {
        "name": NAME,
        "system_database_url": url,
        "application_version": VERSION,
        "executor_id": executor,
        "log_level": "CRITICAL",
        # nothing here waits for notifications, but closing waits for one turn of whoever polls for them
        "notification_listener_polling_interval_sec": 0.1,
    }


def _make_queue(url: str, executor: str) -> None:
    """Make the queue by which this process takes up walks, if any are unfinished.

    DBOS looks for queues as it is launched, and then every second: one that is made later makes what was killed wait.
    """
    client = DBOSClient(system_database_url=url, application_name=NAME, lazy=True, retry_connection_errors=False)
    try:
        if client.list_workflows(status=_UNFINISHED, limit=1, load_input=False, load_output=False):
            client.register_queue(executor, polling_interval_sec=_POLL_S)
    except (OperationalError, ProgrammingError):
        pass  # a database without tables has nothing unfinished; whatever else is wrong with it, the launch tells
    finally:
        client.destroy()


def walk_under_way() -> str:
    """Name the walk whose step is being done in this thread."""
    return str(DBOS.workflow_id)


def _shown(url: str) -> str:
    """Give a database's URL without its password."""
    return re.sub(r"//([^:/@]*):[^@]*@", r"//\1:…@", url.removeprefix("sqlite:///"))


def _mend(database: Path | str) -> str:
    if isinstance(database, Path):
        return f"move {database} away; walks under way are then begun anew"
    return "see that the server named by RANGE_DATABASE runs, has room, and is of this version of range; then type it again"
