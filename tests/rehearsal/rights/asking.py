"""Calls made up from AWS's own models: every required parameter with a value of its form, for a call that should be refused."""

from __future__ import annotations

from functools import cache
from typing import Any
from urllib.parse import urlencode

from botocore.awsrequest import HeadersDict
from botocore.credentials import Credentials
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from botocore.session import Session

from range.rehearsal.call import Call
from range.rehearsal.callers import Caller
from range.rehearsal.door import Cloud
from range.rehearsal.messages import Request
from range.rehearsal.rights.judging import forbidden
from range.rehearsal.services import service_named
from tests.rehearsal.conftest import REGION

SERVICES = {
    "aws-marketplace": "marketplace-agreement",
    "elasticfilesystem": "efs",
    "a-service-of-next-year": "codeartifact",
}
"""botocore's names, where they aren't IAM's prefixes."""


def made_up(shape: Any, name: str = "", depth: int = 0) -> Any:
    """Give a value that has the form of a shape."""
    kind = shape.type_name
    if kind == "structure":
        return {
            key: made_up(member, key, depth + 1)
            for key, member in shape.members.items()
            if key in shape.required_members
        }
    if kind == "list":
        return [made_up(shape.member, name, depth + 1)]
    if kind == "map":
        return {"x": made_up(shape.value, name, depth + 1)}
    if kind == "string":
        return shape.enum[0] if shape.enum else _text(name)
    return {"integer": 1, "long": 1, "boolean": True, "blob": b"x", "timestamp": "2026-11-28T00:00:00Z"}.get(kind, 1)


def _text(name: str) -> str:
    return "arn:aws:iam::200000000001:role/steadfast-est-as-participant" if name.lower().endswith("rolearn") else "x"


@cache
def _models() -> Session:
    return Session()


@cache
def operation_of(action: str) -> tuple[str, str] | None:
    """Give botocore's service and operation for an action that has one of the same name."""
    prefix, _, name = action.partition(":")
    service = SERVICES.get(prefix, prefix)
    session = _models()
    if service not in session.get_available_services():
        return None
    return (service, name) if name in session.get_service_model(service).operation_names else None


def refusal_of(caller: Caller, service: str, operation: str, **parameters: Any) -> Any:
    """Ask the door's judgement about a call that is made up from its model."""
    known = service_named(service)
    model = known.model.operation_model(operation)
    shape = model.input_shape
    params = {**(made_up(shape) if shape is not None else {}), **parameters}
    call = Call(Request("POST", "https://x.amazonaws.com/", {}), known, operation, REGION, caller)
    call.__dict__["params"] = params
    return forbidden(call)


class Asking:
    """Calls of one service in a protocol of the caller's choice; boto3 chooses one itself."""

    def __init__(self, cloud: Cloud, keys: Credentials, signing_name: str, protocol: str) -> None:
        self._cloud, self._keys, self._protocol = cloud, keys, protocol
        self._model = service_named(signing_name).model

    def refusal(self, operation: str, parameters: dict[str, Any]) -> tuple[str, str]:
        """Give code and message of a refusal as botocore reads them; of an answer, two empty strings."""
        model = self._model.operation_model(operation)
        written = create_serializer(self._protocol).serialize_to_request(parameters, model)
        body = written["body"]
        text = urlencode(body, doseq=True) if isinstance(body, dict) else body
        signed = f"Credential={self._keys.access_key}/20261128/{REGION}/{self._model.signing_name}/aws4_request"
        headers = {
            **{
                name: value.decode() if isinstance(value, bytes) else str(value)
                for name, value in written["headers"].items()
            },
            "Authorization": f"AWS4-HMAC-SHA256 {signed}, SignedHeaders=host, Signature=x",
            "X-Amz-Security-Token": str(self._keys.token),
        }
        url = f"https://{self._model.endpoint_prefix}.{REGION}.amazonaws.com{written['url_path']}"
        answer = self._cloud.answer(
            Request("POST", url, headers, text.encode() if isinstance(text, str) else bytes(text))
        )
        raw = {"status_code": answer.status, "headers": HeadersDict(answer.headers), "body": answer.body}
        read: dict[str, Any] = create_parser(self._protocol).parse(raw, model.output_shape)
        error = read.get("Error", {})
        return error.get("QueryErrorCode", error.get("Code", "")), error.get("Message", "")
