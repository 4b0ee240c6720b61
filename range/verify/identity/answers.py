"""From an account's answers to what it holds about identities; what is refused, missing or cut short is a doubt."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from range.records.snapshot import Answer, canonical
from range.verify.gathering import next_token
from range.verify.identity.calls import KNOWN, QUESTIONS, Asking, Item, items_of
from range.verify.identity.estate import Doubt

_IDENTITY_CENTRE = "sso-admin"
_NO_CENTRE = frozenset({"AccessDeniedException"})
"""An account that administers no identity centre isn't told of one; who comes in by it is seen by its roles."""


class Said:
    """One account's answers, by `service:Operation`."""

    def __init__(self, account: str, answers: Iterable[Answer], accounts: tuple[str, ...]) -> None:
        """Sort the answers, and doubt what isn't whole."""
        self.account = account
        self.doubts: list[Doubt] = []
        self._items: dict[str, list[tuple[Item, list[Item]]]] = {}
        self._others: dict[str, list[Item]] = {}
        for answer in answers:
            question = KNOWN.get((answer.service, answer.operation))
            if question is None:
                listed = [item for page in answer.pages for item in self._listed(page.result)]
                self._others.setdefault(f"{answer.service}:{answer.operation}", []).extend(listed)
            elif answer.refusal is not None:
                self._items.setdefault(question.name, []).append((answer.parameters, []))
                self._refused(answer, question.absent)
            elif self._whole(answer):
                found = [item for page in answer.pages for item in items_of(question, page.result)]
                self._items.setdefault(question.name, []).append((answer.parameters, found))
        self._doubt_missing(accounts)

    @staticmethod
    def _listed(result: Item) -> Iterator[Item]:
        for value in result.values():
            if isinstance(value, list):
                yield from (item for item in value if isinstance(item, dict))

    def of(self, call: str) -> Iterator[tuple[Item, Item]]:
        """Give every item of a call with what was asked."""
        for asked, items in self._items.get(call, ()):
            yield from ((asked, item) for item in items)

    def others(self, call: str) -> list[Item]:
        """Give the items of a call that the network proof asks."""
        return self._others.get(call, [])

    def doubt(self, resource: str, why: str) -> None:
        """Note what can't be judged."""
        self.doubts.append(Doubt(self.account, resource, why))

    def _refused(self, answer: Answer, absent: frozenset[str]) -> None:
        assert answer.refusal is not None
        code = answer.refusal.code
        if code in absent or (answer.service == _IDENTITY_CENTRE and code in _NO_CENTRE):
            return
        self.doubt(
            _name(answer.service, answer.operation, answer.parameters),
            f"AWS refused the call: {code}: {answer.refusal.message}",
        )

    def _whole(self, answer: Answer) -> bool:
        """Say whether every page is there, in its place."""
        token: str | None = None
        for page in answer.pages:
            if page.token != token:
                break
            token = next_token(page.result)
        else:
            if token is None and answer.pages:
                return True
        self.doubt(
            _name(answer.service, answer.operation, answer.parameters), "the answer is incomplete: a page is missing"
        )
        return False

    def _doubt_missing(self, accounts: tuple[str, ...]) -> None:
        """Note every call that the snapshot should hold and doesn't."""
        listed = {name: tuple(item for _, item in self.of(name)) for name in self._items}
        listed["s3:ListBuckets"] = tuple(self.others("s3:ListBuckets"))
        doubted = {doubt.resource for doubt in self.doubts}
        for question in QUESTIONS:
            have = {canonical(asked) for asked, _ in self._items.get(question.name, ())}
            for parameters in question.per(Asking(self.account, accounts, listed)):
                name = _name(question.service, question.operation, parameters)
                if canonical(parameters) not in have and name not in doubted:
                    self.doubt(name, "the snapshot doesn't hold this call's answer")


def _name(service: str, operation: str, parameters: Item) -> str:
    """Name a call in a finding."""
    return " ".join(
        [f"{service}:{operation}", *(str(value) for value in parameters.values() if isinstance(value, str))]
    )


def text_of(policy: Any) -> str:
    """Give a policy as text, whether AWS gave it as text, percent-encoded or boto3 read it already."""
    if isinstance(policy, str):
        return unquote(policy) if policy.startswith("%7B") else policy
    return json.dumps(policy, separators=(",", ":"), ensure_ascii=False)
