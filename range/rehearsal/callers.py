"""Who is calling: from the access key of the signature to an account and a principal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from range.rehearsal.messages import Request
from range.rehearsal.refusals import Refusal
from range.rehearsal.services import Service

PARTITION = "aws"
_INVALID = "The security token included in the request is invalid."
_EXPIRED = "The security token included in the request is expired"
_UNKNOWN_KEY = {
    "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    "s3": ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
    "json": ("UnrecognizedClientException", _INVALID, 400),
    "rest-json": ("UnrecognizedClientException", _INVALID, 403),
}
_OVER = {
    "ec2": ("RequestExpired", "Request has expired.", 400),
    "s3": ("ExpiredToken", "The provided token has expired.", 400),
    "json": ("ExpiredTokenException", _EXPIRED, 400),
    "rest-json": ("ExpiredTokenException", _EXPIRED, 403),
}


@dataclass(frozen=True)
class Caller:
    """The principal behind a request."""

    account: str
    arn: str
    """As GetCallerIdentity gives it: a user's, or a session's of a role."""
    user_id: str
    access_key: str
    principal_arn: str
    """The user, or the role behind the session."""

    @property
    def is_session_of_a_role(self) -> bool:
        """Whether a role stands behind it."""
        return ":assumed-role/" in self.arn

    @property
    def names(self) -> frozenset[str]:
        """Every string by which a policy may name it."""
        return frozenset({self.account, f"arn:{PARTITION}:iam::{self.account}:root", self.arn, self.principal_arn})


def caller_of(request: Request, service: Service) -> Caller:
    """Identify the caller of a request.

    Raises:
        Refusal: nobody signed, or the access key is unknown, or its session is over.
    """
    from range.rehearsal.sessions import session_of

    scope = request.scope
    if scope is None:
        raise Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", status=403)
    session = session_of(scope.access_key)
    if session is not None:
        if request.lowered.get("x-amz-security-token", session.token) != session.token:
            raise _refusal(service, _UNKNOWN_KEY, ("InvalidClientTokenId", _INVALID, 403))
        if session.is_over:
            raise _refusal(service, _OVER, ("ExpiredToken", _EXPIRED, 403))
        return Caller(session.account, session.arn, session.user_id, session.access_key, session.principal_arn)
    user = _user(scope.access_key)
    if user is None:
        raise _refusal(service, _UNKNOWN_KEY, ("InvalidClientTokenId", _INVALID, 403))
    return Caller(user.account_id, user.arn, user.id, scope.access_key, user.arn)


def _refusal(
    service: Service, by_protocol: dict[str, tuple[str, str, int]], otherwise: tuple[str, str, int]
) -> Refusal:
    """Refuse in the words of a service: each family has its own for the same thing."""
    code, message, status = by_protocol.get(service.name) or by_protocol.get(service.protocol, otherwise)
    return Refusal(code, message, status=status)


def _user(access_key: str) -> Any:
    """Find the user that an access key belongs to, without making backends for accounts that have none."""
    from moto.iam.models import iam_backends

    for regional in list(iam_backends.values()):
        backend: Any = dict.get(regional, PARTITION)
        key = backend.access_keys.get(access_key) if backend is not None else None
        if key is not None and key.status == "Active":
            return backend.users.get(key.user_name)
    return None
