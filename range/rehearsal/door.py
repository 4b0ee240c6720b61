"""The one door of the rehearsal cloud: every request comes in here, and every answer goes out here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

from range.errors import RangeError
from range.rehearsal.accounts import Member, Operator, operator_of, seed
from range.rehearsal.areas import handler_of
from range.rehearsal.call import Call
from range.rehearsal.callers import caller_of
from range.rehearsal.keeping.keeper import Keeper
from range.rehearsal.keeping.reach import Reached, begin
from range.rehearsal.messages import Answer, Request
from range.rehearsal.quotas.limits import EVERYBODY, set_limits
from range.rehearsal.quotas.table import defaults, over_quota
from range.rehearsal.refusals import Refusal
from range.rehearsal.rights.judging import forbidden
from range.rehearsal.services import Service, only_reads, only_removes, service_of
from range.rehearsal.states.table import let_time_pass, look
from range.rehearsal.trail.book import is_recorded, open_book
from range.rehearsal.trail.delivery import deliver
from range.rehearsal.trail.tokens import repeated, token_of
from range.rehearsal.truths.table import refusal
from range.rehearsal.untouched import Untouched
from range.rehearsal.watching import Follower
from range.rehearsal.weather.conditions import ConnectionLost, Weather
from range.rehearsal.weather.sight import Sight

__all__ = ["Answer", "Cloud", "ConnectionLost", "Request"]

_TEXT = {"Content-Type": "text/plain"}
_log = logging.getLogger(__name__)


class Cloud:
    """An emulated AWS: many accounts, one organisation per exercise, kept in a folder.

    A process holds one cloud: moto keeps its backends in globals, so opening a cloud ends the one before.
    """

    def __init__(self, home: Path | None = None, *, quotas: Mapping[str, int] | None = None) -> None:
        """Open the cloud kept in a folder; without one, it lives in memory only. `quotas` are other than AWS's defaults."""
        self.home = home
        self.lock = threading.RLock()
        self._followers: list[Follower] = []
        self._keeper = Keeper(home, self.lock)
        self._untouched = Untouched()
        self._book = open_book(home)
        self.weather = Weather(home)
        if quotas:
            self.set_quotas(quotas)

    def answer(self, request: Request) -> Answer:
        """Answer one request, refused or not; what it changed is saved before this returns.

        Raises:
            ConnectionLost: the weather has it that this client gets no answer.
        """
        scope = request.scope or request.host_scope
        if scope is None:
            return Answer(403, _TEXT, b"MissingAuthenticationToken: nobody signed this request\n")
        service = service_of(request, scope.service)
        if service is None:
            return Answer(404, _TEXT, f"UnknownService: AWS has no service that signs as {scope.service!r}\n".encode())
        operation = ""
        try:
            operation = service.operation(request)
            return self.weather.carried(
                service,
                lambda: self._seen(request, service, operation, scope.region),
                lambda: service.params(operation, request),
                lambda: self._kept(request, service, operation, scope.region),
            )
        except ConnectionLost:
            raise
        except Refusal as refusal:
            return service.answer(operation, refusal)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the client must be told
            _log.exception("%s %s failed", service.name, operation)
            return _fault(service, operation, error)

    def _seen(self, request: Request, service: Service, operation: str, region: str) -> Sight:
        """Say what the weather sees of a call."""
        with self.lock:
            account = caller_of(request, service).account
        return Sight(service.name, operation, account, region, request)

    def _kept(self, request: Request, service: Service, operation: str, region: str) -> Answer:
        """Answer a call while no other is answered, then save what it changed, together with others that wait."""
        change = 0
        try:
            with self.lock:
                reached = begin()
                try:
                    call = Call(request, service, operation, region, caller_of(request, service))
                    return self._recorded(call, reached)
                finally:
                    change = self._keeper.note(
                        reached.changed(reads_only=only_reads(operation), removes=only_removes(operation))
                    )
        finally:
            self._saved(change)
            if self._book.has_news:  # most calls are questions, and needn't wait for the lock a second time
                with self.lock:
                    self._book.keep()

    def _recorded(self, call: Call, reached: Reached) -> Answer:
        """Answer a call and write it down, if it is one that changes something; one with a known token is answered as before."""
        if not is_recorded(call):
            return self._watched(call, reached)
        token = token_of(call)
        again = repeated(call, token, self._book)
        reached.looked_up.clear()
        if again is not None:
            return again
        answer = self._watched(call, reached)
        deliver(self._book.write(call, answer, token if answer.status < HTTPStatus.BAD_REQUEST else None))
        return answer

    def _watched(self, call: Call, reached: Reached) -> Answer:
        """Answer a call; what it looks at moves on first, and what it was refused for may move on after."""
        look(call)
        try:
            answer = self._answered(call, reached)
        except Refusal as refused:
            answer = call.service.answer(call.operation, refused)
        if answer.status >= HTTPStatus.BAD_REQUEST:
            let_time_pass(call)
        return answer

    def _answered(self, call: Call, reached: Reached) -> Answer:
        """Answer a call: refused as AWS would refuse it, or by an area of ours, or by moto."""
        refused = forbidden(call) or refusal(call) or over_quota(call)
        if refused is not None:
            raise refused
        reached.looked_up.clear()  # truths look far and wide, and change nothing
        handler = handler_of(call)
        if call.service.name == "ec2" and b"DryRun=true" in call.request.body:
            raise Refusal("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", status=412)
        if handler is None and only_reads(call.operation):
            return self._untouched.answered(call, reached)
        answer = call.by_moto() if handler is None else handler(call)
        return answer if isinstance(answer, Answer) else call.service.answer(call.operation, answer)

    def follow(self, name: str, look: Callable[[], None]) -> Follower:
        """Have `look` called, in a thread of its own, at once and whenever something changed; it reads under `lock`."""
        follower = Follower(name, look)
        self._followers.append(follower)
        return follower

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change the cloud's state from inside, as no call does: what is reached is saved and told when the block ends."""
        change = 0
        try:
            with self.lock:
                reached = begin()
                try:
                    yield
                finally:
                    change = self._keeper.note(reached.changed(reads_only=True))
        finally:
            self._saved(change)

    def _saved(self, change: int) -> None:
        """Save a change, and tell whoever follows of it, also where it could not be saved: it stands."""
        try:
            self._keeper.save(change)
        finally:
            for follower in self._followers if change else ():
                follower.changed()

    def operator(self, account: str | None = None) -> Operator:
        """Find the operator of an account's organisation; without an account, of the only organisation there is."""
        with self.lock:
            return operator_of(account)

    def seed(self, management: Member, members: Sequence[Member]) -> Operator:
        """Make an exercise's organisation and accounts, or find them; give the operator's credentials."""
        with self.lock:
            reached = begin()
            operator = seed(management, members)
            change = self._keeper.note(reached.changed(reads_only=False))
        self._keeper.save(change)
        return operator

    def set_quotas(self, limits: Mapping[str, int], account: str | None = None) -> None:
        """Set quotas of one account, or of all, by the names of `quotas.table`; lower ones take nothing away.

        Raises:
            InputError: there is no such quota, or a number is none.
        """
        with self.lock:
            reached = begin()
            set_limits(limits, account or EVERYBODY, defaults())
            change = self._keeper.note(reached.changed(reads_only=False))
        self._keeper.save(change)

    def close(self) -> None:
        """Close the files that keep the cloud, when nobody follows it any more; nothing is lost without it."""
        for follower in self._followers:
            follower.close()
        self._keeper.close()
        self._book.close()
        self.weather.close()


def _fault(service: Service, operation: str, error: Exception) -> Answer:
    """Report a defect of ours as an error that no client retries for minutes, as they do with a 500."""
    why = str(error) if isinstance(error, RangeError) else f"{error!r}; its log says where"
    return service.answer(operation, Refusal("InternalFailure", f"the rehearsal cloud failed: {why}"))
