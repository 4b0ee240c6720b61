"""A fresh cloud for each test of a truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from range.rehearsal.accounts import Member
from range.rehearsal.door import Cloud
from range.rehearsal.transport import session

MANAGEMENT, HUB, ALLY, OTHER_ALLY = "100000000001", "100000000002", "200000000001", "200000000002"
REGION = "eu-west-2"


@pytest.fixture
def clients() -> Callable[..., Any]:
    """Gives boto3 clients of a rehearsal cloud in memory: `clients("ec2", account=HUB, region="us-east-1")`.

    The account is the ally's and the Region eu-west-2 unless asked otherwise; the caller is an administrator of it.
    """
    cloud = Cloud()
    operator = cloud.seed(
        Member(MANAGEMENT, "management"), [Member(HUB, "hub"), Member(ALLY, "est"), Member(OTHER_ALLY, "pol")]
    )
    sessions = {MANAGEMENT: session(cloud, operator.access_key, operator.secret)}
    made: dict[tuple[str, str, str], Any] = {}

    def client(service: str, account: str = ALLY, region: str = REGION) -> Any:
        if account not in sessions:
            role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
            sts = client("sts", MANAGEMENT)
            keys = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
            sessions[account] = session(cloud, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        key = (service, account, region)
        if key not in made:
            made[key] = sessions[account].client(service, region_name=region)
        return made[key]

    return client


@pytest.fixture
def ec2(clients: Callable[..., Any]) -> Any:
    """EC2 of the ally's account."""
    return clients("ec2")


@pytest.fixture
def vpc(ec2: Any) -> str:
    """A VPC, 10.1.0.0/16, with nothing in it."""
    return str(ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"])


@pytest.fixture
def subnet(ec2: Any, vpc: str) -> str:
    """A subnet of that VPC, 10.1.0.0/24, with nothing in it."""
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24", AvailabilityZone="eu-west-2a")
    return str(made["Subnet"]["SubnetId"])


@pytest.fixture
def group(ec2: Any, vpc: str) -> str:
    """A group of that VPC that nothing uses."""
    return str(ec2.create_security_group(GroupName="targets", Description="targets", VpcId=vpc)["GroupId"])


@pytest.fixture
def image(ec2: Any) -> str:
    """An image that instances can be launched from."""
    return str(ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"])


@pytest.fixture
def refused() -> Callable[[str], Any]:
    """`with refused("DependencyViolation"): ...` holds if the block is refused with just that code."""

    @contextmanager
    def expecting(code: str) -> Iterator[None]:
        with pytest.raises(ClientError) as caught:
            yield
        assert caught.value.response["Error"]["Code"] == code

    return expecting
