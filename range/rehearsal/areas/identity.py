"""Who one is, and becoming somebody else: trust policies are read, where moto lets everyone be any role."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from moto.iam.models import iam_backends

from range.rehearsal.areas.organisation_records import organisation_of
from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.permissions import Asked, allows
from range.rehearsal.refusals import Refusal
from range.rehearsal.sessions import Session, open_session

_ROLE = re.compile(r"arn:aws:iam::(?P<account>\d{12}):role/(?P<path>.*/)?(?P<name>[^/]+)")
_CHAINED_S = 3600
"""The longest session of a role that another role's session takes. Source: IAM User Guide, "Role chaining", read 2026-11-22."""
_SHORTEST_S = 900
_USER_SESSION_S = 12 * 3600


def caller_identity(call: Call) -> Shape:
    """Tell who is calling."""
    return {"UserId": call.caller.user_id, "Account": call.caller.account, "Arn": call.caller.arn}


def assume_role(call: Call) -> Shape:
    """Give credentials for a role whose trust policy lets the caller be it."""
    params = call.params
    role = _role(params["RoleArn"])
    if role is None or not _trusts(call, role):
        action = f"sts:AssumeRole on resource: {params['RoleArn']}"
        raise Refusal("AccessDenied", f"User: {call.caller.arn} is not authorized to perform: {action}", status=403)
    length_s = int(params.get("DurationSeconds", _CHAINED_S))
    _check_length(call, role, length_s)
    name = params["RoleSessionName"]
    account = _ROLE.fullmatch(role.arn)
    assert account is not None
    arn = f"arn:{PARTITION}:sts::{account['account']}:assumed-role/{role.name}/{name}"
    session = open_session(
        account["account"],
        arn,
        f"{role.id}:{name}",
        role.arn,
        length=timedelta(seconds=length_s),
        policies=_narrowing(params, account["account"]),
    )
    return {
        "Credentials": _credentials(session),
        "AssumedRoleUser": {"AssumedRoleId": session.user_id, "Arn": arn},
    }


def _narrowing(params: Shape, account: str) -> tuple[tuple[str, str], ...] | None:
    """Give the policies that a session is opened with; a managed one that isn't there allows nothing."""
    named = [str(each["arn"]) for each in params.get("PolicyArns") or ()]
    if "Policy" not in params and not named:
        return None
    inline = [("the session's policy", str(params["Policy"]))] if "Policy" in params else []
    known = iam_backends[account][PARTITION].managed_policies
    return (*inline, *((arn, str(known[arn].versions[-1].document)) for arn in named if arn in known))


def _role(arn: str) -> Any:
    """Find a role of any account."""
    named = _ROLE.fullmatch(arn)
    if named is None:
        message = f"{arn} is invalid"
        raise Refusal("ValidationError", message)
    regional = dict.get(iam_backends, named["account"])
    backend = dict.get(regional, PARTITION) if regional is not None else None
    return next((role for role in backend.roles.values() if role.arn == arn), None) if backend is not None else None


def _trusts(call: Call, role: Any) -> bool:
    """Say whether the trust policy of a role lets the caller be it."""
    records = organisation_of(call.account)
    context = {
        "aws:principalarn": [call.caller.principal_arn],
        "aws:principalaccount": [call.account],
        "aws:multifactorauthpresent": ["false"],
        "sts:rolesessionname": [call.params["RoleSessionName"]],
    }
    if "ExternalId" in call.params:
        context["sts:externalid"] = [call.params["ExternalId"]]
    if records is not None:
        context["aws:principalorgid"] = [records.org.id]
    asked = Asked(call.caller.names, "sts:AssumeRole", role.arn, context)
    return allows(role.assume_role_policy_document, asked)


def _check_length(call: Call, role: Any, length_s: int) -> None:
    """Refuse a session that is too long or too short."""
    if call.caller.is_session_of_a_role and length_s > _CHAINED_S:
        message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        raise Refusal("ValidationError", message)
    if length_s > int(role.max_session_duration or _CHAINED_S):
        raise Refusal(
            "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        )
    if length_s < _SHORTEST_S:
        raise Refusal("ValidationError", f"DurationSeconds must be at least {_SHORTEST_S}")


def session_token(call: Call) -> Shape:
    """Give temporary credentials for the user who calls."""
    caller = call.caller
    if caller.is_session_of_a_role:
        raise Refusal("AccessDenied", "Cannot call GetSessionToken with session credentials", status=403)
    length = timedelta(seconds=int(call.params.get("DurationSeconds", _USER_SESSION_S)))
    session = open_session(caller.account, caller.arn, caller.user_id, caller.principal_arn, length=length)
    return {"Credentials": _credentials(session)}


def _credentials(session: Session) -> Shape:
    """Give a session's credentials as the calls return them."""
    return {
        "AccessKeyId": session.access_key,
        "SecretAccessKey": session.secret,
        "SessionToken": session.token,
        "Expiration": session.expires,
    }


OPERATIONS = {
    "GetCallerIdentity": caller_identity,
    "AssumeRole": assume_role,
    "GetSessionToken": session_token,
}
