"""Who is calling: from the access key of the signature to an account, a principal and its session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from range.rehearsal.messages import Request
from range.rehearsal.refusals import Refusal
from range.rehearsal.services import Service

PARTITION = "aws"
_UNKNOWN_KEY = {
    "ec2": ("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    "s3": ("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
    "json": ("UnrecognizedClientException", "The security token included in the request is invalid.", 400),
}
_INVALID_TOKEN = ("InvalidClientTokenId", "The security token included in the request is invalid.", 403)


@dataclass(frozen=True)
class Caller:
    """The principal behind a request."""

    account: str
    arn: str
    access_key: str

    @property
    def role_arn(self) -> str | None:
        """The role behind a session, or None for a user."""
        return None


def caller_of(request: Request, service: Service) -> Caller:
    """Identify the caller of a request.

    Raises:
        Refusal: nobody signed, or the access key is unknown.
    """
    scope = request.scope
    if scope is None:
        raise Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", status=403)
    account, key = _owner(scope.access_key)
    if key is None:
        code, message, status = _UNKNOWN_KEY.get(service.name) or _UNKNOWN_KEY.get(service.protocol, _INVALID_TOKEN)
        raise Refusal(code, message, status=status)
    return Caller(account, key.role_arn or f"arn:{PARTITION}:iam::{account}:user/{key.user_name}", scope.access_key)


def _owner(access_key: str) -> tuple[str, Any]:
    """Find the account that an access key belongs to, without making backends for those that have none."""
    from moto.iam.models import iam_backends

    for account, regional in list(iam_backends.items()):
        backend = dict.get(regional, PARTITION)
        if backend is not None and access_key in backend.access_keys:
            return account, backend.access_keys[access_key]
    return "", None
