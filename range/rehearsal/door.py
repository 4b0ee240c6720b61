"""The one door of the rehearsal cloud: every request comes in here, and every answer goes out here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from range.rehearsal.accounts import Member, Operator, seed
from range.rehearsal.callers import caller_of
from range.rehearsal.emulator import emulate
from range.rehearsal.messages import Answer, Request
from range.rehearsal.refusals import Refusal
from range.rehearsal.services import Service, service_of

__all__ = ["Answer", "Cloud", "Request"]

_TEXT = {"Content-Type": "text/plain"}
_log = logging.getLogger(__name__)


class Cloud:
    """An emulated AWS: many accounts, one organisation per exercise, kept in a folder."""

    def __init__(self, home: Path | None = None) -> None:
        """Open the cloud kept in a folder; without one, it lives in memory only."""
        self.home = home
        self._lock = threading.RLock()

    def answer(self, request: Request) -> Answer:
        """Answer one request, refused or not; what it changed is saved before this returns."""
        scope = request.scope or request.host_scope
        if scope is None:
            return Answer(403, _TEXT, b"MissingAuthenticationToken: nobody signed this request\n")
        service = service_of(request, scope.service)
        if service is None:
            return Answer(404, _TEXT, f"UnknownService: AWS has no service that signs as {scope.service!r}\n".encode())
        operation = ""
        try:
            operation = service.operation(request)
            caller = caller_of(request, service)
            with self._lock:
                return emulate(service, request, account=caller.account, region=scope.region)
        except Refusal as refusal:
            return service.answer(operation, refusal)
        except Exception as error:
            _log.exception("%s %s failed", service.name, operation)
            return _fault(service, operation, error)

    def seed(self, management: Member, members: Sequence[Member]) -> Operator:
        """Make an exercise's organisation and accounts, or find them; give the operator's credentials."""
        with self._lock:
            return seed(management, members)

    def close(self) -> None:
        """Close what is open; nothing is lost without it."""


def _fault(service: Service, operation: str, error: Exception) -> Answer:
    """Report a defect of ours as an error that no client retries for minutes, as they do with a 500."""
    return service.answer(operation, Refusal("InternalFailure", f"the rehearsal cloud failed: {error!r}; its log says where"))
