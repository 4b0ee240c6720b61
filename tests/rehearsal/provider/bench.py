"""A bench for the resource table: a cloud in memory, and resources made through the table's own life cycle."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from botocore.credentials import Credentials

from range.rehearsal.accounts import Member
from range.rehearsal.door import Answer, Cloud, Request
from range.rehearsal.provider import check, connection, lifecycle
from range.rehearsal.provider.clients import Caller, Clients
from range.rehearsal.provider.diff import Differences, differences
from range.rehearsal.provider.rows import Row
from range.rehearsal.provider.table import ROWS
from range.rehearsal.provider.work import Work
from range.rehearsal.transport import session

MANAGEMENT, HUB, ALLY = "111111111111", "222222222222", "333333333333"
REGION = "eu-west-2"
_ROLE = "arn:aws:iam::{account}:role/OrganizationAccountAccessRole"


@dataclass(frozen=True)
class Ref:
    """A property of another sample's resource, which is made where it isn't there yet."""

    sample: str
    name: str = "id"
    within: str = "{}"


@dataclass
class Made:
    """A resource on the bench."""

    row: Row
    caller: Caller
    id: str
    inputs: dict[str, Any]
    state: dict[str, Any]

    def work(self, new: Mapping[str, Any] | None = None) -> Work:
        """Give the work of an operation on it."""
        return Work(self.row, self.caller, "sample", self.id, new, self.state)

    def read(self) -> dict[str, Any] | None:
        """Look at it as it is now."""
        return lifecycle.read(self.work())

    def update(self, inputs: Mapping[str, Any]) -> None:
        """Change it in place."""
        self.state = lifecycle.update(self.work(inputs))

    def delete(self) -> None:
        """Delete it."""
        lifecycle.delete(self.work())

    def differences(self, inputs: Mapping[str, Any]) -> Differences:
        """Compare it with what is wanted."""
        return differences(self.row, inputs, self.state)


@dataclass
class Bench:
    """One cloud, and what the samples of a test have made in it."""

    samples: Mapping[str, Any]
    cloud: Cloud = field(default_factory=Cloud)
    made: dict[str, Made] = field(default_factory=dict)
    _callers: dict[str, Caller] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Seed the accounts."""
        operator = self.cloud.seed(Member(MANAGEMENT, "management"), [Member(HUB, "hub"), Member(ALLY, "est")])
        self.operator = Credentials(operator.access_key, operator.secret)
        _NOW.cloud = self.cloud
        self.clients = _CLIENTS

    def caller(self, account: str) -> Caller:
        """Log in to an account, with a default tag."""
        if account not in self._callers:
            roles = (
                [] if account == MANAGEMENT else [{"roleArn": _ROLE.format(account=account), "sessionName": "bench"}]
            )
            config = {"region": REGION, "assumeRoles": roles, "defaultTags": {"tags": {"range:ally": "est"}}}
            self._callers[account] = connection.caller(self.clients, lambda _: self.operator, config)
        return self._callers[account]

    def client(self, service: str, account: str = ALLY) -> Any:
        """Give a boto3 client of an account, apart from everything that the provider uses."""
        known = self.caller(account).credentials.get_frozen_credentials()
        return session(self.cloud, known.access_key, known.secret_key, known.token).client(service, region_name=REGION)

    def resolved(self, value: Any) -> Any:
        """Put the properties of other samples in."""
        if isinstance(value, Ref):
            there = self.make(value.sample)
            return value.within.format(there.id if value.name == "id" else there.state[value.name])
        if callable(value):
            return value(self)
        if isinstance(value, Mapping):
            return {name: self.resolved(item) for name, item in value.items()}
        return [self.resolved(item) for item in value] if isinstance(value, list) else value

    def inputs(
        self, row: Row, given: Mapping[str, Any], account: str, old: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Check a program's inputs as the provider does."""
        given = {name: item for name, item in self.resolved(given).items() if item is not None}
        assert list(check.problems(row, given)) == []
        return check.completed(row, given, old or {}, name="sample", seed=b"seed", caller=self.caller(account))

    def make(self, name: str) -> Made:
        """Make a sample's resource, or give the one that is there."""
        if name not in self.made:
            sample = self.samples[name]
            row = ROWS[sample.token]
            for first in sample.after:
                self.make(first)
            if sample.before is not None:
                sample.before(self)
            inputs = self.inputs(row, sample.inputs, sample.account)
            caller = self.caller(sample.account)
            id_, state = lifecycle.create(Work(row, caller, "sample", new=inputs, stop=threading.Event()))
            self.made[name] = Made(row, caller, id_, inputs, state)
        return self.made[name]


class _Now:
    """Carries requests to the cloud of the test that runs now: clients cost more than clouds, so tests share them."""

    cloud: Cloud

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        return self.cloud.answer(request)


_NOW = _Now()
_CLIENTS = Clients(session(cast("Cloud", _NOW), "", ""))


@dataclass(frozen=True)
class Sample:
    """One resource of a type: what a program gives it, and another value for everything that can be changed in place."""

    token: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Any] = field(default_factory=dict)
    account: str = ALLY
    after: tuple[str, ...] = ()
    before: Callable[[Bench], Any] | None = None
    stays: bool = False
    """Deleting it only means that Pulumi forgets it."""


def document(action: str, **more: Any) -> str:
    """Write a policy with one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **more}]})
