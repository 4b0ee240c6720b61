"""Transit gateways and resource shares, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Clients = Callable[..., Any]
MANAGEMENT, HUB = "100000000001", "100000000002"
OFF = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}


@pytest.fixture
def gateway(ec2: Any) -> str:
    """A transit gateway of the ally's without default tables."""
    made = ec2.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    ec2.describe_transit_gateways()
    return str(made)


@pytest.fixture
def table(ec2: Any, gateway: str) -> str:
    """A route table of that gateway."""
    made = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    ec2.describe_transit_gateway_route_tables()
    return str(made["TransitGatewayRouteTableId"])


@pytest.fixture
def attachment(ec2: Any, gateway: str, vpc: str, subnet: str) -> str:
    """An attachment of the VPC to that gateway, available."""
    made = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    ec2.describe_transit_gateway_vpc_attachments()
    return str(made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])


def remove(ec2: Any, attachment: str) -> None:
    """Delete an attachment and see it gone."""
    ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    ec2.describe_transit_gateway_vpc_attachments()


@pytest.mark.truth("gateway-with-attachments", "gateway-gone", "attachment-gone")
def test_a_gateway_stays_while_an_attachment_does_and_both_go_once(
    ec2: Any, gateway: str, attachment: str, refused: Refused
) -> None:
    with refused("IncorrectState"):
        ec2.delete_transit_gateway(TransitGatewayId=gateway)
    remove(ec2, attachment)
    with refused("InvalidTransitGatewayAttachmentID.NotFound"):
        ec2.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)

    ec2.delete_transit_gateway(TransitGatewayId=gateway)
    ec2.describe_transit_gateways()
    with refused("InvalidTransitGatewayID.NotFound"):
        ec2.delete_transit_gateway(TransitGatewayId=gateway)


@pytest.mark.truth("attachment-twice", "attachment-twice-in-a-zone")
def test_a_vpc_is_attached_once_with_one_subnet_per_zone(
    ec2: Any, gateway: str, vpc: str, subnet: str, refused: Refused
) -> None:
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone="eu-west-2a")
    second = made["Subnet"]["SubnetId"]
    with refused("DuplicateSubnetsInSameZone"):
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet, second])
    ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    with refused("DuplicateTransitGatewayAttachment"):
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])


@pytest.mark.truth("attachment-to-an-unshared-gateway", "propagation-too-early", "attachment-accepted-twice")
def test_another_accounts_gateway_must_be_shared_and_its_owner_must_accept(
    clients: Clients, ec2: Any, vpc: str, subnet: str, refused: Refused
) -> None:
    hub = clients("ec2", HUB)
    made = hub.create_transit_gateway(Options=OFF)["TransitGateway"]
    hub.describe_transit_gateways()
    gateway = made["TransitGatewayId"]
    with refused("InvalidTransitGatewayID.NotFound"):
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])

    organisation = share(clients, made["TransitGatewayArn"])
    assert organisation.startswith("arn:aws:organizations::")
    asked = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    attachment = asked["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    table = hub.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    hub.describe_transit_gateway_route_tables()
    propagation = {
        "TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"],
        "TransitGatewayAttachmentId": attachment,
    }
    with refused("IncorrectState"):
        hub.enable_transit_gateway_route_table_propagation(**propagation)
    hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    hub.describe_transit_gateway_vpc_attachments()
    with refused("IncorrectState"):
        hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)

    hub.enable_transit_gateway_route_table_propagation(**propagation)


def share(clients: Clients, arn: str) -> str:
    """Share a resource of the hub's with the whole organisation; give the organisation's ARN."""
    clients("ram", MANAGEMENT).enable_sharing_with_aws_organization()
    organisation = str(clients("organizations", MANAGEMENT).describe_organization()["Organization"]["Arn"])
    clients("ram", HUB).create_resource_share(name="gateway", resourceArns=[arn], principals=[organisation])
    return organisation


@pytest.mark.truth("gateway-association-second", "gateway-association-absent", "gateway-table-in-use")
def test_an_attachment_uses_one_table_and_keeps_it(
    ec2: Any, gateway: str, table: str, attachment: str, refused: Refused
) -> None:
    pair = {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment}
    with refused("InvalidAssociation.NotFound"):
        ec2.disassociate_transit_gateway_route_table(**pair)
    ec2.associate_transit_gateway_route_table(**pair)
    ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)
    with refused("Resource.AlreadyAssociated"):
        ec2.associate_transit_gateway_route_table(**pair)
    with refused("IncorrectState"):
        ec2.delete_transit_gateway_route_table(TransitGatewayRouteTableId=table)

    ec2.disassociate_transit_gateway_route_table(**pair)
    ec2.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)
    ec2.delete_transit_gateway_route_table(TransitGatewayRouteTableId=table)


@pytest.mark.truth("gateway-table-default")
def test_a_default_table_stays(ec2: Any, refused: Refused) -> None:
    made = ec2.create_transit_gateway()["TransitGateway"]
    ec2.describe_transit_gateways()
    with refused("IncorrectState"):
        ec2.delete_transit_gateway_route_table(
            TransitGatewayRouteTableId=made["Options"]["AssociationDefaultRouteTableId"]
        )


@pytest.mark.truth("propagation-twice", "propagation-absent")
def test_a_table_learns_from_an_attachment_once(ec2: Any, table: str, attachment: str, refused: Refused) -> None:
    pair = {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment}
    with refused("TransitGatewayRouteTablePropagation.NotFound"):
        ec2.disable_transit_gateway_route_table_propagation(**pair)
    ec2.enable_transit_gateway_route_table_propagation(**pair)
    with refused("TransitGatewayRouteTablePropagation.Duplicate"):
        ec2.enable_transit_gateway_route_table_propagation(**pair)


@pytest.mark.truth("gateway-route-twice", "gateway-route-absent")
def test_a_destination_is_routed_once_per_table(ec2: Any, table: str, refused: Refused) -> None:
    route = {"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8"}
    with refused("InvalidRoute.NotFound"):
        ec2.delete_transit_gateway_route(**route)
    ec2.create_transit_gateway_route(**route, Blackhole=True)
    with refused("RouteAlreadyExists"):
        ec2.create_transit_gateway_route(**route, Blackhole=True)

    ec2.delete_transit_gateway_route(**route)


@pytest.mark.truth("gateway-not-ready")
def test_a_gateway_is_used_when_it_is_available(ec2: Any, vpc: str, subnet: str, refused: Refused) -> None:
    gateway = ec2.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    with refused("IncorrectState"):
        ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)

    ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    ec2.modify_transit_gateway(TransitGatewayId=gateway, Description="changed")
    with refused("IncorrectState"):
        ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])


@pytest.mark.truth("gateway-table-of-a-foreign-attachment")
def test_a_table_has_attachments_of_its_own_gateway(ec2: Any, attachment: str, refused: Refused) -> None:
    other = ec2.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    ec2.describe_transit_gateways()
    table = ec2.create_transit_gateway_route_table(TransitGatewayId=other)["TransitGatewayRouteTable"]
    ec2.describe_transit_gateway_route_tables()
    pair = {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"], "TransitGatewayAttachmentId": attachment}
    with refused("InvalidTransitGatewayAttachmentID.NotFound"):
        ec2.associate_transit_gateway_route_table(**pair)
    with refused("InvalidTransitGatewayAttachmentID.NotFound"):
        ec2.enable_transit_gateway_route_table_propagation(**pair)
    with refused("InvalidTransitGatewayAttachmentID.NotFound"):
        ec2.create_transit_gateway_route(**pair, DestinationCidrBlock="10.9.0.0/16")


@pytest.mark.truth("share-of-nothing", "share-of-what-cannot-be-shared")
@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("arn:aws:ec2:eu-west-2:100000000002:transit-gateway/tgw-0123456789abcdef0", "UnknownResourceException"),
        ("arn:aws:iam::100000000002:role/host", "MalformedArnException"),
    ],
)
def test_what_is_shared_exists_and_can_be_shared(arn: str, code: str, clients: Clients, refused: Refused) -> None:
    with refused(code):
        clients("ram", HUB).create_resource_share(name="share", resourceArns=[arn])


@pytest.mark.truth("share-with-an-unknown-organisation", "sharing-switched-on-by-a-member")
def test_sharing_within_the_organisation_is_switched_on_by_its_manager(clients: Clients, refused: Refused) -> None:
    organisation = clients("organizations", MANAGEMENT).describe_organization()["Organization"]["Arn"]
    with refused("UnknownResourceException"):
        clients("ram", HUB).create_resource_share(name="share", principals=[organisation])
    with refused("OperationNotPermittedException"):
        clients("ram", HUB).enable_sharing_with_aws_organization()

    clients("ram", MANAGEMENT).enable_sharing_with_aws_organization()
    clients("ram", HUB).create_resource_share(name="share", principals=[organisation])


@pytest.mark.truth("share-invitation-absent")
def test_within_an_organisation_there_is_nothing_to_accept(clients: Clients, refused: Refused) -> None:
    with refused("ResourceShareInvitationArnNotFoundException"):
        clients("ram").accept_resource_share_invitation(
            resourceShareInvitationArn="arn:aws:ram:eu-west-2:100000000002:resource-share-invitation/none"
        )
