"""A rehearsal cloud in memory with an organisation of four accounts, and boto3 clients that are answered in this process.

Which truths each test holds is noted on its report, so that they are counted wherever it ran.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from range.rehearsal.accounts import Member
from range.rehearsal.door import Answer, Cloud, Request
from range.rehearsal.images import public_images
from range.rehearsal.transport import session

MANAGEMENT, HUB, EST, POL = "100000000001", "100000000002", "200000000001", "200000000002"
MEMBERS = [Member(HUB, "hub"), Member(EST, "est"), Member(POL, "pol")]
REGION = "eu-west-2"


class Relay:
    """Carries requests to whichever cloud a test has opened, so that clients outlive clouds: making one takes 0.1 s."""

    cloud: Cloud

    def answer(self, request: Request) -> Answer:
        """Answer a request in that cloud."""
        return self.cloud.answer(request)


RELAY = Relay()
_signer: ContextVar[Credentials] = ContextVar("signer")


@cache
def shared_client(service: str, region: str) -> Any:
    """Give the client of a service and Region that all tests of a process share; each call says who signs it."""
    clients = session(cast("Cloud", RELAY), "nobody", "nothing")
    clients.events.register("before-sign", _sign)
    return clients.client(service, region_name=region)


def _sign(request: Any, **_: Any) -> None:
    """Sign a request as whoever acts now."""
    request.context.setdefault("signing", {})["request_credentials"] = _signer.get()


class Acting:
    """A client that somebody acts through."""

    def __init__(self, credentials: Credentials, service: str, region: str) -> None:
        """Act with credentials."""
        self._credentials = credentials
        self._client = shared_client(service, region)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Give a call that is signed with them."""
        operation = getattr(self._client, name)

        def signed(**parameters: Any) -> Any:
            token = _signer.set(self._credentials)
            try:
                return operation(**parameters)
            finally:
                _signer.reset(token)

        return signed


class Exercise:
    """The accounts of an exercise, as their administrators see them."""

    def __init__(self, cloud: Cloud) -> None:
        """Seed the accounts."""
        RELAY.cloud = self.cloud = cloud
        self.operator = cloud.seed(Member(MANAGEMENT, "management"), MEMBERS)
        self._credentials = {MANAGEMENT: Credentials(self.operator.access_key, self.operator.secret)}

    def client(self, service: str, account: str = EST, region: str = REGION) -> Any:
        """Give a client of an account's administrator."""
        return Acting(self.credentials(account), service, region)

    def credentials(self, account: str) -> Credentials:
        """Give credentials of an account's administrator."""
        if account not in self._credentials:
            self._credentials[account] = self.assume(f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole")
        return self._credentials[account]

    def assume(self, role: str, account: str = MANAGEMENT, **parameters: Any) -> Credentials:
        """Give credentials of a role that an account's administrator assumes."""
        sts = self.client("sts", account)
        keys = sts.assume_role(RoleArn=role, RoleSessionName="test", **parameters)["Credentials"]
        return Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    def acting(self, service: str, credentials: Credentials, region: str = REGION) -> Any:
        """Give a client with credentials."""
        return Acting(credentials, service, region)


@pytest.fixture
def exercise() -> Exercise:
    """An exercise in a cloud that lives in memory."""
    return Exercise(Cloud())


@pytest.fixture
def kept_exercise(tmp_path: Path) -> Iterator[Exercise]:
    """An exercise in a cloud that a folder keeps."""
    exercise = Exercise(Cloud(tmp_path))
    yield exercise
    exercise.cloud.close()


@pytest.fixture
def client(exercise: Exercise) -> Callable[..., Any]:
    """Gives clients: `client("ec2", HUB)`; the ally's account and eu-west-2 unless asked otherwise."""
    return exercise.client


@pytest.fixture
def ec2(client: Callable[..., Any]) -> Any:
    """EC2 of the ally's account."""
    return client("ec2")


@pytest.fixture
def vpc(ec2: Any) -> str:
    """A VPC of the ally, 10.1.0.0/16."""
    return str(ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"])


@pytest.fixture
def subnet(ec2: Any, vpc: str) -> str:
    """A subnet of that VPC, 10.1.0.0/24, in eu-west-2a."""
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24", AvailabilityZone="eu-west-2a")
    return str(made["Subnet"]["SubnetId"])


@pytest.fixture
def image() -> str:
    """An image that instances can be launched from; asking the cloud for one would list a thousand."""
    return next(image.id for image in public_images(REGION).values() if image.architecture == "x86_64")


@pytest.fixture
def refused() -> Callable[[str], Any]:
    """`with refused("DependencyViolation"): ...` holds if the block is refused with just that code."""

    @contextmanager
    def expecting(code: str) -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        assert caught.value.response["Error"]["Code"] == code

    return expecting


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Note on a report which truths its test holds."""
    report: Any = yield
    if report.when == "call":
        report.user_properties += [("truth", name) for marker in item.iter_markers("truth") for name in marker.args]
    return report
