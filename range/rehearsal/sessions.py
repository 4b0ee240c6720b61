"""Temporary credentials: who got which, for which role, and until when."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from moto.core.base_backend import BackendDict, BaseBackend

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


@dataclass(frozen=True)
class Session:
    """Temporary credentials of an account."""

    account: str
    arn: str
    user_id: str
    principal_arn: str
    """The role, or the user for whom the session is."""
    expires: datetime
    policies: tuple[tuple[str, str], ...] | None = None
    """What narrows the session, by name; None where it was opened without."""
    issued: datetime = field(default_factory=lambda: datetime.now(UTC))
    access_key: str = field(
        default_factory=lambda: "ASIA" + "".join(secrets.choice(_ALPHABET) for _ in "sixteen-letters!")
    )
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(30))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(120))

    @property
    def is_over(self) -> bool:
        """Whether it has expired."""
        return datetime.now(UTC) >= self.expires


class Sessions(BaseBackend):
    """The sessions of one account, by access key."""

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin with none."""
        super().__init__(region_name, account_id)
        self.sessions: dict[str, Session] = {}


sessions_backends = BackendDict(Sessions, "sessions", use_boto3_regions=False, additional_regions=["aws"])


def open_session(
    account: str,
    arn: str,
    user_id: str,
    principal_arn: str,
    *,
    length: timedelta,
    policies: tuple[tuple[str, str], ...] | None = None,
) -> Session:
    """Hand out credentials, narrowed by some policies or by none; those that expired long ago are forgotten."""
    kept = sessions_backends[account]["aws"]
    remembered_until = datetime.now(UTC) - timedelta(hours=1)
    kept.sessions = {key: session for key, session in kept.sessions.items() if session.expires > remembered_until}
    session = Session(account, arn, user_id, principal_arn, datetime.now(UTC) + length, policies)
    kept.sessions[session.access_key] = session
    return session


def session_of(access_key: str) -> Session | None:
    """Find the session that an access key belongs to."""
    for regional in list(sessions_backends.values()):
        kept = dict.get(regional, "aws")
        if kept is not None and access_key in kept.sessions:
            found: Session = kept.sessions[access_key]
            return found
    return None
