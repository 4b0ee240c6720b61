"""Accounts of a rehearsal cloud that this process serves."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from range.cloud.sessions import Account, Entry, Sessions
from range.rehearsal.accounts import ADMINISTRATOR_ROLE, Member, Operator
from range.rehearsal.door import Cloud
from range.rehearsal.server import Front

HOME = "eu-west-2"
MINE, OTHER = "123456789012", "210987654321"
FRESH = [str(300000000000 + number) for number in range(50)]
"""Accounts that nobody used yet, one for each test of a file."""


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    """The cloud's HTTP front; one for a file of tests, because clients cost so much."""
    with Front(Cloud()) as front:
        serving = threading.Thread(target=front.serve_forever)
        serving.start()
        yield front
        front.shutdown()
        serving.join()


@pytest.fixture(scope="module")
def operator(front: Front) -> Operator:
    """The user of an organisation's management account that the tests act as."""
    return front.cloud.seed(Member(MINE, "mine"), [Member(number, f"account-{number}") for number in (OTHER, *FRESH)])


def act_as(operator: Operator, front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a user's credentials and where they are good."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{front.port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", operator.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", operator.secret)


@pytest.fixture
def credentials(operator: Operator, front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    """That user's credentials, in the environment."""
    act_as(operator, front, monkeypatch)


@pytest.fixture(scope="module")
def sessions(front: Front, operator: Operator) -> Iterator[Sessions]:
    """The caller's own account, and others that are entered by a role."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        act_as(operator, front, monkeypatch)  # for as long as there are tests: clients are made when first used
        role = Entry(role=ADMINISTRATOR_ROLE)
        yield Sessions({MINE: Entry(), **dict.fromkeys((OTHER, *FRESH), role)}, HOME)


@pytest.fixture(scope="module")
def fresh(sessions: Sessions) -> Iterator[Account]:
    """The accounts that nobody used yet."""
    return (sessions.account(number) for number in FRESH)


@pytest.fixture
def account(fresh: Iterator[Account]) -> Account:
    """An account in which nothing was made yet."""
    return next(fresh)
