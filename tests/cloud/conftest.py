"""Two accounts on plain moto, in this process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from range.cloud.sessions import Account, Entry, Sessions

HOME = "eu-west-2"
MINE, OTHER = "123456789012", "210987654321"


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's credentials, and no endpoint."""
    set_credentials(monkeypatch)


def set_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set somebody's credentials, and no endpoint."""
    for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")


@pytest.fixture(scope="session")
def sessions() -> Iterator[Sessions]:
    """The caller's own account, and another that is entered by a role.

    Made once, because clients cost so much: what
    one test leaves there the next finds, so each compares with what was before it.
    """
    with pytest.MonkeyPatch.context() as monkeypatch:
        set_credentials(monkeypatch)
        with mock_aws():
            yield Sessions({MINE: Entry(), OTHER: Entry(role="range-controller", external_id="edition-one")}, HOME)


@pytest.fixture
def account(sessions: Sessions, credentials: None) -> Account:
    """The caller's own account."""
    return sessions.account(MINE)
