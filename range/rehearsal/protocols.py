"""Services that speak several protocols: in which a request was made, and refusals in the one that moto doesn't know.

Source: Smithy 2.0, "Smithy RPC v2 CBOR protocol", "awsQueryCompatible trait"; RFC 8949 (read 2026-11-28).
"""

from __future__ import annotations

import io
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from range.rehearsal.messages import Answer, Request
from range.rehearsal.refusals import Refusal

if TYPE_CHECKING:
    from moto.core.model import ServiceModel

CBOR = "smithy-rpc-v2-cbor"
_PATH = re.compile(r"/service/[^/]+/operation/([A-Za-z0-9]+)$")
_MAP, _TEXT = 5, 3
"""Major types."""


def spoken(model: ServiceModel, request: Request) -> str:
    """Name the protocol in which a request was made, or an empty string where a service speaks CBOR to nobody."""
    protocols = model.metadata.get("protocols", ())
    if CBOR not in protocols:
        return ""
    if request.lowered.get("smithy-protocol") == "rpc-v2-cbor":
        return CBOR
    form = request.lowered.get("content-type", "").startswith("application/x-www-form-urlencoded")
    return "query" if form and "query" in protocols else "json"


def operation_in(path: str) -> str:
    """Give the operation that a path of the CBOR protocol names; an empty string where it names none."""
    found = _PATH.search(path)
    return found[1] if found else ""


def params_of(body: bytes) -> dict[str, Any]:
    """Read the parameters of a request in CBOR."""
    from botocore.parsers import RpcV2CBORParser

    if not body:
        return {}
    reader = RpcV2CBORParser()
    read: dict[str, Any] = reader.parse_data_item(io.BufferedReader(io.BytesIO(body)))
    return read


def refused(refusal: Refusal) -> Answer:
    """Write a refusal in CBOR; clients that spoke the query protocol before find the code of that in a header."""
    body = bytes([_MAP << 5 | 2])
    for text in ("__type", refusal.code, "message", refusal.message):
        body += _text(text)
    status = refusal.status or HTTPStatus.BAD_REQUEST
    fault = "Sender" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "Receiver"
    headers = {
        "smithy-protocol": "rpc-v2-cbor",
        "content-type": "application/cbor",
        "x-amzn-query-error": f"{refusal.code};{fault}",
    }
    return Answer(status, headers, body)


def _text(text: str) -> bytes:
    """Write a text: its length in four bytes, then itself."""
    written = text.encode()
    return bytes([_TEXT << 5 | 26]) + len(written).to_bytes(4) + written
