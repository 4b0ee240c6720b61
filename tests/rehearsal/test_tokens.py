"""Client tokens: the same token gets the same answer, also after a restart, and nothing is made twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Client = Callable[..., Any]


@pytest.fixture
def launch(image: str, subnet: str) -> dict[str, Any]:
    """Parameters of a launch with a token."""
    return {"ImageId": image, "MinCount": 1, "MaxCount": 1, "SubnetId": subnet, "ClientToken": "one"}


def test_a_launch_with_the_same_token_is_the_same_instance(ec2: Any, launch: dict[str, Any]) -> None:
    first, second = (ec2.run_instances(**launch)["Instances"][0]["InstanceId"] for _ in range(2))

    assert first == second
    assert len(ec2.describe_instances()["Reservations"]) == 1


@pytest.mark.truth("launch-token-of-other-parameters")
def test_a_token_belongs_to_its_parameters(ec2: Any, launch: dict[str, Any], refused: Refused) -> None:
    ec2.run_instances(**launch)

    with refused("IdempotentParameterMismatch"):
        ec2.run_instances(**{**launch, "MaxCount": 2})


def test_a_token_counts_in_its_zone_only(ec2: Any, vpc: str, launch: dict[str, Any]) -> None:
    elsewhere = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone="eu-west-2b")["Subnet"]
    ec2.run_instances(**launch)

    ec2.run_instances(**{**launch, "SubnetId": elsewhere["SubnetId"]})

    assert len(ec2.describe_instances()["Reservations"]) == 2


@pytest.mark.truth("launch-token-used-up")
def test_the_token_of_a_terminated_instance_is_used_up(ec2: Any, launch: dict[str, Any], refused: Refused) -> None:
    instance = ec2.run_instances(**launch)["Instances"][0]["InstanceId"]
    ec2.terminate_instances(InstanceIds=[instance])

    with refused("IdempotentInstanceTerminated"):
        ec2.run_instances(**launch)


def test_a_refused_call_uses_no_token_up(ec2: Any, launch: dict[str, Any], refused: Refused) -> None:
    with refused("InvalidKeyPair.NotFound"):
        ec2.run_instances(**launch, KeyName="range")
    with refused("DryRunOperation"):
        ec2.run_instances(**launch, DryRun=True)

    ec2.run_instances(**launch)


@pytest.mark.truth("nat-gateway-asked-for-twice")
def test_a_nat_gateway_asked_for_twice_is_one(ec2: Any, vpc: str, subnet: str) -> None:
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    asked = {"SubnetId": subnet, "AllocationId": address, "ClientToken": "one"}

    first, second = (ec2.create_nat_gateway(**asked)["NatGateway"]["NatGatewayId"] for _ in range(2))

    assert first == second
    assert len(ec2.describe_nat_gateways()["NatGateways"]) == 1


@pytest.mark.truth("volume-token-of-other-parameters")
def test_a_volume_asked_for_twice_is_one_and_another_size_is_refused(ec2: Any, refused: Refused) -> None:
    asked = {"AvailabilityZone": "eu-west-2a", "Size": 1, "ClientToken": "one"}

    assert ec2.create_volume(**asked)["VolumeId"] == ec2.create_volume(**asked)["VolumeId"]
    with refused("IdempotentParameterMismatch"):
        ec2.create_volume(**{**asked, "Size": 2})


@pytest.mark.truth("share-token-of-other-parameters")
def test_a_share_asked_for_twice_is_one(client: Client, refused: Refused) -> None:
    ram = client("ram")

    first, second = (ram.create_resource_share(name="nothing", clientToken="one")["resourceShare"] for _ in range(2))

    assert first["resourceShareArn"] == second["resourceShareArn"]
    with refused("IdempotentParameterMismatchException"):
        ram.create_resource_share(name="something", clientToken="one")


def test_a_secret_asked_for_twice_with_one_token_is_one(client: Client, refused: Refused) -> None:
    secrets = client("secretsmanager")
    asked = {"Name": "key", "SecretString": "s", "ClientRequestToken": "a" * 32}

    assert secrets.create_secret(**asked)["ARN"] == secrets.create_secret(**asked)["ARN"]
    with refused("ResourceExistsException"):
        secrets.create_secret(**{**asked, "SecretString": "t"})


def test_each_account_has_tokens_of_its_own(client: Client) -> None:
    asked = {"AvailabilityZone": "eu-west-2a", "Size": 1, "ClientToken": "one"}

    made = {client("ec2", account).create_volume(**asked)["VolumeId"] for account in ("200000000001", "200000000002")}

    assert len(made) == 2
