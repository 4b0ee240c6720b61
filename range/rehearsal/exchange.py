"""HTTP/1.1 as a server on loopback needs it: a request read from a connection, an answer written to it.

Python's own `http.server` reads headers by its e-mail parser and writes them one by one: a third of a millisecond for each call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from io import BufferedIOBase, BufferedReader

LINE_BYTES = 65_536
"""The longest line of a head."""
HEADERS = 200
"""The most headers."""
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_WRITTEN_HERE = frozenset({"content-length", "connection", "transfer-encoding"})


class BadRequest(Exception):
    """What came is no HTTP request; the connection is of no more use."""


@dataclass
class Head:
    """What a request begins with."""

    method: str
    target: str
    version: str
    headers: dict[str, str] = field(default_factory=dict)
    """By the names that the client wrote; of a header that came twice, all values."""
    _lowered: dict[str, str] = field(default_factory=dict)

    def get(self, name: str, otherwise: str = "") -> str:
        """Give a header's value by its name in lower case."""
        return self._lowered.get(name, otherwise)

    def add(self, name: str, value: str) -> None:
        """Add a header."""
        lowered = name.lower()
        if lowered in self._lowered:
            name = next(known for known in self.headers if known.lower() == lowered)
            value = f"{self._lowered[lowered]}, {value}"
        self.headers[name] = self._lowered[lowered] = value

    @property
    def closes(self) -> bool:
        """Say whether the client wants the connection closed after the answer."""
        wanted = self.get("connection").lower()
        return wanted == "close" or (self.version == "HTTP/1.0" and wanted != "keep-alive")


def read_head(source: BufferedReader) -> Head | None:
    """Read what a request begins with; None where the client has closed the connection.

    Raises:
        BadRequest: that is no request.
    """
    line = _line(source)
    if not line:
        return None
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest(f"no HTTP/1 request begins with {line[:80]!r}")
    head = Head(words[0], words[1], words[2])
    for number, header in enumerate(_header_lines(source)):
        name, colon, value = header.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest(f"no header is written {header[:80]!r}")
        if number == HEADERS:
            raise BadRequest(f"more than {HEADERS} headers")
        head.add(name, value.strip())
    return head


def _header_lines(source: BufferedReader) -> Iterator[str]:
    """Read headers up to the empty line: at once where all of them have come already, as they mostly have."""
    come, empty_line, _ = source.peek().partition(b"\r\n\r\n")
    if empty_line and not come.startswith(b"\r\n") and come.count(b"\n") == come.count(b"\r\n"):
        source.read(len(come) + len(empty_line))
        yield from come.decode("latin-1").split("\r\n")
        return
    while (line := _line(source)) not in (b"\r\n", b"\n"):
        yield line.decode("latin-1")


def read_body(source: BufferedReader, sink: BufferedIOBase, head: Head) -> bytes:
    """Read a request's body, asking for it where the client waits for that.

    Raises:
        BadRequest: its length can't be told.
    """
    if head.get("expect").lower() == "100-continue":
        sink.write(_CONTINUE)
        sink.flush()
    try:
        if head.get("transfer-encoding").lower() == "chunked":
            return _chunks(source)
        return source.read(_length(head.get("content-length") or "0"))
    except ValueError as error:
        raise BadRequest(f"the length of the body can't be told: {error}") from error


def write_answer(
    sink: BufferedIOBase,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    bare: bool = False,
    closes: bool = False,
) -> None:
    """Write an answer, which says how long it is, so that the connection can stay open; a `bare` one has no body."""
    lines = [f"HTTP/1.1 {status} {_PHRASES.get(status, '')}"]
    length = str(len(body))
    for name, value in headers.items():
        lowered = name.lower()
        if lowered not in _WRITTEN_HERE:
            lines.append(f"{name}: {value}")
        elif bare and lowered == "content-length":
            length = value  # of the body that isn't written
    lines.append(f"Content-Length: {length}")
    if closes:
        lines.append("Connection: close")
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "strict")
    sink.write(head if bare else head + body)
    sink.flush()


def _line(source: BufferedReader) -> bytes:
    line = source.readline(LINE_BYTES + 1)
    if len(line) > LINE_BYTES:
        raise BadRequest(f"a line of more than {LINE_BYTES} bytes")
    return line


def _length(written: str) -> int:
    if not written.isdecimal():
        raise ValueError(f"{written!r} is no length")
    return int(written)


def _chunks(source: BufferedReader) -> bytes:
    """Read a body of unknown length, chunk by chunk."""
    read = []
    while size := int(_line(source).partition(b";")[0], 16):
        read.append(source.read(size))
        _line(source)
    while _line(source).strip():
        pass
    return b"".join(read)
