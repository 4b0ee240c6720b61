"""Calls to a rehearsal end as they do by botocore's own way, whatever becomes of their connections."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from range.cloud import loopback
from range.cloud.loopback import Carrier


class Server:
    """Gives each request the next of some answers; None closes its connection, and so do answers marked by `close`."""

    def __init__(self) -> None:
        self.answers: list[bytes | None] = []
        self.asked: list[bytes] = []
        self.connections = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                while asked := connection.recv(65_536):
                    self.asked.append(asked)
                    answer = self.answers.pop(0)
                    if answer is None:
                        break
                    connection.sendall(answer)
                    if b"close" in answer:
                        break

    def stop(self) -> None:
        """Stop."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that answers what it is told to."""
    serving = Server()
    yield serving
    serving.stop()


def request(url: str, method: str = "POST", body: bytes = b"Action=DescribeVpcs") -> AWSPreparedRequest:
    return AWSRequest(method, url, {"X-Amz-Date": b"now", "Expect": "100-continue"}, body).prepare()


OK = b"HTTP/1.1 200 OK\r\nX-One: 1\r\nContent-Length: 3\r\n\r\nyes"


def test_a_request_is_sent_as_it_is_and_its_answer_read(server: Server) -> None:
    server.answers.append(OK)

    answer = Carrier()(request(f"{server.url}a%20b?c=d"))

    assert answer is not None
    assert (answer.status_code, answer.headers["X-One"], answer.content) == (200, "1", b"yes")
    head, body = server.asked[0].split(b"\r\n\r\n")
    assert head.split(b"\r\n")[0] == b"POST /a%20b?c=d HTTP/1.1"
    assert {b"X-Amz-Date: now", b"Content-Length: 19"} < set(head.split(b"\r\n"))
    assert b"100-continue" not in head
    assert body == b"Action=DescribeVpcs"


def test_a_connection_is_kept_open(server: Server) -> None:
    server.answers += [OK, b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", OK]
    carrier = Carrier()

    answers = [carrier(request(server.url)) for _ in range(3)]

    assert [answer.status_code for answer in answers if answer is not None] == [200, 404, 200]
    assert server.connections == 1


def test_a_connection_that_the_server_closed_in_the_meantime_is_replaced(server: Server) -> None:
    server.answers += [OK, None, OK]
    carrier = Carrier()
    carrier(request(server.url))
    with pytest.raises(ConnectionClosedError):
        carrier(request(server.url))

    answer = carrier(request(server.url))

    assert answer is not None
    assert answer.content == b"yes"
    assert server.connections == 2


def test_an_answer_of_unknown_length_is_read_to_its_end_and_the_connection_closed_as_the_server_says(
    server: Server,
) -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nye\r\n1\r\ns\r\n0\r\n\r\n"
    )
    server.answers += [chunked, OK]
    carrier = Carrier()

    answers = [carrier(request(server.url)) for _ in range(2)]

    assert [answer.content for answer in answers if answer is not None] == [b"yes", b"yes"]
    assert server.connections == 2


def test_a_head_has_no_body(server: Server) -> None:
    server.answers += [b"HTTP/1.1 200 OK\r\nContent-Length: 700\r\n\r\n", OK]
    carrier = Carrier()

    first, second = (carrier(request(server.url, method, b"")) for method in ("HEAD", "GET"))

    assert first is not None
    assert second is not None
    assert (first.content, first.headers["content-length"], second.content) == (b"", "700", b"yes")


@pytest.mark.parametrize(
    "answer",
    [
        None,
        b"nonsense\r\n\r\nclose",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nshort",
    ],
)
def test_no_whole_answer_is_a_connection_closed_which_botocore_tries_again(
    server: Server, answer: bytes | None
) -> None:
    server.answers.append(answer)

    with pytest.raises(ConnectionClosedError):
        Carrier()(request(server.url))


def test_a_server_that_says_nothing_is_waited_for_and_no_longer(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loopback, "READ_S", 0.05)
    server.answers.append(b"")

    with pytest.raises(ReadTimeoutError):
        Carrier()(request(server.url))


def test_nobody_there_is_told() -> None:
    with pytest.raises(EndpointConnectionError):
        Carrier()(request("http://127.0.0.1:1/"))


def test_tls_is_left_to_botocore() -> None:
    assert Carrier()(request("https://ec2.eu-west-2.amazonaws.com/")) is None
