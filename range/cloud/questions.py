"""Questions to a rehearsal, which are most of all calls: signed and read without the greater part of botocore's way.

What is no plain answer goes botocore's way as if nothing had been done: it is given what came, and tries again as ever.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.credentials import ReadOnlyCredentials
from botocore.endpoint import convert_to_response_dict
from botocore.exceptions import BotoCoreError
from botocore.parsers import ResponseParserError, create_parser

from range.cloud.loopback import Carrier

_ASKS = re.compile(r"(?:Describe|List|Get|Search)(?!SessionToken|FederationToken)")
_PLAIN = re.compile(r"[A-Za-z0-9/._~-]*")
"""Paths that a signature takes as they are."""
_S3 = ("s3", "s3control")
"""Signed, and read, in ways of their own."""
_HERE = ("127.0.0.1", "::1", "localhost")
_OK = 200
_came: ContextVar[AWSResponse | None] = ContextVar("came", default=None)
"""What came in answer to a question and isn't plain: for botocore."""


Signing = tuple[ReadOnlyCredentials, str, str]
"""By which credentials, for which Region and for which service."""


class Questions:
    """Handlers of botocore's events `before-call` and `before-send`. Safe to use from several threads."""

    def __init__(self, carrier: Carrier, signing: Callable[[Any, dict[str, Any]], Signing | None]) -> None:
        """Send by a carrier; `signing` says how a call is signed by botocore's signer and context, None where otherwise."""
        self._carrier = carrier
        self._signing = signing

    def ask(
        self, model: Any, params: dict[str, Any], request_signer: Any, context: dict[str, Any], **_: object
    ) -> tuple[AWSResponse, dict[str, Any]] | None:
        """Give the answer to a call, and what it says; None where it is no question, or has no plain answer."""
        _came.set(None)
        body, address = _body(params["body"]), urlsplit(params["url"])
        streams = model.has_streaming_output or model.has_streaming_input or model.has_event_stream_output
        plain = (
            model.service_model.service_name not in _S3
            and address.scheme == "http"
            and address.hostname in _HERE
            and _PLAIN.fullmatch(address.path)
        )
        if body is None or streams or not plain or not _ASKS.match(model.name):
            return None
        signing = self._signing(request_signer, context)
        if signing is None:
            return None
        headers = {name.lower(): str(value) for name, value in params["headers"].items()}
        if isinstance(params["body"], dict):
            headers.setdefault("content-type", "application/x-www-form-urlencoded; charset=utf-8")
        headers["host"] = address.netloc
        request = AWSPreparedRequest(params["method"], params["url"], headers, body, stream_output=False)
        sign(request, signing, datetime.now(UTC))
        try:
            came = self._carrier(request)
        except BotoCoreError:
            return None  # botocore's own way meets it again, or not
        said = _said(model, came) if came is not None and came.status_code == _OK else None
        if came is None or said is None:
            _came.set(came)
            return None
        return came, said

    def __call__(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        """Give botocore, once, what came already; all else is carried."""
        came = _came.get()
        if came is None:
            return self._carrier(request)
        _came.set(None)
        return came


def _body(body: Any) -> bytes | None:
    """Write a body as botocore does; None for one that is read piece by piece."""
    if isinstance(body, dict):
        return urlencode(body, doseq=True).encode()
    if isinstance(body, str):
        return body.encode()
    return bytes(body or b"") if body is None or isinstance(body, bytes | bytearray) else None


def _said(model: Any, came: AWSResponse) -> dict[str, Any] | None:
    """Read an answer; None where it can't be read, which botocore then tells."""
    try:
        answer = convert_to_response_dict(came, model)
        said: dict[str, Any] = create_parser(model.service_model.resolved_protocol).parse(answer, model.output_shape)
    except ResponseParserError:
        return None
    said["ResponseMetadata"]["RetryAttempts"] = 0
    return said


def sign(request: AWSPreparedRequest, signing: Signing, now: datetime) -> None:
    """Sign a request, in its headers.

    Source: AWS IAM User Guide, "Create a signed AWS API request" (Signature Version 4), read 2026-11-28.
    """
    credentials, region, service = signing
    headers, address = request.headers, urlsplit(request.url)
    headers["x-amz-date"] = at = now.strftime("%Y%m%dT%H%M%SZ")
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    names = sorted(name for name in headers if name in {"host", "content-type"} or name.startswith("x-amz-"))
    canonical = "\n".join((
        request.method, address.path or "/", _query(address.query),
        *(f"{name}:{' '.join(headers[name].split())}" for name in names),
        "", ";".join(names), hashlib.sha256(request.body).hexdigest(),
    ))  # fmt: skip
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = _key(credentials.secret_key, at[:8], region, service)
    signature = hmac.digest(key, f"AWS4-HMAC-SHA256\n{at}\n{scope}\n{digest}".encode(), "sha256").hex()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key}/{scope}, SignedHeaders={';'.join(names)}, "
        f"Signature={signature}"
    )


def _query(query: str) -> str:
    """Give a query as it is signed: sorted by names, each with a value."""
    pairs = sorted(pair.partition("=")[::2] for pair in query.split("&") if pair)
    return "&".join(f"{name}={value}" for name, value in pairs)


@lru_cache(maxsize=2_048)
def _key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
