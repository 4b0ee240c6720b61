"""Transit gateways: shared, attached from elsewhere, accepted, and what their tables say then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from range.rehearsal.areas.gateways.models import StaticRoute, kept_by
from tests.rehearsal.conftest import EST, HUB, MANAGEMENT, POL, REGION

Client = Callable[..., Any]
Refused = Callable[[str], Any]
OFF = {
    "AutoAcceptSharedAttachments": "disable",
    "DefaultRouteTableAssociation": "disable",
    "DefaultRouteTablePropagation": "disable",
    "SecurityGroupReferencingSupport": "disable",
}
EVERY_STATE = [{"Name": "state", "Values": ["active", "blackhole"]}]


@pytest.fixture
def hub(client: Client) -> Any:
    """EC2 of the hub's account."""
    return client("ec2", HUB)


@pytest.fixture
def gateway(hub: Any) -> Any:
    """A gateway of the hub with all that happens by itself switched off."""
    made = hub.create_transit_gateway(Options=OFF)["TransitGateway"]
    hub.describe_transit_gateways()
    return made


@pytest.fixture
def shared(client: Client, gateway: Any) -> str:
    """The id of that gateway, shared with the ally's account."""
    client("ram", MANAGEMENT).enable_sharing_with_aws_organization()
    arns = {"resourceArns": [gateway["TransitGatewayArn"]], "principals": [EST]}
    client("ram", HUB).create_resource_share(name="gateway", allowExternalPrincipals=False, **arns)
    return str(gateway["TransitGatewayId"])


@pytest.fixture
def attachment(ec2: Any, shared: str, vpc: str, subnet: str) -> str:
    """An attachment that the ally asked for and that the hub hasn't accepted."""
    made = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=shared, VpcId=vpc, SubnetIds=[subnet])
    return str(made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])


@pytest.fixture
def accepted(hub: Any, attachment: str) -> str:
    """That attachment, accepted."""
    hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    hub.describe_transit_gateway_vpc_attachments()
    return attachment


@pytest.fixture
def table(hub: Any, gateway: Any) -> str:
    """A route table of the gateway."""
    made = hub.create_transit_gateway_route_table(TransitGatewayId=gateway["TransitGatewayId"])
    return str(made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"])


def state_of(ec2: Any, attachment: str) -> str:
    found = ec2.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[attachment])
    return str(found["TransitGatewayVpcAttachments"][0]["State"])


def routes(hub: Any, table: str, filters: list[dict[str, Any]] = EVERY_STATE) -> dict[str, tuple[str, str]]:
    found = hub.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=filters)["Routes"]
    return {route["DestinationCidrBlock"]: (route["Type"], route["State"]) for route in found}


def test_a_gateway_says_what_it_was_asked_for_and_is_available_at_the_next_look(hub: Any) -> None:
    tags = [{"ResourceType": "transit-gateway", "Tags": [{"Key": "Name", "Value": "range"}]}]

    made = hub.create_transit_gateway(Description="hub", Options=OFF, TagSpecifications=tags)["TransitGateway"]

    seen = hub.describe_transit_gateways(TransitGatewayIds=[made["TransitGatewayId"]])["TransitGateways"][0]
    assert made["State"] == "pending"
    assert seen == {**made, "State": "available"}
    assert seen["Options"].items() >= OFF.items()
    assert "AssociationDefaultRouteTableId" not in seen["Options"]


def test_a_gateway_with_default_tables_uses_one_for_both(hub: Any) -> None:
    made = hub.create_transit_gateway()["TransitGateway"]

    tables = hub.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]
    ids = [made["Options"][f"{use}DefaultRouteTableId"] for use in ("Association", "Propagation")]
    assert ids == [tables[0]["TransitGatewayRouteTableId"]] * 2
    assert tables[0]["DefaultAssociationRouteTable"]
    assert tables[0]["DefaultPropagationRouteTable"]


def test_only_who_it_is_shared_with_sees_a_gateway(client: Client, shared: str) -> None:
    seen = {account: client("ec2", account).describe_transit_gateways()["TransitGateways"] for account in (EST, POL)}

    assert [gateway["TransitGatewayId"] for gateway in seen[EST]] == [shared]
    assert seen[POL] == []


def test_nobody_attaches_to_a_gateway_that_is_not_shared(
    ec2: Any, gateway: Any, vpc: str, subnet: str, refused: Refused
) -> None:
    with refused("InvalidTransitGatewayID.NotFound"):
        ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=gateway["TransitGatewayId"], VpcId=vpc, SubnetIds=[subnet]
        )


def test_both_accounts_see_that_an_attachment_waits(ec2: Any, hub: Any, attachment: str) -> None:
    assert state_of(ec2, attachment) == state_of(hub, attachment) == "pendingAcceptance"
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_only_the_owner_of_the_gateway_accepts(ec2: Any, hub: Any, attachment: str, refused: Refused) -> None:
    with refused("InvalidTransitGatewayAttachmentID.NotFound"):
        ec2.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)

    hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)

    assert state_of(ec2, attachment) == state_of(hub, attachment) == "available"
    with refused("IncorrectState"):
        hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)


def test_an_accepted_attachment_has_an_interface_in_each_subnet(ec2: Any, accepted: str, subnet: str) -> None:
    interface = ec2.describe_network_interfaces()["NetworkInterfaces"][0]

    assert (interface["SubnetId"], interface["InterfaceType"]) == (subnet, "transit_gateway")
    assert interface["RequesterManaged"]
    assert accepted in interface["Description"]


def test_a_rejected_attachment_is_not_there(ec2: Any, hub: Any, attachment: str, shared: str) -> None:
    hub.reject_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)

    assert state_of(ec2, attachment) == "rejected"
    hub.delete_transit_gateway(TransitGatewayId=shared)


@pytest.mark.parametrize("account", [EST, HUB])
def test_either_side_deletes_an_attachment(client: Client, ec2: Any, accepted: str, account: str) -> None:
    client("ec2", account).delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=accepted)

    assert state_of(client("ec2", HUB), accepted) == state_of(ec2, accepted) == "deleted"
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []


def test_each_account_sees_only_its_own_tags(ec2: Any, hub: Any, attachment: str) -> None:
    ec2.create_tags(Resources=[attachment], Tags=[{"Key": "side", "Value": "ally"}])
    hub.create_tags(Resources=[attachment], Tags=[{"Key": "side", "Value": "hub"}])

    tags = [
        each.describe_transit_gateway_attachments(Filters=[{"Name": "tag-key", "Values": ["side"]}])
        for each in (ec2, hub)
    ]
    assert [found["TransitGatewayAttachments"][0]["Tags"][0]["Value"] for found in tags] == ["ally", "hub"]


def test_an_attachment_uses_one_table_at_a_time(hub: Any, accepted: str, table: str, refused: Refused) -> None:
    pair = {"TransitGatewayAttachmentId": accepted, "TransitGatewayRouteTableId": table}
    with refused("InvalidAssociation.NotFound"):
        hub.disassociate_transit_gateway_route_table(**pair)

    hub.associate_transit_gateway_route_table(**pair)

    found = hub.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)["Associations"]
    assert [(each["TransitGatewayAttachmentId"], each["State"]) for each in found] == [(accepted, "associated")]
    with refused("Resource.AlreadyAssociated"):
        hub.associate_transit_gateway_route_table(**pair)
    with refused("IncorrectState"):
        hub.delete_transit_gateway_route_table(TransitGatewayRouteTableId=table)
    hub.disassociate_transit_gateway_route_table(**pair)
    hub.delete_transit_gateway_route_table(TransitGatewayRouteTableId=table)


def test_an_attachment_that_waits_uses_no_table(hub: Any, attachment: str, table: str, refused: Refused) -> None:
    with refused("IncorrectState"):
        hub.associate_transit_gateway_route_table(
            TransitGatewayAttachmentId=attachment, TransitGatewayRouteTableId=table
        )


def test_the_ally_sees_no_table_of_the_gateway(ec2: Any, accepted: str, table: str, refused: Refused) -> None:
    assert ec2.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"] == []
    with refused("InvalidRouteTableID.NotFound"):
        ec2.associate_transit_gateway_route_table(TransitGatewayAttachmentId=accepted, TransitGatewayRouteTableId=table)


def test_a_table_learns_the_ranges_of_a_vpc_while_propagation_is_on(
    ec2: Any, hub: Any, accepted: str, table: str, vpc: str
) -> None:
    pair = {"TransitGatewayAttachmentId": accepted, "TransitGatewayRouteTableId": table}
    hub.enable_transit_gateway_route_table_propagation(**pair)
    ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.2.0.0/16")

    learned = routes(hub, table)
    hub.disable_transit_gateway_route_table_propagation(**pair)

    assert learned == {"10.1.0.0/16": ("propagated", "active"), "10.2.0.0/16": ("propagated", "active")}
    assert routes(hub, table) == {}


def test_what_was_written_wins_over_what_was_learned(hub: Any, accepted: str, table: str, refused: Refused) -> None:
    pair = {"TransitGatewayAttachmentId": accepted, "TransitGatewayRouteTableId": table}
    hub.enable_transit_gateway_route_table_propagation(**pair)
    hole = {"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "10.1.0.0/16"}

    hub.create_transit_gateway_route(**hole, Blackhole=True)

    assert routes(hub, table) == {"10.1.0.0/16": ("static", "blackhole")}
    with refused("RouteAlreadyExists"):
        hub.create_transit_gateway_route(**hole, Blackhole=True)
    hub.delete_transit_gateway_route(**hole)
    assert routes(hub, table) == {"10.1.0.0/16": ("propagated", "active")}


@pytest.mark.truth("attachment-with-static-routes-deleted")
def test_routes_to_a_deleted_attachment_stay_as_blackholes(hub: Any, accepted: str, table: str) -> None:
    pair = {"TransitGatewayAttachmentId": accepted, "TransitGatewayRouteTableId": table}
    hub.create_transit_gateway_route(DestinationCidrBlock="10.9.0.0/16", **pair)
    hub.enable_transit_gateway_route_table_propagation(**pair)

    hub.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=accepted)

    assert routes(hub, table) == {"10.9.0.0/16": ("static", "blackhole")}


def test_a_vpcs_route_to_a_gateway_leads_nowhere_once_it_is_not_attached_any_more(
    ec2: Any, hub: Any, gateway: Any, accepted: str, vpc: str
) -> None:
    def state() -> str:
        (seen,) = ec2.describe_route_tables(RouteTableIds=[main["RouteTableId"]])["RouteTables"]
        return str(seen["Routes"][-1]["State"])

    (main,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    away = {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": gateway["TransitGatewayId"]}
    ec2.create_route(RouteTableId=main["RouteTableId"], **away)
    assert state() == "active"

    hub.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=accepted)

    assert state() == "blackhole"


@pytest.mark.parametrize(
    ("how", "value", "expected"),
    [
        ("exact-match", "10.1.0.0/16", {"10.1.0.0/16"}),
        ("longest-prefix-match", "10.1.2.3", {"10.1.0.0/16"}),
        ("supernet-of-match", "10.1.2.0/24", {"10.1.0.0/16", "10.0.0.0/8"}),
        ("subnet-of-match", "10.0.0.0/8", {"10.1.0.0/16", "10.0.0.0/8"}),
    ],
)
def test_routes_are_found_by_their_ranges(
    hub: Any, accepted: str, table: str, how: str, value: str, expected: set[str]
) -> None:
    hub.enable_transit_gateway_route_table_propagation(
        TransitGatewayAttachmentId=accepted, TransitGatewayRouteTableId=table
    )
    for hole in ("10.0.0.0/8", "172.16.0.0/12"):
        hub.create_transit_gateway_route(TransitGatewayRouteTableId=table, DestinationCidrBlock=hole, Blackhole=True)

    assert set(routes(hub, table, [{"Name": f"route-search.{how}", "Values": [value]}])) == expected


def test_a_search_says_that_there_is_more(hub: Any, table: str) -> None:
    for number in range(7):
        hub.create_transit_gateway_route(
            TransitGatewayRouteTableId=table, DestinationCidrBlock=f"10.{number}.0.0/16", Blackhole=True
        )

    found = hub.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=EVERY_STATE, MaxResults=5)

    assert (len(found["Routes"]), found["AdditionalRoutesAvailable"]) == (5, True)


def test_a_search_shows_a_thousand_routes_and_says_that_there_are_more(hub: Any, table: str) -> None:
    written = [f"10.{number // 256}.{number % 256}.0/24" for number in range(1001)]
    kept_by(HUB, REGION).tables[table].routes.update({cidr: StaticRoute(cidr, None) for cidr in written})

    everything = hub.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=EVERY_STATE)
    narrower = [*EVERY_STATE, {"Name": "route-search.subnet-of-match", "Values": ["10.3.0.0/16"]}]
    some = hub.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=narrower)

    assert (len(everything["Routes"]), everything["AdditionalRoutesAvailable"]) == (1000, True)
    assert (len(some["Routes"]), some["AdditionalRoutesAvailable"]) == (1001 - 3 * 256, False)


def test_a_gateway_stays_while_something_is_attached(hub: Any, accepted: str, shared: str, refused: Refused) -> None:
    with refused("IncorrectState"):
        hub.delete_transit_gateway(TransitGatewayId=shared)

    hub.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=accepted)
    hub.describe_transit_gateway_vpc_attachments()
    hub.delete_transit_gateway(TransitGatewayId=shared)
    hub.describe_transit_gateways()

    with refused("InvalidTransitGatewayID.NotFound"):
        hub.delete_transit_gateway(TransitGatewayId=shared)


def test_an_own_attachment_of_a_gateway_with_default_tables_uses_them(hub: Any) -> None:
    made = hub.create_transit_gateway()["TransitGateway"]
    hub.describe_transit_gateways()
    vpc = hub.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    subnet = hub.create_subnet(VpcId=vpc, CidrBlock="10.7.0.0/28")["Subnet"]["SubnetId"]

    hub.create_transit_gateway_vpc_attachment(TransitGatewayId=made["TransitGatewayId"], VpcId=vpc, SubnetIds=[subnet])

    table = made["Options"]["AssociationDefaultRouteTableId"]
    attached = hub.describe_transit_gateway_attachments()["TransitGatewayAttachments"][0]
    assert attached["Association"] == {"TransitGatewayRouteTableId": table, "State": "associated"}
    assert routes(hub, table) == {"10.7.0.0/16": ("propagated", "active")}


def test_an_attachment_gets_and_loses_subnets(ec2: Any, accepted: str, vpc: str, subnet: str) -> None:
    other = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone="eu-west-2b")["Subnet"]["SubnetId"]

    ec2.modify_transit_gateway_vpc_attachment(
        TransitGatewayAttachmentId=accepted, AddSubnetIds=[other], RemoveSubnetIds=[subnet]
    )

    interfaces = ec2.describe_network_interfaces()["NetworkInterfaces"]
    seen = ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"][0]
    assert [interface["SubnetId"] for interface in interfaces] == seen["SubnetIds"] == [other]


def test_a_route_of_the_vpc_leads_to_the_gateway_of_the_hub(ec2: Any, accepted: str, shared: str, vpc: str) -> None:
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]

    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=shared)

    found = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert {route["DestinationCidrBlock"]: route.get("TransitGatewayId") for route in found} == {
        "10.1.0.0/16": None,
        "10.0.0.0/8": shared,
    }


@pytest.mark.truth("gateway-default-table-unnamed")
def test_default_tables_are_switched_with_their_ids(hub: Any, gateway: Any, table: str, refused: Refused) -> None:
    change = {"TransitGatewayId": gateway["TransitGatewayId"]}
    with refused("InvalidParameterCombination"):
        hub.modify_transit_gateway(**change, Options={"DefaultRouteTableAssociation": "enable"})

    on = {"DefaultRouteTableAssociation": "enable", "AssociationDefaultRouteTableId": table}
    hub.modify_transit_gateway(**change, Description="hub", Options=on)

    seen = hub.describe_transit_gateways()["TransitGateways"][0]
    assert seen["Options"].items() >= on.items()
    assert seen["Description"] == "hub"
    with refused("IncorrectState"):
        hub.delete_transit_gateway_route_table(TransitGatewayRouteTableId=table)
