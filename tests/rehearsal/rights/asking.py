"""Calls made up from AWS's own models: every required parameter with a value of its form, for a call that should be refused."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.session import Session

from range.rehearsal.call import Call
from range.rehearsal.callers import Caller
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
