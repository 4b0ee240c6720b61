"""Answers about places where nobody has ever made anything, given again without moto.

Whoever looks at an account asks some forty things in each of seventeen Regions, and in most of them nobody has ever made
anything: moto would set up a backend of each service there, to say the same for every account. An answer is given again in
its Region where no call has ever changed what it was made from, in whatever account; and only if it was the same, but for
its id, in two accounts. Where things that were there from the beginning were taken away, as default networks are, an account
is told again what it was told itself, until anything changes there in any account. Who may ask is judged before, as ever.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus

from moto.core.base_backend import BaseBackend

from range.rehearsal.call import Call
from range.rehearsal.keeping.reach import Reached, changes, was_made_in
from range.rehearsal.messages import Answer, Request

MOST = 4_096
"""Questions that are remembered; what things are asked about by their ids would never end."""
MOST_OWN = 32_768
"""The same by account: forty of them, each with two dozen questions about networks in each Region."""
LARGEST = 4_096
"""Bytes of an answer that is kept."""
_ID = re.compile(rb"(?<=<[rR]equestId>)[^<]*(?=</[rR]equestId>)")
_HOLE = b"{request id}"
_ANEW = frozenset({"x-amzn-requestid", "date", "content-length"})
_OF_A_MOMENT = re.compile(rb"\d{4}-\d\d-\d\dT|\b1[6-9]\d{8}")
"""Times: two answers of the same second would be the same by chance."""
_ASKED_BY = ("content-type", "x-amz-target", "smithy-protocol")
_Question = tuple[str, ...]


@dataclass(frozen=True)
class _Said:
    """An answer without what differs from one call to the next, and where it came from."""

    headers: Mapping[str, str]
    body: bytes
    changes: Mapping[type[BaseBackend], int]
    """By the kinds of backends that it was made from, how often one had been changed in its Region."""
    account: str
    """Whose answer it was; empty when it is everybody's."""

    def again(self) -> Answer:
        """Give the answer once more."""
        own = secrets.token_hex(26)
        headers = {**self.headers, "x-amzn-requestid": own, "date": _written(int(time.time()))}
        return Answer(HTTPStatus.OK, headers, self.body.replace(_HOLE, own.encode()))

    def holds(self, region: str) -> bool:
        """Say whether nothing has changed since in its Region."""
        return all(changes(kind, region) == before for kind, before in self.changes.items())


class Untouched:
    """What was said of a cloud's empty places. Used by the thread that holds the cloud's lock."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._said: dict[_Question, _Said | None] = {}
        self._own: dict[tuple[str, _Question], _Said] = {}
        """By account, what it was told itself."""

    def answered(self, call: Call, reached: Reached) -> Answer:
        """Answer a call that changes nothing: as it was answered to others, if nothing was changed, or by moto."""
        question = _question(call.request, call)
        known = self._said.get(question)
        if known is not None and not known.account:
            if known.holds(call.region):
                return known.again()
            del self._said[question]
        own = self._own.get((call.account, question))
        if own is not None and own.holds(call.region):
            return own.again()
        answer = call.by_moto()
        now = _said(call, answer, reached)
        if now is not None:
            self._learn(question, now, call.region)
        return answer

    def _learn(self, question: _Question, now: _Said, region: str) -> None:
        """Keep an answer for who asked, and for everybody once another account's agrees; if it doesn't, no more is learned."""
        if len(self._own) >= MOST_OWN:
            self._own.clear()
        self._own[now.account, question] = now
        names_it = now.account.encode() in now.body or region.encode() in now.body
        before = self._said.get(question)
        is_settled = question in self._said and (before is None or before.account == now.account)
        if is_settled or names_it or any(now.changes.values()):
            return
        if len(self._said) >= MOST:
            self._said.clear()
        everybodys = replace(now, account="")
        if before is None:
            self._said[question] = now
        else:
            self._said[question] = everybodys if replace(before, account="") == everybodys else None


@lru_cache(maxsize=2)
def _written(second: int) -> str:
    """Write a time as headers have it."""
    return formatdate(second, usegmt=True)


def _question(request: Request, call: Call) -> _Question:
    """Give everything that a call says but who asks, and when."""
    address = request.address
    spoken = (request.lowered.get(name, "") for name in _ASKED_BY)
    own = sorted(
        f"{name}:{value}" for name, value in request.lowered.items()
        if name.startswith("x-amz") and name not in {"x-amz-date", "x-amz-security-token"}
    )  # fmt: skip
    body = request.body.decode("latin-1")
    return (
        call.region,
        call.service.name,
        call.operation,
        request.method,
        address.path,
        address.query,
        body,
        *spoken,
        *own,
    )


def _said(call: Call, answer: Answer, reached: Reached) -> _Said | None:
    """Give what an answer says of a place where nothing was ever made; None where something was, or it says what passes."""
    made_from = reached.looked_up
    elsewhere = any((each.account_id, each.region_name) != (call.account, call.region) for each in made_from)
    if not made_from or elsewhere or any(was_made_in(type(each), call.region) for each in made_from):
        return None
    if answer.status != HTTPStatus.OK or len(answer.body) > LARGEST or _OF_A_MOMENT.search(answer.body):
        return None
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in _ANEW}
    seen = {type(each): changes(type(each), call.region) for each in made_from}
    return _Said(headers, _ID.sub(_HOLE, answer.body), seen, call.account)
