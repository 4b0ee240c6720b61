"""The last step of a call to a rehearsal: an HTTP request over a connection on this machine that is kept open.

botocore's own way there, by urllib3 and http.client, is made for any server in the world, and takes longer than a rehearsal
takes for many an answer. Retries, timeouts and what can go wrong stay as botocore has them.
"""

from __future__ import annotations

import io
import select
import socket
import threading
import weakref
from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

CONNECT_S = 5.0
READ_S = 60.0


class Carrier:
    """Carries what botocore has signed; a handler of its event `before-send`. Safe to use from several threads."""

    def __init__(self) -> None:
        """Open no connection yet."""
        self._idle: list[_Connection] = []
        self._guard = threading.Lock()
        weakref.finalize(self, _close_all, self._idle)

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        """Give the answer to a request; None where that is left to botocore: TLS, and bodies that are read piece by piece.

        Raises:
            EndpointConnectionError, ConnectionClosedError, ReadTimeoutError: as botocore does, which may try again.
        """
        address = urlsplit(request.url)
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        if address.scheme != "http" or not isinstance(body, bytes | bytearray):
            return None
        connection = self._connection(address, request.url)
        try:
            connection.send(request, address, bytes(body))
            answer = connection.answer(request)
        except TimeoutError as error:
            connection.close()
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except (OSError, ValueError, IndexError) as error:
            connection.close()
            raise ConnectionClosedError(endpoint_url=request.url, error=error) from error
        if answer.headers.get("connection", "").lower() == "close":
            connection.close()
        else:
            with self._guard:
                self._idle.append(connection)
        return answer

    def _connection(self, address: SplitResult, url: str) -> _Connection:
        """Take one that is open to the same server, or open one."""
        while True:
            with self._guard:
                open_ = next((each for each in reversed(self._idle) if each.server == address.netloc), None)
                if open_ is not None:
                    self._idle.remove(open_)
            if open_ is None:
                break
            if open_.is_alive:
                return open_
            open_.close()
        try:
            return _Connection(address)
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=url, error=error) from error


def _close_all(connections: list[_Connection]) -> None:
    for connection in connections:
        connection.close()


class _Connection:
    """One connection."""

    def __init__(self, address: SplitResult) -> None:
        self.server = address.netloc
        self._socket = socket.create_connection((address.hostname, address.port or 80), timeout=CONNECT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(READ_S)
        self._source = self._socket.makefile("rb")

    @property
    def is_alive(self) -> bool:
        """Say whether the server hasn't closed it while nobody was waiting."""
        waiting = select.poll()
        waiting.register(self._socket, select.POLLIN)
        return not waiting.poll(0)  # closed, or something came that nobody asked for

    def send(self, request: AWSPreparedRequest, address: SplitResult, body: bytes) -> None:
        target = (address.path or "/") + (f"?{address.query}" if address.query else "")
        lines = [f"{request.method} {target} HTTP/1.1".encode(), b"Host: " + address.netloc.encode()]
        for name, value in request.headers.items():
            if name.lower() not in {"host", "content-length", "expect"}:
                lines.append(name.encode() + b": " + (value if isinstance(value, bytes) else str(value).encode()))
        lines.append(b"Content-Length: %d\r\n\r\n" % len(body))
        self._socket.sendall(b"\r\n".join(lines) + body)

    def answer(self, request: AWSPreparedRequest) -> AWSResponse:
        """Read an answer, all of it.

        Raises:
            OSError, ValueError, IndexError: none came, or not in full.
        """
        status = int(self._source.readline().split()[1])
        headers: dict[str, str] = {}
        while line := self._source.readline().rstrip(b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        body = b"" if request.method == "HEAD" else self._body(headers)
        return AWSResponse(request.url, status, headers, _Body(body))

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            pieces = []
            while size := int(self._source.readline().partition(b";")[0], 16):
                pieces.append(self._read(size))
                self._source.readline()
            while self._source.readline().strip():
                pass
            return b"".join(pieces)
        return self._read(int(headers.get("content-length", "")))

    def _read(self, length: int) -> bytes:
        read = self._source.read(length)
        if len(read) < length:
            raise ConnectionResetError("the answer ended before its end")
        return read

    def close(self) -> None:
        self._source.close()
        self._socket.close()


class _Body(io.BytesIO):
    """An answer's body, in the form that botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
