"""What every account's AWS API said at one moment: the only thing that the proof looks at.

A snapshot is one JSON document. The same snapshot is the same bytes on every machine, and carries the hash of its
own contents, so that an ally can check a proof with a copy of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from range.errors import InputError, Undecided
from range.records.plan import Record

FORMAT = 2
"""Goes up when a snapshot of an older program can't be read as one of today's."""

GLOBAL = "global"
"""The Region of an answer that belongs to none, such as Route 53's."""


class Refusal(Record):
    """Why AWS didn't answer a call."""

    code: str
    message: str


class Page(Record):
    """One page of an answer, and the token that it was asked with: None for the first."""

    token: str | None
    result: dict[str, Any]


class Answer(Record):
    """All that one call said in one account and Region, as it was said."""

    account: str
    region: str
    service: str
    operation: str
    parameters: dict[str, Any] = {}
    """What was asked for, where the operation wants an id."""
    pages: tuple[Page, ...] = ()
    refusal: Refusal | None = None


class Snapshot(Record):
    """Every answer, in the order of account, Region, service, operation and parameters."""

    exercise: str
    region: str
    taken: datetime
    steady: bool
    """Whether a second look, after the first had ended, saw the same everywhere."""
    answers: tuple[Answer, ...]

    @property
    def accounts(self) -> tuple[str, ...]:
        """List the accounts that were asked, in order."""
        return tuple(sorted({answer.account for answer in self.answers}))


def order(answer: Answer) -> tuple[str, ...]:
    """Give the place of an answer in its snapshot."""
    asked = canonical(answer.parameters)
    return (answer.account, answer.region, answer.service, answer.operation, asked)


def canonical(value: Any) -> str:
    """Write a value the one way that it can be written: keys sorted, no spaces, times in ISO 8601."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_as_text)


def _as_text(value: object) -> str:
    """Write what JSON has no form for; boto3 gives nothing else than times."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a snapshot can't hold a {type(value).__name__}")


def account_digest(answers: Iterable[Answer]) -> str:
    """Give the SHA-256 of what one account said."""
    return hashlib.sha256(canonical([_plain(answer) for answer in answers]).encode()).hexdigest()


def digest(snapshot: Snapshot, known: Mapping[str, str] | None = None) -> str:
    """Give the SHA-256 of a snapshot: of its head, and of the digest of every account's answers.

    `known` are account digests that needn't be computed again.
    """
    by_account: dict[str, list[Answer]] = {}
    for answer in snapshot.answers:
        by_account.setdefault(answer.account, []).append(answer)
    held = known or {}
    accounts = {name: held.get(name) or account_digest(said) for name, said in by_account.items()}
    head = snapshot.model_dump(mode="json", exclude={"answers"})
    return hashlib.sha256(canonical({"head": head, "accounts": accounts}).encode()).hexdigest()


def _plain(answer: Answer) -> dict[str, Any]:
    """Give an answer as JSON has it, without copying what AWS said."""
    head = answer.model_dump(mode="json", exclude={"pages"})
    return {**head, "pages": [{"token": page.token, "result": page.result} for page in answer.pages]}


def text_of(snapshot: Snapshot) -> str:
    """Write a snapshot as the document that `parse` reads; the same snapshot gives the same bytes."""
    head = snapshot.model_dump(mode="json", exclude={"answers"})
    answers = [_plain(answer) for answer in snapshot.answers]
    body = {"format": FORMAT, "sha256": digest(snapshot), "snapshot": {**head, "answers": answers}}
    return canonical(body) + "\n"


def parse(text: str) -> Snapshot:
    """Read a snapshot's document.

    Raises:
        Undecided: it is cut short, changed since it was written, or of another format.
    """
    try:
        document = json.loads(text)
        found, seal, body = document["format"], document["sha256"], document["snapshot"]
    except (ValueError, KeyError, TypeError) as error:
        raise Undecided(f"the snapshot can't be read, it may be cut short: {error}", hint=_AGAIN) from error
    if found != FORMAT:
        raise Undecided(f"the snapshot has format {found}; this program reads format {FORMAT}", hint=_AGAIN)
    try:
        snapshot = Snapshot.model_validate(body)
    except ValidationError as error:
        raise Undecided(f"the snapshot isn't one: {error.errors()[0]['msg']}", hint=_AGAIN) from error
    if digest(snapshot) != seal:
        raise Undecided("the snapshot was changed after it was taken: its hash doesn't fit", hint=_AGAIN)
    return snapshot


def read(path: Path) -> Snapshot:
    """Read a snapshot from a file.

    Raises:
        InputError: there is no such file, or it isn't readable text.
        Undecided: see `parse`.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", hint="name a file that `range verify --save` wrote") from error
    except UnicodeDecodeError as error:
        raise Undecided(f"{path} isn't a snapshot: {error}", hint=_AGAIN) from error


_AGAIN = "take a new one with `range verify SPEC --save FILE`"
