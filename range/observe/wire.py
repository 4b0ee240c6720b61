"""Questions asked once more, of another account or Region: put together and signed anew, without all that botocore does for one.

A look asks some 700 questions, and asks the next account the very same; botocore takes over a millisecond for each. What it
has sent once is sent again as it was, signed by whoever asks now, and its own parser reads the answer. Whatever isn't a plain
answer is nobody's here: it is asked again by botocore, which knows about refusals, retries and everything else. Only without
TLS, as in a rehearsal: AWS takes a hundred times as long for an answer, and certificates and proxies are botocore's business.
The controller has its own (`range/cloud/questions.py`): a witness shares no code with what it looks at.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import socket
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.credentials import Credentials
from botocore.endpoint import convert_to_response_dict
from botocore.parsers import ResponseParserError, create_parser

TIMEOUT_S = 60.0
_Answer = tuple[int, dict[str, str], bytes]
"""Status, headers by lower-case names, body."""
_OK = 200
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+),")
_PLAIN = re.compile(r"[A-Za-z0-9/._~-]*")
"""A path that a signature takes as it is."""
_ANEW = frozenset({"authorization", "x-amz-date", "x-amz-security-token", "amz-sdk-invocation-id", "amz-sdk-request", "host",
                   "content-length", "connection"})  # fmt: skip
"""Headers that are written for each call."""


@dataclass(frozen=True)
class Question:
    """A call as it was sent, ready to be sent for others."""

    client: Any
    model: Any
    """botocore's model of the operation."""
    method: str
    target: str
    host: str
    headers: Mapping[str, str]
    body: bytes
    region: str
    """The Region to sign for; empty where it is the one that is asked."""
    signed_as: str
    signed: tuple[str, ...]
    """Which of the headers are signed, by their names in lower case."""
    more: tuple[Any, ...]
    """JMESPath of what says that the answer goes on."""

    def message(self, region: str, credentials: Credentials, now: datetime) -> bytes:
        """Write the request for an account, by the credentials that open it, and a Region.

        Source: AWS IAM User Guide, "Create a signed AWS API request" (Signature Version 4), read 2026-11-28.
        """
        at, where = now.strftime("%Y%m%dT%H%M%SZ"), self.region or region
        headers = {**self.headers, "host": self.host, "x-amz-date": at}
        if credentials.token:
            headers["x-amz-security-token"] = credentials.token
        names = [name for name in sorted({*self.signed, "x-amz-date"}) if name in headers]
        path, _, query = self.target.partition("?")
        canonical = "\n".join((
            self.method, path, _signed(query),
            *(f"{name}:{' '.join(headers[name].split())}" for name in names),
            "", ";".join(names), headers.get("x-amz-content-sha256") or hashlib.sha256(self.body).hexdigest(),
        ))  # fmt: skip
        scope = f"{at[:8]}/{where}/{self.signed_as}/aws4_request"
        told = f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.digest(
            _key(credentials.secret_key, at[:8], where, self.signed_as), told.encode(), "sha256"
        ).hex()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={';'.join(names)}, "
            f"Signature={signature}"
        )
        headers["content-length"] = str(len(self.body))
        return _written(self.method, self.target, headers) + self.body

    def goes_on(self, page: Mapping[str, Any]) -> bool:
        """Say whether a page isn't all of the answer."""
        return any(path.search(page) for path in self.more)


def _written(method: str, target: str, headers: Mapping[str, str]) -> bytes:
    """Write what a request begins with."""
    lines = (f"{name}: {value}" for name, value in headers.items())
    return "\r\n".join((f"{method} {target} HTTP/1.1", *lines, "", "")).encode("latin-1")


def _signed(query: str) -> str:
    """Give a query in the order, and the form, in which it is signed."""
    parts = sorted(part.split("=", 1) for part in query.split("&") if part)
    return "&".join("=".join((*part, "")[:2]) for part in parts)


@lru_cache(maxsize=2_048)
def _key(secret: str, day: str, region: str, service: str) -> bytes:
    """Give the key that a day's signatures for a service in a Region are made with."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def question(client: Any, operation: str, sent: AWSPreparedRequest, region: str) -> Question | None:
    """Make a question of a request that was sent for a Region; None of one that can't be sent again like that."""
    address = urlsplit(sent.url)
    headers = {name.lower(): _text(value) for name, value in sent.headers.items()}
    scope = _SCOPE.search(headers.get("authorization", ""))
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    if address.scheme != "http" or scope is None or not _PLAIN.fullmatch(address.path) or not isinstance(body, bytes):
        return None
    service_model = client.meta.service_model
    model = service_model.operation_model(client.meta.method_to_api_mapping[operation])
    return Question(
        client=client,
        model=model,
        method=sent.method,
        target=(address.path or "/") + (f"?{address.query}" if address.query else ""),
        host=address.netloc,
        headers={name: value for name, value in headers.items() if name not in _ANEW},
        body=body,
        region="" if scope[1] == region else scope[1],
        signed_as=scope[2],
        signed=tuple(scope[3].split(";")),
        more=tuple(_tokens(client, operation)),
    )


def _tokens(client: Any, operation: str) -> Iterator[Any]:
    """Give the JMESPath of what an answer has that goes on."""
    if client.can_paginate(operation):
        paginator = client.get_paginator(operation)
        yield from paginator._output_token
        if paginator._more_results is not None:
            yield paginator._more_results


class Wire:
    """Connections that are kept open. Safe to use from several threads."""

    def __init__(self) -> None:
        """Open none yet."""
        self._idle: dict[str, list[_Connection]] = {}
        self._guard = threading.Lock()
        weakref.finalize(self, _close, self._idle)

    def ask(self, question: Question, region: str, credentials: Credentials) -> dict[str, Any] | None:
        """Give the answer; None where there is no plain one, so that it has to be asked in another way."""
        message = question.message(region, credentials, datetime.now(UTC))
        answer = self._exchanged(question.host, message)
        return _read(question, *answer) if answer is not None and answer[0] == _OK else None

    def carry(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        """Carry a request that botocore has signed, in place of its own way, and give the answer, refusal or not.

        None where that is botocore's business, or there is no answer.
        """
        address = urlsplit(request.url)
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        if address.scheme != "http" or request.method == "HEAD" or not isinstance(body, bytes):
            return None
        headers = {name.lower(): _text(value) for name, value in request.headers.items()}
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        headers |= {"host": address.netloc, "content-length": str(len(body))}
        answer = self._exchanged(address.netloc, _written(request.method, target, headers) + body)
        return None if answer is None else AWSResponse(request.url, answer[0], answer[1], _Raw(answer[2]))

    def _exchanged(self, host: str, message: bytes) -> _Answer | None:
        """Send a request and wait for its answer; None where none came."""
        try:
            connection = self._taken(host)
            try:
                answer = connection.exchange(message)
            except BaseException:
                connection.close()
                raise
        except (OSError, ValueError):
            return None
        if answer[1].get("connection", "").lower() == "close":
            connection.close()
        else:
            with self._guard:
                self._idle.setdefault(host, []).append(connection)
        return answer

    def _taken(self, host: str) -> _Connection:
        with self._guard:
            idle = self._idle.get(host)
            if idle:
                return idle.pop()
        return _Connection(host)


def _close(idle: Mapping[str, Iterable[_Connection]]) -> None:
    for connections in idle.values():
        for connection in connections:
            connection.close()


class _Connection:
    """One connection to a server, without TLS."""

    def __init__(self, host: str) -> None:
        address = urlsplit(f"//{host}")
        self._socket = socket.create_connection((address.hostname, address.port or 80), timeout=TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers: BinaryIO = self._socket.makefile("rb")

    def exchange(self, message: bytes) -> _Answer:
        """Send a request, and give its answer.

        Raises:
            OSError: the connection is of no use.
            ValueError: what came is no answer whose length can be told.
        """
        self._socket.sendall(message)
        status = self._answers.readline().split(None, 2)
        if len(status) < 2:
            raise ConnectionResetError("the connection was closed before an answer came")
        headers = {}
        while line := self._answers.readline().rstrip(b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        length = int(headers["content-length"]) if "content-length" in headers else -1
        if length < 0 or "transfer-encoding" in headers:
            raise ValueError("the answer doesn't say how long it is")
        body = self._answers.read(length)
        if len(body) < length:
            raise ConnectionResetError("the connection was closed in the middle of an answer")
        return int(status[1]), headers, body

    def close(self) -> None:
        self._answers.close()
        self._socket.close()


class _Raw(io.BytesIO):
    """An answer's body, in the form that botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _read(question: Question, status: int, headers: Mapping[str, str], body: bytes) -> dict[str, Any] | None:
    """Read an answer as botocore does, with all that its own customisations do to one."""
    model = question.model
    service, events = model.service_model, question.client.meta.events
    name = f"{service.service_id.hyphenize()}.{model.name}"
    http = AWSResponse(question.host, status, headers, _Raw(body))
    customised: dict[str, Any] = {}
    answer = convert_to_response_dict(http, model)
    events.emit(
        f"before-parse.{name}", operation_model=model, response_dict=answer, customized_response_dict=customised
    )  # fmt: skip
    try:
        parsed: dict[str, Any] = create_parser(service.resolved_protocol).parse(answer, model.output_shape)
    except ResponseParserError:
        return None
    parsed.update(customised)
    events.emit(f"after-call.{name}", http_response=http, parsed=parsed, model=model, context={})
    return parsed if http.status_code == _OK else None


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
