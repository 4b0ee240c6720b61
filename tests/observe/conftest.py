"""The rehearsal's door over HTTP in this process, an organisation, and the witness's own way into its accounts."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from range.observe.door import Door, Entry, House
from range.rehearsal.accounts import ADMINISTRATOR_ROLE, Member, Operator
from range.rehearsal.door import Cloud
from range.rehearsal.server import Front

HOME = "eu-west-2"
MINE = "123456789012"
ACCOUNTS = [str(310000000000 + number) for number in range(40)]


@dataclass(frozen=True)
class Ground:
    """One account: the witness's door to it, and whoever changes things there."""

    account: str
    door: Door
    session: boto3.Session
    endpoint: str

    def client(self, service: str, region: str = HOME) -> Any:
        """Make a client of somebody who may do anything in the account."""
        return self.session.client(service, region_name=region, endpoint_url=self.endpoint)


@pytest.fixture(scope="module")
def front() -> Iterator[Front]:
    """The cloud's HTTP front."""
    with Front(Cloud()) as front:
        serving = threading.Thread(target=front.serve_forever)
        serving.start()
        yield front
        front.shutdown()
        serving.join()


@pytest.fixture(scope="module")
def operator(front: Front) -> Operator:
    """Whose credentials the tests have."""
    return front.cloud.seed(Member(MINE, "mine"), [Member(number, f"account-{number}") for number in ACCOUNTS])


@pytest.fixture(scope="module")
def enter(front: Front, operator: Operator) -> Iterator[Callable[[str], Ground]]:
    """Enter one account after another."""
    endpoint = f"http://127.0.0.1:{front.port}"
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("AWS_", "HTTP", "http"))]:
        del os.environ[name]
    os.environ.update(
        AWS_ENDPOINT_URL=endpoint, AWS_ACCESS_KEY_ID=operator.access_key, AWS_SECRET_ACCESS_KEY=operator.secret
    )
    house = House(HOME)
    # a session of its own: boto3's default one keeps the credentials of the file of tests before
    own = boto3.Session(operator.access_key, operator.secret, region_name=HOME)
    sts = own.client("sts", endpoint_url=endpoint)

    def entered(account: str) -> Ground:
        role = f"arn:aws:iam::{account}:role/{ADMINISTRATOR_ROLE}"
        got = sts.assume_role(RoleArn=role, RoleSessionName="mallory")["Credentials"]
        session = boto3.Session(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"], region_name=HOME)
        return Ground(account, house.enter(Entry(account, role, "any-external-id")), session, endpoint)

    try:
        yield entered
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def fresh(enter: Callable[[str], Ground]) -> Iterator[Ground]:
    """Accounts that nobody used yet, one after another."""
    return (enter(account) for account in ACCOUNTS)


@pytest.fixture
def ground(fresh: Iterator[Ground]) -> Ground:
    """An account in which nothing was made yet."""
    return next(fresh)
