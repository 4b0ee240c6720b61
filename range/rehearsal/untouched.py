"""Answers about what nobody has ever changed, given again without moto.

Whoever looks at an account asks some forty things in each of seventeen Regions, and in most of them nobody has ever made
anything: moto would set up a backend of each service there, to say the same for every account. An answer is given again in
its Region where no call has ever changed what it was made from, in whatever account; and only if it was the same, but for
its id, in two accounts. Who may ask is judged before, as ever.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from http import HTTPStatus

from moto.core.base_backend import BaseBackend

from range.rehearsal.call import Call
from range.rehearsal.keeping.reach import Reached, was_changed
from range.rehearsal.messages import Answer, Request

MOST = 4_096
"""Questions that are remembered; what things are asked about by their ids would never end."""
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
    kinds: frozenset[type[BaseBackend]]
    """Of the backends that it was made from."""
    account: str
    """Whose answer it was; empty when it is everybody's."""

    def again(self) -> Answer:
        """Give the answer once more."""
        own = secrets.token_hex(26)
        headers = {**self.headers, "x-amzn-requestid": own, "date": formatdate(usegmt=True)}
        return Answer(HTTPStatus.OK, headers, self.body.replace(_HOLE, own.encode()))


class Untouched:
    """What was said of a cloud's empty places. Used by the thread that holds the cloud's lock."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._said: dict[_Question, _Said | None] = {}

    def answered(self, call: Call, reached: Reached) -> Answer:
        """Answer a call that changes nothing: as it was answered to others, if nothing was changed, or by moto."""
        question = _question(call.request, call)
        known = self._said.get(question)
        if known is not None and not known.account:
            if not any(was_changed(kind, call.region) for kind in known.kinds):
                return known.again()
            del self._said[question]
        answer = call.by_moto()
        if question not in self._said or (known is not None and known.account not in {"", call.account}):
            self._learn(question, known, _said(call, answer, reached))
        return answer

    def _learn(self, question: _Question, before: _Said | None, now: _Said | None) -> None:
        """Keep an answer until another account's agrees; one that differs from account to account is no more looked for."""
        if now is None:
            return
        if len(self._said) >= MOST:
            self._said.clear()
        everybodys = replace(now, account="")
        if before is None or not before.account:
            self._said[question] = now
        else:
            self._said[question] = everybodys if replace(before, account="") == everybodys else None


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
    """Give what an answer says of a place where nothing was ever changed; None where something was, or it names the place."""
    made_from = reached.looked_up
    elsewhere = any((each.account_id, each.region_name) != (call.account, call.region) for each in made_from)
    if not made_from or elsewhere or any(was_changed(type(each), call.region) for each in made_from):
        return None
    names_it = call.account.encode() in answer.body or call.region.encode() in answer.body
    if answer.status != HTTPStatus.OK or len(answer.body) > LARGEST or names_it or _OF_A_MOMENT.search(answer.body):
        return None
    headers = {name: value for name, value in answer.headers.items() if name.lower() not in _ANEW}
    kinds = frozenset(type(each) for each in made_from)
    return _Said(headers, _ID.sub(_HOLE, answer.body), kinds, call.account)
