"""moto behind the door: each request goes straight to the class that answers it."""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from range.rehearsal import protocols
from range.rehearsal.carried import as_moto
from range.rehearsal.messages import Answer, Request
from range.rehearsal.refusals import Refusal
from range.rehearsal.services import Service

_ACCOUNT_HEADER = "x-moto-account-id"
_HOSTS = {
    "budgets": "budgets.amazonaws.com",
    "cloudwatch": "monitoring.{region}.amazonaws.com",
    "efs": "elasticfilesystem.{region}.amazonaws.com",
    "elbv2": "elasticloadbalancing.{region}.amazonaws.com",
    "resourcegroupstaggingapi": "tagging.{region}.amazonaws.com",
    "s3control": "{account}.s3-control.{region}.amazonaws.com",
    "sso-admin": "sso.{region}.amazonaws.com",
    "stepfunctions": "states.{region}.amazonaws.com",
}
"""Host names that moto's URL patterns want, where they aren't SERVICE.REGION.amazonaws.com."""

Handler = Callable[..., Any]


def emulate(service: Service, request: Request, *, account: str, region: str) -> Answer:
    """Let moto answer a request as one of an account in a Region.

    Raises:
        Refusal: moto has no such service or operation.
    """
    if service.protocol == protocols.CBOR:
        told = f"the rehearsal cloud reads CBOR, and can't answer {service.name} in it: have the client speak JSON"
        raise Refusal("UnsupportedProtocol", told)
    canonical = _canonical(service, request, account, region)
    handler = _handler_of(service, canonical.url)
    moto_request = as_moto(canonical)
    try:
        status, headers, body = handler(moto_request, moto_request.raw_url, moto_request.headers)
    except NotImplementedError as error:
        raise Refusal("InvalidAction", f"the rehearsal cloud can't do this yet: {error}") from error
    except Exception as error:
        answer = _http_exception(error)
        if answer is None:
            raise
        return answer
    return Answer(int(status), _plain(headers), body.encode() if isinstance(body, str) else body)


def _canonical(service: Service, request: Request, account: str, region: str) -> Request:
    """Address the request to AWS's own host name, whatever endpoint the client was given: moto reads the Region there."""
    address = request.address
    host = address.netloc
    if not host.endswith(".amazonaws.com") or service.name in _HOSTS:
        host = _HOSTS.get(service.name, service.name + ".{region}.amazonaws.com").format(region=region, account=account)
    path = address.path or "/"
    url = f"https://{host}{path}?{address.query}" if address.query else f"https://{host}{path}"
    return Request(request.method, url, {**request.headers, _ACCOUNT_HEADER: account}, request.body)


def _handler_of(service: Service, url: str) -> Handler:
    """Find what answers a URL. moto tries every pattern of every service; here only one service's are left."""
    routes = _routes(service.package)
    bare = url.partition("?")[0]
    for pattern, handler in routes:
        if pattern.match(bare):
            return handler
    raise Refusal("UnknownOperationException", f"the rehearsal cloud has nothing at {bare}", status=404)


@cache
def _routes(package: str) -> tuple[tuple[re.Pattern[str], Handler], ...]:
    """List the URL patterns of one moto package with what answers them."""
    if importlib.util.find_spec(f"moto.{package}") is None:
        raise Refusal("UnknownService", f"the rehearsal cloud has no service {package!r}", status=404)
    urls = importlib.import_module(f"moto.{package}.urls")
    return tuple(
        (re.compile(path.format(base)), handler) for base in urls.url_bases for path, handler in urls.url_paths.items()
    )


def _http_exception(error: Exception) -> Answer | None:
    """Give the answer that a werkzeug exception stands for; moto raises them for some refusals."""
    from werkzeug.exceptions import HTTPException

    if not isinstance(error, HTTPException):
        return None
    body = error.get_body()
    return Answer(
        error.code or 500, _plain(dict(error.get_headers())), body.encode() if isinstance(body, str) else body
    )


def _plain(headers: Any) -> dict[str, str]:
    """Keep what a client may see: moto carries the status among the headers."""
    return {str(name): str(value) for name, value in dict(headers).items() if str(name).lower() != "status"}
