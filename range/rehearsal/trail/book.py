"""The book that calls are written into, newest last, kept beside the cloud; the oldest pages go when it is full."""

from __future__ import annotations

import json
import sqlite3
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from range.rehearsal.call import Call
from range.rehearsal.callers import Caller
from range.rehearsal.messages import Answer, Request
from range.rehearsal.services import Service, as_spoken, only_reads, service_named

late_s = 0.0
"""How far the event history is behind; the weather says so."""
MOST_ENTRIES = 10_000
"""AWS keeps 90 days; here the newest entries are kept, however old."""
_PRUNED_EVERY = 500
_KEPT_HEADERS = ("content-type", "smithy-protocol", "x-amz-target", "user-agent", "host")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS book (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, at REAL NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
    service TEXT NOT NULL, operation TEXT NOT NULL, caller TEXT NOT NULL, token TEXT, request TEXT NOT NULL,
    asked BLOB NOT NULL, status INTEGER NOT NULL, headers TEXT NOT NULL, answered BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS places ON book (account, region, number);
CREATE INDEX IF NOT EXISTS tokens ON book (account, region, token) WHERE token IS NOT NULL;
"""
_COLUMNS = "number, id, at, account, region, service, operation, caller, request, asked, status, headers, answered"
_INSERT = "INSERT INTO book VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_GLOBAL = frozenset({"budgets", "iam", "organizations", "route53"})
_GLOBAL_REGION = "us-east-1"
"""Where global services are recorded. Source: CloudTrail User Guide, "Global service events"; from memory, 2026-11-22."""
_READ_BUT_RECORDED = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "GetFederationToken")
_ON_DATA = {
    "cloudwatch": {"PutMetricData"},
    "dynamodb": {"BatchWriteItem", "DeleteItem", "PutItem", "TransactWriteItems", "UpdateItem"},
    "events": {"PutEvents"},
    "kms": {"Decrypt", "Encrypt", "ReEncrypt", "Sign"},
    "lambda": {"Invoke", "InvokeAsync"},
    "logs": {"PutLogEvents"},
    "s3": {
        "AbortMultipartUpload", "CompleteMultipartUpload", "CopyObject", "CreateMultipartUpload", "DeleteObject",
        "DeleteObjects", "DeleteObjectTagging", "PutObject", "PutObjectAcl", "PutObjectLegalHold", "PutObjectRetention",
        "PutObjectTagging", "RestoreObject", "UploadPart", "UploadPartCopy",
    },
    "sns": {"Publish", "PublishBatch"},
    "sqs": {"DeleteMessage", "DeleteMessageBatch", "ReceiveMessage", "SendMessage", "SendMessageBatch"},
}  # fmt: skip
"""Calls on data, which aren't management calls, or that only use a key."""


@dataclass(frozen=True)
class Entry:
    """One call, with everything that can be told about it later."""

    number: int
    id: str
    at: float
    account: str
    region: str
    service: Service
    operation: str
    caller: Caller
    request: Request
    answer: Answer

    @property
    def reads_only(self) -> bool:
        """Whether it changed nothing by its nature."""
        return only_reads(self.operation) or self.operation in _READ_BUT_RECORDED


class Book:
    """The calls of one cloud. Only one thread at a time uses it: the one that holds the cloud's lock."""

    def __init__(self, folder: Path | None) -> None:
        """Open the book of a folder, or one in memory."""
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        where = ":memory:" if folder is None else str(folder / "trail.sqlite")
        self._is_open = True
        self._connection = sqlite3.connect(where, check_same_thread=False, isolation_level=None)
        self._connection.executescript(f"PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; {_SCHEMA}")

    def write(self, call: Call, answer: Answer, token: str | None) -> Entry:
        """Write a call down; it is kept when `keep` is called, once what it changed is."""
        connection = self._connection
        if not connection.in_transaction:
            connection.execute("BEGIN")
        region = _GLOBAL_REGION if call.service.name in _GLOBAL else call.region
        headers = {name: value for name, value in call.request.lowered.items() if name in _KEPT_HEADERS}
        request = Request(call.request.method, call.request.url, headers, call.request.body)
        values = (
            str(uuid.uuid4()), time.time(), call.account, region, call.service.name, call.operation,
            json.dumps(asdict(call.caller)), token, json.dumps([request.method, request.url, headers]), request.body,
            answer.status, json.dumps(dict(answer.headers)), answer.body,
        )  # fmt: skip
        number = connection.execute(_INSERT, values).lastrowid or 0
        if number % _PRUNED_EVERY == 0:
            connection.execute("DELETE FROM book WHERE number <= ?", (number - MOST_ENTRIES,))
        return Entry(number, values[0], values[1], call.account, region, call.service, call.operation, call.caller,
                     request, answer)  # fmt: skip

    @property
    def has_news(self) -> bool:
        """Whether something was written that isn't kept yet; this may be asked without the cloud's lock."""
        return self._connection.in_transaction

    def keep(self) -> None:
        """Keep what was written."""
        if self.has_news:
            self._connection.execute("COMMIT")

    def entries(
        self, account: str, region: str, *, since: float, until: float, before: int | None, about: str
    ) -> Iterator[Entry]:
        """Give calls of an account in a Region, newest first; `about` is a string that must be in request or answer."""
        where = "account = ? AND region = ? AND at >= ? AND at <= ? AND number < ?"
        if late_s:
            until = min(until, time.time() - late_s)
        values: list[object] = [account, region, since, until, before if before is not None else 1 << 62]
        if about:
            where += " AND (instr(asked, ?) OR instr(answered, ?) OR instr(request, ?))"
            values += [about.encode(), about.encode(), about]
        query = f"SELECT {_COLUMNS} FROM book WHERE {where} ORDER BY number DESC"  # noqa: S608 -- only our own words
        return (_entry(row) for row in self._connection.execute(query, values))

    def with_token(self, account: str, region: str, token: str) -> Entry | None:
        """Find the call of an account in a Region that had a token."""
        query = f"SELECT {_COLUMNS} FROM book WHERE account = ? AND region = ? AND token = ?"  # noqa: S608 -- as above
        row = self._connection.execute(query, (account, region, token)).fetchone()
        return None if row is None else _entry(row)

    def close(self) -> None:
        """Keep what was written and close the file; closing again does nothing."""
        if self._is_open:
            self.keep()
            self._connection.close()
            self._is_open = False


def _entry(row: tuple[object, ...]) -> Entry:
    """Read a row."""
    number, id_, at, account, region, service, operation, caller, request, asked, status, headers, answered = row
    method, url, sent = json.loads(str(request))
    made = Request(method, url, sent, bytes(asked))  # type: ignore[call-overload]
    return Entry(
        int(str(number)),
        str(id_),
        float(str(at)),
        str(account),
        str(region),
        as_spoken(service_named(str(service)), made),
        str(operation),
        Caller(**json.loads(str(caller))),
        made,
        Answer(int(str(status)), json.loads(str(headers)), bytes(answered)),  # type: ignore[call-overload]
    )


def is_recorded(call: Call) -> bool:
    """Say whether a call is written into the book: it changes something, and it is no call on data."""
    if call.operation in _READ_BUT_RECORDED:
        return True
    return not only_reads(call.operation) and call.operation not in _ON_DATA.get(call.service.name, ())


_open: list[Book] = []


def open_book(folder: Path | None) -> Book:
    """Open the book of the cloud that this process has now; areas find it by `book`."""
    if _open:
        _open.pop().close()
    _open.append(Book(folder))
    return _open[0]


def book() -> Book:
    """Give the book of this process's cloud."""
    return _open[0]
