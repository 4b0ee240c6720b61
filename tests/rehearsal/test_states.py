"""States that don't last: each is begun by a call and left with the next look, and refusals hold meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from range.rehearsal.states import passing
from tests.rehearsal.conftest import REGION

Refused = Callable[[str], Any]


@pytest.fixture
def instance(ec2: Any, image: str, subnet: str) -> str:
    """An instance that was just launched."""
    launched = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)
    assert launched["Instances"][0]["State"]["Name"] == "pending"
    return str(launched["Instances"][0]["InstanceId"])


@pytest.fixture
def address(ec2: Any) -> str:
    """An elastic address."""
    return str(ec2.allocate_address(Domain="vpc")["AllocationId"])


@pytest.fixture
def way_out(ec2: Any, vpc: str) -> str:
    """An internet gateway of the VPC."""
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return str(gateway)


def state_of(ec2: Any, instance: str) -> str:
    return str(ec2.describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"][0]["State"]["Name"])


def nat_gateway(ec2: Any, gateway: str) -> Any:
    return ec2.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"][0]


def last_no_longer(id: str) -> None:
    """Let the state that a thing is in be over."""
    there = passing.passings(REGION)
    assert there is not None
    there.things[id].due = 0.0


def test_an_instance_passes_through_all_its_states_and_stays_visible(ec2: Any, instance: str) -> None:
    assert state_of(ec2, instance) == "running"

    stopping = ec2.stop_instances(InstanceIds=[instance])["StoppingInstances"][0]
    assert (stopping["CurrentState"]["Name"], state_of(ec2, instance)) == ("stopping", "stopped")
    starting = ec2.start_instances(InstanceIds=[instance])["StartingInstances"][0]
    assert (starting["CurrentState"]["Name"], state_of(ec2, instance)) == ("pending", "running")
    ending = ec2.terminate_instances(InstanceIds=[instance])["TerminatingInstances"][0]
    assert (ending["CurrentState"]["Name"], state_of(ec2, instance)) == ("shutting-down", "terminated")
    assert state_of(ec2, instance) == "terminated"


def test_only_what_a_call_looks_at_moves_on(ec2: Any, image: str, subnet: str, instance: str) -> None:
    other = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]["InstanceId"]

    assert state_of(ec2, instance) == "running"

    volume = ec2.create_volume(AvailabilityZone="eu-west-2a", Size=1)["VolumeId"]
    ended = ec2.terminate_instances(InstanceIds=[other])["TerminatingInstances"][0]
    assert ended["PreviousState"]["Name"] == "pending"
    assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] == "available"


def test_an_instance_holds_its_subnet_until_it_has_ended(
    ec2: Any, instance: str, subnet: str, refused: Refused
) -> None:
    ec2.terminate_instances(InstanceIds=[instance])

    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)

    ec2.delete_subnet(SubnetId=subnet)  # who is refused and tries again has waited


def test_a_nat_gateway_is_pending_then_available_then_deleting_then_deleted(
    ec2: Any, subnet: str, address: str, way_out: str, refused: Refused
) -> None:
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    assert made["State"] == "pending"
    assert nat_gateway(ec2, made["NatGatewayId"])["State"] == "available"

    ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
    with refused("AuthFailure"):
        ec2.release_address(AllocationId=address)

    assert nat_gateway(ec2, made["NatGatewayId"])["State"] == "deleted"
    ec2.release_address(AllocationId=address)
    ec2.delete_subnet(SubnetId=subnet)


@pytest.mark.truth("nat-gateway-without-a-way-out")
def test_a_nat_gateway_without_a_way_out_fails_and_says_why(ec2: Any, subnet: str, address: str) -> None:
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]

    seen = nat_gateway(ec2, made["NatGatewayId"])

    assert (made["State"], seen["State"], seen["FailureCode"]) == ("pending", "failed", "Gateway.NotAttached")
    ec2.delete_subnet(SubnetId=subnet)


@pytest.mark.truth("nat-gateway-on-a-used-address")
def test_an_address_serves_one_nat_gateway(ec2: Any, subnet: str, address: str, way_out: str) -> None:
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)

    second = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]

    assert nat_gateway(ec2, second)["FailureCode"] == "Resource.AlreadyAssociated"


def test_an_endpoint_is_pending_then_available_and_its_interfaces_go_when_it_is_deleted(
    ec2: Any, vpc: str, subnet: str
) -> None:
    group = ec2.create_security_group(GroupName="endpoints", Description="endpoints", VpcId=vpc)["GroupId"]
    made = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.eu-west-2.logs", VpcEndpointType="Interface", SubnetIds=[subnet],
        SecurityGroupIds=[group], PrivateDnsEnabled=False,
    )["VpcEndpoint"]  # fmt: skip
    assert made["State"] == "pending"
    (interface,) = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert (interface["InterfaceType"], interface["RequesterManaged"]) == ("vpc_endpoint", True)
    assert [each["GroupId"] for each in interface["Groups"]] == [group]
    assert ec2.describe_vpc_endpoints()["VpcEndpoints"][0]["State"] == "available"

    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])

    assert ec2.describe_vpc_endpoints()["VpcEndpoints"][0]["State"] == "deleted"
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


@pytest.mark.truth("peering-of-overlapping-ranges", "peering-over-the-same-range")
def test_a_peering_of_overlapping_ranges_fails(ec2: Any, vpc: str) -> None:
    other = ec2.create_vpc(CidrBlock="10.1.128.0/17")["Vpc"]["VpcId"]

    made = ec2.create_vpc_peering_connection(VpcId=vpc, PeerVpcId=other)["VpcPeeringConnection"]

    (seen,) = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert (made["Status"]["Code"], seen["Status"]["Code"]) == ("initiating-request", "failed")


def test_volumes_and_snapshots_are_made_first(ec2: Any) -> None:
    volume = ec2.create_volume(AvailabilityZone="eu-west-2a", Size=1)
    snapshot = ec2.create_snapshot(VolumeId=volume["VolumeId"])

    assert (volume["State"], ec2.describe_volumes()["Volumes"][0]["State"]) == ("creating", "available")
    seen = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]["State"]
    assert (snapshot["State"], seen) == ("pending", "completed")


def test_a_volume_is_deleting_before_it_is_gone(ec2: Any, monkeypatch: pytest.MonkeyPatch, refused: Refused) -> None:
    volume = ec2.create_volume(AvailabilityZone="eu-west-2a", Size=1)["VolumeId"]
    ec2.describe_volumes()
    monkeypatch.setattr(passing, "delays_s", MappingProxyType({"volume:deleting": 3600.0}))

    ec2.delete_volume(VolumeId=volume)

    assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] == "deleting"
    last_no_longer(volume)
    with refused("InvalidVolume.NotFound"):
        ec2.describe_volumes(VolumeIds=[volume])


def test_an_image_is_pending_first(ec2: Any, instance: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "delays_s", MappingProxyType({"image:pending": 3600.0}))

    image = ec2.create_image(InstanceId=instance, Name="golden")["ImageId"]

    assert ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "pending"
    last_no_longer(image)
    assert ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "available"
    ec2.deregister_image(ImageId=image)


def test_a_latency_profile_makes_states_last(
    ec2: Any, instance: str, subnet: str, refused: Refused, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert state_of(ec2, instance) == "running"
    monkeypatch.setattr(passing, "delays_s", MappingProxyType({"instance:shutting-down": 3600.0}))

    ec2.terminate_instances(InstanceIds=[instance])

    assert state_of(ec2, instance) == "shutting-down"
    for _ in range(2):
        with refused("DependencyViolation"):
            ec2.delete_subnet(SubnetId=subnet)


@pytest.mark.truth("instances-one-protected")
def test_a_protected_instance_keeps_only_those_of_its_zone_alive(
    ec2: Any, image: str, vpc: str, subnet: str, refused: Refused
) -> None:
    elsewhere = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone="eu-west-2b")["Subnet"]
    launch = {"ImageId": image, "MinCount": 1, "MaxCount": 1}
    kept = ec2.run_instances(**launch, SubnetId=subnet, DisableApiTermination=True)["Instances"][0]["InstanceId"]
    spared = ec2.run_instances(**launch, SubnetId=subnet)["Instances"][0]["InstanceId"]
    ended = ec2.run_instances(**launch, SubnetId=elsewhere["SubnetId"])["Instances"][0]["InstanceId"]

    with refused("OperationNotPermitted"):
        ec2.terminate_instances(InstanceIds=[kept, spared, ended])

    assert [state_of(ec2, each) for each in (kept, spared, ended)] == ["running", "running", "terminated"]
