"""A rehearsal cloud in memory with an organisation of four accounts, and boto3 clients that are answered in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from range.rehearsal.accounts import Member
from range.rehearsal.door import Cloud
from range.rehearsal.transport import session

MANAGEMENT, HUB, EST, POL = "100000000001", "100000000002", "200000000001", "200000000002"
MEMBERS = [Member(HUB, "hub"), Member(EST, "est"), Member(POL, "pol")]
REGION = "eu-west-2"


class Exercise:
    """The accounts of an exercise, as their administrators see them."""

    def __init__(self, cloud: Cloud) -> None:
        """Seed the accounts."""
        self.cloud = cloud
        operator = cloud.seed(Member(MANAGEMENT, "management"), MEMBERS)
        self.sessions: dict[str, boto3.Session] = {MANAGEMENT: session(cloud, operator.access_key, operator.secret)}

    def client(self, service: str, account: str = EST, region: str = REGION) -> Any:
        """Give a client of an account's administrator."""
        if account not in self.sessions:
            role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
            sts = self.client("sts", MANAGEMENT)
            keys = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
            self.sessions[account] = session(
                self.cloud, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]
            )
        return self.sessions[account].client(service, region_name=region)  # type: ignore[call-overload]


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
def refused() -> Callable[[str], Any]:
    """`with refused("DependencyViolation"): ...` holds if the block is refused with just that code."""

    @contextmanager
    def expecting(code: str) -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        assert caught.value.response["Error"]["Code"] == code

    return expecting
