"""Interfaces and addresses, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
OTHER_ALLY = "200000000002"


@pytest.fixture
def gateway(ec2: Any, vpc: str) -> str:
    """An internet gateway attached to the VPC."""
    made = str(ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=vpc)
    return made


@pytest.fixture
def interface(ec2: Any, subnet: str) -> str:
    """An interface that is attached to nothing."""
    return str(ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"])


@pytest.fixture
def address(ec2: Any) -> str:
    """An elastic address that nothing uses."""
    return str(ec2.allocate_address(Domain="vpc")["AllocationId"])


def launched(ec2: Any, image: str, subnet: str) -> Any:
    """Launch an instance in a subnet and describe it."""
    return ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]


@pytest.mark.truth("interface-of-a-service")
def test_an_interface_of_a_nat_gateway_cannot_be_deleted(ec2: Any, subnet: str, refused: Refused) -> None:
    ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")
    (kept,) = ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [subnet]}])["NetworkInterfaces"]
    with refused("InvalidParameterValue"):
        ec2.delete_network_interface(NetworkInterfaceId=kept["NetworkInterfaceId"])


@pytest.mark.truth("interface-of-a-service")
def test_an_interface_of_an_endpoint_cannot_be_deleted(ec2: Any, vpc: str, subnet: str, refused: Refused) -> None:
    name = "com.amazonaws.eu-west-2.ssm"
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType="Interface", SubnetIds=[subnet])
    (kept,) = ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [subnet]}])["NetworkInterfaces"]
    with refused("InvalidParameterValue"):
        ec2.delete_network_interface(NetworkInterfaceId=kept["NetworkInterfaceId"])


@pytest.mark.truth("interface-of-a-service-detached", "interface-of-a-service-changed")
def test_what_a_service_attached_only_the_service_manages(ec2: Any, vpc: str, subnet: str, refused: Refused) -> None:
    name = "com.amazonaws.eu-west-2.ssm"
    ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=name, VpcEndpointType="Interface", SubnetIds=[subnet])
    (kept,) = ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [subnet]}])["NetworkInterfaces"]
    assert kept["Attachment"]["InstanceOwnerId"] == "amazon-aws"
    with refused("OperationNotPermitted"):
        ec2.detach_network_interface(AttachmentId=kept["Attachment"]["AttachmentId"], Force=True)
    with refused("AuthFailure"):
        ec2.modify_network_interface_attribute(
            NetworkInterfaceId=kept["NetworkInterfaceId"], SourceDestCheck={"Value": False}
        )


@pytest.mark.truth("interface-attached")
def test_an_attached_interface_cannot_be_deleted(
    ec2: Any, image: str, subnet: str, interface: str, refused: Refused
) -> None:
    instance = launched(ec2, image, subnet)["InstanceId"]
    ec2.attach_network_interface(NetworkInterfaceId=interface, InstanceId=instance, DeviceIndex=1)
    with refused("InvalidNetworkInterface.InUse"):
        ec2.delete_network_interface(NetworkInterfaceId=interface)

    ec2.terminate_instances(InstanceIds=[instance])
    ec2.describe_instances()
    ec2.delete_network_interface(NetworkInterfaceId=interface)


@pytest.mark.truth("interface-primary")
def test_the_first_interface_of_an_instance_stays(ec2: Any, image: str, subnet: str, refused: Refused) -> None:
    first = launched(ec2, image, subnet)["NetworkInterfaces"][0]["Attachment"]["AttachmentId"]
    with refused("OperationNotPermitted"):
        ec2.detach_network_interface(AttachmentId=first)


@pytest.mark.truth("address-of-a-nat-gateway")
def test_an_address_stays_while_a_nat_gateway_has_it(
    ec2: Any, subnet: str, gateway: str, address: str, refused: Refused
) -> None:
    made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]["NatGatewayId"]
    with refused("AuthFailure"):
        ec2.release_address(AllocationId=address)

    ec2.delete_nat_gateway(NatGatewayId=made)
    ec2.describe_nat_gateways(NatGatewayIds=[made])
    ec2.release_address(AllocationId=address)


@pytest.mark.truth("address-in-use")
def test_an_address_stays_while_it_is_associated(
    ec2: Any, gateway: str, interface: str, address: str, refused: Refused
) -> None:
    associated = ec2.associate_address(AllocationId=address, NetworkInterfaceId=interface)["AssociationId"]
    with refused("InvalidIPAddress.InUse"):
        ec2.release_address(AllocationId=address)

    ec2.disassociate_address(AssociationId=associated)
    ec2.release_address(AllocationId=address)


@pytest.mark.truth("address-of-somebody-else")
def test_an_address_is_released_by_who_has_it(
    clients: Callable[..., Any], ec2: Any, address: str, refused: Refused
) -> None:
    with refused("AuthFailure"):
        clients("ec2", account=OTHER_ALLY).release_address(AllocationId=address)

    ec2.release_address(AllocationId=address)
    with refused("InvalidAllocationID.NotFound"):
        ec2.release_address(AllocationId=address)


@pytest.mark.truth("group-of-another-vpc")
def test_a_group_is_of_the_subnets_vpc(ec2: Any, image: str, subnet: str, refused: Refused) -> None:
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    stranger = ec2.create_security_group(GroupName="other", Description="other", VpcId=other)["GroupId"]
    with refused("InvalidParameter"):
        ec2.create_network_interface(SubnetId=subnet, Groups=[stranger])
    with refused("InvalidParameter"):
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, SecurityGroupIds=[stranger])


@pytest.mark.truth("addresses-over-quota")
def test_five_addresses_fit_a_region_and_no_more(ec2: Any, refused: Refused) -> None:
    for _ in range(5):
        ec2.allocate_address(Domain="vpc")
    with refused("AddressLimitExceeded"):
        ec2.allocate_address(Domain="vpc")


@pytest.mark.truth("address-associated")
def test_an_address_is_not_taken_away_unasked(
    ec2: Any, subnet: str, gateway: str, interface: str, address: str, refused: Refused
) -> None:
    ec2.associate_address(AllocationId=address, NetworkInterfaceId=interface)
    other = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
    with refused("Resource.AlreadyAssociated"):
        ec2.associate_address(AllocationId=address, NetworkInterfaceId=other, AllowReassociation=False)


@pytest.mark.truth("address-without-a-gateway")
def test_an_address_needs_an_internet_gateway(ec2: Any, interface: str, address: str, refused: Refused) -> None:
    with refused("Gateway.NotAttached"):
        ec2.associate_address(AllocationId=address, NetworkInterfaceId=interface)


@pytest.mark.truth("internet-gateway-with-public-addresses")
def test_a_gateway_stays_while_addresses_are_mapped(
    ec2: Any, vpc: str, gateway: str, interface: str, address: str, refused: Refused
) -> None:
    associated = ec2.associate_address(AllocationId=address, NetworkInterfaceId=interface)["AssociationId"]
    with refused("DependencyViolation"):
        ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)

    ec2.disassociate_address(AssociationId=associated)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)


@pytest.mark.truth("private-address-taken")
def test_a_private_address_is_given_once(ec2: Any, image: str, subnet: str, refused: Refused) -> None:
    ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.1.0.10")
    with refused("InvalidIPAddress.InUse"):
        ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress="10.1.0.10")
    with refused("InvalidIPAddress.InUse"):
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, PrivateIpAddress="10.1.0.10")


@pytest.mark.truth("private-address-not-of-the-subnet")
@pytest.mark.parametrize("wanted", ["10.1.0.0", "10.1.0.3", "10.1.0.255", "10.1.1.7", "10.9.0.7"])
def test_a_private_address_is_a_free_one_of_the_subnet(wanted: str, ec2: Any, subnet: str, refused: Refused) -> None:
    with refused("InvalidParameterValue"):
        ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress=wanted)
