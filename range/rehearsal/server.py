"""The HTTP front of the rehearsal cloud: loopback only, for boto3, the AWS CLI, Terraform and whoever else speaks to AWS."""

from __future__ import annotations

import json
import logging
import socket
import sys
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from io import BufferedReader
from socketserver import StreamRequestHandler
from typing import Any
from urllib.parse import urlsplit

from range.errors import InputError, RangeError
from range.rehearsal.accounts import from_json
from range.rehearsal.door import Answer, Cloud, ConnectionLost, Request
from range.rehearsal.exchange import BadRequest, Head, read_body, read_head, write_answer
from range.rehearsal.hosts import standings
from range.rehearsal.quotas.limits import EVERYBODY
from range.rehearsal.quotas.table import limits
from range.rehearsal.weather.sight import Origin, origin

ADMIN = "/_range/"
_HEALTH = "/_range/health"
_ACCOUNTS = "/_range/accounts"
_QUOTAS = "/_range/quotas"
_HOSTS = "/_range/hosts"
_WEATHER = "/_range/weather"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NOT_A_PROXY = (
    "in a rehearsal nothing leaves loopback: this is the rehearsal cloud, not a proxy, and {target} is another address.\n"
    "Point the client here with AWS_ENDPOINT_URL; `range rehearsal env` prints what it needs.\n"
)
_TEXT = {"Content-Type": "text/plain"}
_log = logging.getLogger(__name__)


class Front(ThreadingHTTPServer):
    """A server on 127.0.0.1 with a thread for each connection; connections are kept open."""

    daemon_threads = True
    request_queue_size = 256
    address_family = socket.AF_INET

    def __init__(self, cloud: Cloud, port: int = 0) -> None:
        """Listen on a port of loopback, or on a free one for 0."""
        self.cloud = cloud
        super().__init__(("127.0.0.1", port), _Exchange)

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log a connection that broke, unless it is only that the client went away."""
        gone = isinstance(sys.exception(), ConnectionError)
        _log.log(logging.DEBUG if gone else logging.ERROR, "the connection of %s broke", client_address, exc_info=True)


class _Exchange(StreamRequestHandler):
    """One connection: requests are read, carried through the door and answered, one after another."""

    server: Front
    rfile: BufferedReader
    disable_nagle_algorithm = True
    wbufsize = -1
    """Buffered, so that head and body of an answer leave in one packet."""

    def handle(self) -> None:
        """Serve requests until either side has had enough."""
        try:
            while self._served():
                pass
        except BadRequest as error:
            write_answer(self.wfile, 400, _TEXT, f"{error}\n".encode(), closes=True)
        except ConnectionLost:
            pass  # the client gets no answer

    def _served(self) -> bool:
        """Serve one request; say whether the connection stays open."""
        head = read_head(self.rfile)
        if head is None:
            return False
        for_us = head.method != "CONNECT" and self._is_here(head.target)
        answer = (
            self._answered(head) if for_us else Answer(403, _TEXT, _NOT_A_PROXY.format(target=head.target).encode())
        )
        closes = head.closes or not for_us
        write_answer(
            self.wfile, answer.status, answer.headers, answer.body, bare=head.method == "HEAD", closes=closes
        )  # fmt: skip
        return not closes

    def _answered(self, head: Head) -> Answer:
        """Find the answer to a request."""
        body = read_body(self.rfile, self.wfile, head)
        address = urlsplit(head.target)
        if address.path.startswith(ADMIN):
            return _administer(self.server.cloud, head.method, address.path, body)
        origin.set(Origin("client", self.client_address[1]))
        host = head.get("host") or f"127.0.0.1:{self.server.port}"
        path = f"{address.path}?{address.query}" if address.query else address.path
        return self.server.cloud.answer(Request(head.method, f"http://{host}{path}", head.headers, body))

    def _is_here(self, target: str) -> bool:
        """Say whether a request line asks for this server, rather than for a proxy to somewhere else."""
        if target.startswith("/"):
            return True
        address = urlsplit(target)
        return address.hostname in _LOOPBACK and address.port == self.server.port


def _administer(cloud: Cloud, method: str, path: str, body: bytes) -> Answer:
    """Answer a request to the cloud's own endpoint."""
    handler = _ADMIN.get((method, path))
    if handler is None:
        known = ", ".join(f"{verb} {where}" for verb, where in _ADMIN)
        return _json(404, {"error": f"nothing at {method} {path}; there is {known}"})
    try:
        document = json.loads(body or b"{}")
        if not isinstance(document, dict):
            raise InputError("the body isn't a JSON object", hint="see range/rehearsal/administration.py")
        return _json(200, handler(cloud, document))
    except RangeError as error:
        return _json(400, {"error": error.message, "hint": error.hint})
    except ValueError as error:
        return _json(400, {"error": f"the body isn't JSON: {error}"})


def _json(status: int, document: object) -> Answer:
    """Write a document as an answer."""
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(document).encode())


def _health(cloud: Cloud, _: dict[str, Any]) -> object:
    """Say that the cloud is up; whoever gets this answer may start working."""
    return {"ok": True}


def _accounts(cloud: Cloud, document: dict[str, Any]) -> object:
    """Seed an exercise's accounts and hand out the operator's credentials."""
    management, members = from_json(document)
    operator = cloud.seed(management, members)
    return {
        "account": operator.account,
        "organisation": operator.organisation,
        "access_key": operator.access_key,
        "secret": operator.secret,
    }


def _quotas(_: Cloud, document: dict[str, Any]) -> object:
    """List what quotas are set to; where nobody set them, AWS's defaults."""
    return limits(document.get("account") or EVERYBODY)


def _set_quotas(cloud: Cloud, document: dict[str, Any]) -> object:
    """Set quotas: {"limits": {"VPCs per Region": 2}, "account": "..."}; without an account, everybody's."""
    wanted, account = document.get("limits"), document.get("account")
    if not isinstance(wanted, dict) or not isinstance(account, str | None):
        raise InputError(
            'quotas are given as {"limits": {NAME: NUMBER}, "account": "..."}; the account may be left out'
        )
    cloud.set_quotas(wanted, account)
    return _quotas(cloud, document)


def _weather(cloud: Cloud, _: dict[str, Any]) -> object:
    """Say what the weather is set to, and how many faults there have been since."""
    return {**cloud.weather.settings.document(), "struck": cloud.weather.struck}


def _set_weather(cloud: Cloud, document: dict[str, Any]) -> object:
    """Set the weather: {"latency": "aws", "speed": 20, "throttling": 0.1, "rate": 0.02, "seed": 7, "rules": [...]}."""
    cloud.weather.change(document)
    return _weather(cloud, {})


def _hosts(_: Cloud, __: dict[str, Any]) -> object:
    """Tell how each machine stands, by instance; null without hosts."""
    return {"hosts": standings.report()}


_ADMIN: dict[tuple[str, str], Callable[[Cloud, dict[str, Any]], object]] = {
    ("GET", _HEALTH): _health,
    ("POST", _ACCOUNTS): _accounts,
    ("GET", _QUOTAS): _quotas,
    ("GET", _HOSTS): _hosts,
    ("POST", _QUOTAS): _set_quotas,
    ("GET", _WEATHER): _weather,
    ("POST", _WEATHER): _set_weather,
}
