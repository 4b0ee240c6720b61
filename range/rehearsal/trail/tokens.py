"""Client tokens: the same token gets the same answer, and nothing is made twice."""

from __future__ import annotations

from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.messages import Answer
from range.rehearsal.refusals import Refusal
from range.rehearsal.trail.book import Book

_EC2 = "The client token that was given has been used with other parameters."
_TOKENS = {
    "ec2": ("ClientToken", "IdempotentParameterMismatch", _EC2),
    "efs": ("ClientToken", "AccessPointAlreadyExists", "An access point with this client token exists."),
    "ram": ("clientToken", "IdempotentParameterMismatchException", "The client token was used with other parameters."),
    "route53": ("CallerReference", "HealthCheckAlreadyExists", "The caller reference was used with other settings."),
    "secretsmanager": ("ClientRequestToken", "ResourceExistsException", "The secret exists already."),
}
"""Per service the parameter, and how AWS refuses a token that is used again with other parameters.

Source: botocore 1.44.5, the services' models; EC2 API Reference, "Ensuring idempotency" (read 2026-11-22). EFS's file systems
and Route 53's zones refuse a used token, which are truths.
"""
_ONLY = {"route53": "CreateHealthCheck", "secretsmanager": "CreateSecret", "efs": "CreateAccessPoint"}
_NOT_COMPARED = ("DryRun",)
_ENDED = ("shutting-down", "terminated")


def token_of(call: Call) -> str | None:
    """Give the token of a call, with what it is valid for; None for a call without one."""
    known = _TOKENS.get(call.service.name)
    if known is None or known[0].encode() not in call.request.body:
        return None
    if call.operation != _ONLY.get(call.service.name, call.operation):
        return None
    token = call.params.get(known[0])
    return f"{call.operation} {_zone(call)} {token}" if token else None


def _zone(call: Call) -> str:
    """Name the zone that a launch asks for: there, and only there, its token counts."""
    if call.operation != "RunInstances":
        return ""
    from moto.ec2.models import ec2_backends

    named: str = call.params.get("Placement", {}).get("AvailabilityZone", "")
    zones = ec2_backends[call.account][call.region].subnets.items()
    return named or next((zone for zone, subnets in zones if call.params.get("SubnetId") in subnets), "")


def repeated(call: Call, token: str | None, book: Book) -> Answer | None:
    """Give the answer that a token got before; None for a token that is new.

    Raises:
        Refusal: it was used with other parameters, or for an instance that has ended.
    """
    first = book.with_token(call.account, call.region, token) if token else None
    if first is None:
        return None
    _, code, message = _TOKENS[call.service.name]
    if _compared(call) != _compared(Call(first.request, first.service, first.operation, first.region, first.caller)):
        raise Refusal(code, message)
    if call.name == "ec2.RunInstances":
        _refuse_ended(call, first.service.result(first.operation, first.answer))
    return first.answer


def _compared(call: Call) -> dict[str, Any]:
    """Give the parameters that count."""
    return {name: value for name, value in call.params.items() if name not in _NOT_COMPARED}


def _refuse_ended(call: Call, launched: dict[str, Any]) -> None:
    """Refuse the token of an instance that was terminated."""
    from moto.ec2.models import ec2_backends

    ids = {instance["InstanceId"] for instance in launched["Instances"]}
    known = ec2_backends[call.account][call.region].all_instances()
    ended = next((each.id for each in known if each.id in ids and each.state in _ENDED), None)
    if ended is not None:
        message = f"The client token belongs to the instance {ended}, which is terminated."
        raise Refusal("IdempotentInstanceTerminated", message)
