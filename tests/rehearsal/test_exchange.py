"""HTTP as the front reads and writes it."""

from __future__ import annotations

import http.client
from io import BufferedReader, BytesIO
from socket import socket
from typing import cast

import pytest

from range.rehearsal.exchange import HEADERS, LINE_BYTES, BadRequest, read_body, read_head, write_answer


def come(written: bytes, at_once: int = 8_192) -> BufferedReader:
    """Give what a client wrote, of which so many bytes come at once."""
    return BufferedReader(BytesIO(written), at_once)


def test_a_head_is_read_with_its_headers_by_any_case() -> None:
    head = read_head(come(b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Amz-Date:  now \r\nhost: y\r\n\r\nrest"))

    assert head is not None
    assert (head.method, head.target, head.version) == ("POST", "/a?b=c", "HTTP/1.1")
    assert (head.get("x-amz-date"), head.get("host"), head.get("nothing")) == ("now", "x, y", "")
    assert head.headers == {"Host": "x, y", "X-Amz-Date": "now"}


@pytest.mark.parametrize("at_once", [1, 20, 8_192])
@pytest.mark.parametrize("headers", [b"", b"A: b\r\n", b"A: b\r\nC: d\r\n", b"A: b\n"])
@pytest.mark.parametrize("body", [b"", b"x: y\r\n\r\nz"])
def test_a_head_ends_where_it_ends_however_it_comes(headers: bytes, body: bytes, at_once: int) -> None:
    source = come(b"PUT / HTTP/1.1\r\n" + headers + b"\r\n" + body, at_once)

    head = read_head(source)

    assert head is not None
    assert list(head.headers.items()) == [("A", "b"), ("C", "d")][: headers.count(b"\n")]
    assert source.read() == body


def test_a_connection_that_was_closed_has_no_head() -> None:
    assert read_head(come(b"")) is None


@pytest.mark.parametrize(
    ("written", "closes"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", False),
        (b"GET / HTTP/1.1\r\nConnection: Close\r\n\r\n", True),
        (b"GET / HTTP/1.0\r\n\r\n", True),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", False),
    ],
)
def test_the_client_says_whether_the_connection_stays_open(written: bytes, closes: bool) -> None:
    head = read_head(come(written))

    assert head is not None
    assert head.closes is closes


@pytest.mark.parametrize(
    "written",
    [
        b"nonsense\r\n\r\n",
        b"GET /\r\n\r\n",
        b"GET / HTTP/2\r\n\r\n",
        b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET / HTTP/1.1\r\n: nameless\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\n folded: c\r\n\r\n",
        b"GET / HTTP/1.1\r\nA: b\r\n",
        b"GET /" + b"a" * LINE_BYTES + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * (HEADERS + 1) + b"\r\n",
    ],
)
def test_what_is_no_request_is_refused(written: bytes) -> None:
    with pytest.raises(BadRequest):
        read_head(come(written))


@pytest.mark.parametrize(
    ("headers", "sent", "body"),
    [
        (b"Content-Length: 3\r\n", b"abcdef", b"abc"),
        (b"", b"abcdef", b""),
        (b"Transfer-Encoding: chunked\r\n", b"2\r\nab\r\n1;x=y\r\nc\r\n0\r\nTrailer: t\r\n\r\n", b"abc"),
    ],
)
def test_a_body_is_as_long_as_its_head_says(headers: bytes, sent: bytes, body: bytes) -> None:
    source = come(b"PUT / HTTP/1.1\r\n" + headers + b"\r\n" + sent)
    head = read_head(source)

    assert head is not None
    assert read_body(source, BytesIO(), head) == body


@pytest.mark.parametrize("header", [b"Content-Length: some", b"Content-Length: -1", b"Transfer-Encoding: chunked"])
def test_a_body_whose_length_cant_be_told_is_refused(header: bytes) -> None:
    source = come(b"PUT / HTTP/1.1\r\n" + header + b"\r\n\r\nnonsense\r\n")
    head = read_head(source)

    assert head is not None
    with pytest.raises(BadRequest):
        read_body(source, BytesIO(), head)


def test_a_body_is_asked_for_where_the_client_waits_for_that() -> None:
    source = come(b"PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx")
    sink = BytesIO()
    head = read_head(source)

    assert head is not None
    assert read_body(source, sink, head) == b"x"
    assert sink.getvalue() == b"HTTP/1.1 100 Continue\r\n\r\n"


class _Connection:
    """What `http.client` reads an answer from."""

    def __init__(self, written: bytes) -> None:
        self._written = written

    def makefile(self, mode: str) -> BytesIO:
        """Give what was written."""
        return BytesIO(self._written)


@pytest.mark.parametrize("bare", [True, False])
@pytest.mark.parametrize("status", [200, 404, 299])
def test_what_is_written_is_read_by_others(status: int, bare: bool) -> None:
    sink = BytesIO()
    headers = {"Content-Type": "text/plain", "content-length": "7", "Transfer-Encoding": "chunked"}

    write_answer(sink, status, headers, b"" if bare else b"abc", bare=bare)

    answer = http.client.HTTPResponse(cast(socket, _Connection(sink.getvalue())), method="HEAD" if bare else "GET")
    answer.begin()
    assert answer.status == status
    assert answer.getheaders() == [("Content-Type", "text/plain"), ("Content-Length", "7" if bare else "3")]
    assert answer.read() == (b"" if bare else b"abc")
