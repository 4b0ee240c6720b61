"""Sharing work out: the steps of a walk go into a queue in PostgreSQL, from which every controller of the same exercise takes.

The controller that was typed at keeps turns, journal and claims, and takes from the queue like the others. A step is a workflow
of its own, named after its walk: a walk that is taken up again finds the step that is under way, or its result.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

from dbos import DBOS, DBOSClient

from range.controller.leases import Lease

TAKEN_AT_ONCE = 4
"""Steps that one controller has in hand at once."""
LOOK_S = 2.0
"""How often the dead are looked for; with `leases.GIVEN_UP_AFTER_S`, a dead one's step is taken over within ten seconds."""
POLL_S = 0.2
Acting = Callable[[str, str, str], dict[str, Any]]
"""Do a step, given the digest of what it works from, the enclave and the step's name."""


class Sharing:
    """One controller's part in sharing: it offers steps, takes steps, and watches whether others live."""

    def __init__(self, url: str, executor: str, acting: Acting, digests: tuple[str, ...]) -> None:
        """Connect, and hold the lease that says that this controller lives."""
        self.lease = Lease(url, executor)
        self._acting = acting
        self.queues = tuple(f"steps-{digest[:16]}" for digest in digests)
        self._url = url

    def declare(self) -> None:
        """Make steps known to DBOS, which must know them before it is launched."""

        @DBOS.workflow(name="step")
        def step(digest: str, enclave: str, name: str) -> dict[str, Any]:
            """Do one step of somebody's walk; the result counts only if this controller still has its lease."""

            def fenced() -> dict[str, Any]:
                result = self._acting(digest, enclave, name)
                self.lease.check()
                return result

            return DBOS.run_step({"name": name}, fenced)

    @contextlib.contextmanager
    def taking(self) -> Iterator[None]:
        """Take steps and watch the others for the length of the block; DBOS is launched."""
        for queue in self.queues:
            DBOS.register_queue(queue, worker_concurrency=TAKEN_AT_ONCE, polling_interval_sec=POLL_S)
        self._client = DBOSClient(system_database_url=self._url)
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(over,), name="watch", daemon=True)
        watch.start()
        try:
            yield
        finally:
            over.set()
            watch.join()
            self._client.destroy()

    def carried_out(self, walk: str, digest: str, enclave: str, step: str) -> dict[str, Any]:
        """Have a step done by whoever takes it first; give its result."""
        options: Any = {"workflow_name": "step", "queue_name": f"steps-{digest[:16]}", "workflow_id": f"{walk}/{step}"}
        handle: Any = self._client.enqueue(options, digest, enclave, step)
        result: dict[str, Any] = handle.get_result(polling_interval_sec=POLL_S)
        return result

    def _watch(self, over: threading.Event) -> None:
        """Put the steps of controllers that died back into their queues."""
        while not over.wait(LOOK_S):
            for found in DBOS.list_workflows(status="PENDING", name="step", load_input=False, load_output=False):
                dead = found.executor_id
                if dead and found.queue_name in self.queues and not self.lease.lives(dead):
                    DBOS.resume_workflow(found.workflow_id, queue_name=found.queue_name)
