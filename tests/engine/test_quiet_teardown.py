"""A teardown that nobody disturbs asks for each thing once, in an order that AWS takes; one that is disturbed clears up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.cli.conftest import Answer
from tests.cli.story import Place

pytestmark = [pytest.mark.prove, pytest.mark.engine, pytest.mark.timeout(1800)]

EST = "200000000002"
DELETING = ("Delete", "Deregister", "Detach", "Disassociate", "Release", "Remove", "Revoke", "Schedule", "Terminate")
"""How the names of calls begin that take something away."""
MOST_CALLS_PER_RESOURCE = 1.05

ONE_THING_OF_TWO_OWNERS = {("DeleteTransitGatewayVpcAttachment", "InvalidTransitGatewayAttachmentID.NotFound")}
"""The attachment and its acceptance are resources of two stacks' providers: deleting either deletes it on AWS."""


@dataclass(frozen=True)
class Life:
    """What was typed, and what the accounts' event histories say of the quiet teardown."""

    up: Answer
    quiet: Answer
    events: list[dict[str, Any]]
    up_again: Answer
    disturbed: Answer
    theirs: dict[str, str] = field(default_factory=dict)
    """What the vandal put into the network, by what it is."""


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Up and quietly down, up again, disturbed, and down; once for all tests."""
    place = Place(tmp_path_factory.mktemp("quiet"))
    try:
        up = place.type("up")
        began = datetime.now(UTC)
        quiet = place.type("down", "--yes")
        told = events(place, began)
        up_again = place.type("up", "--ally", "est")
        theirs = vandalise(place.client("ec2", EST))
        yield Life(up, quiet, told, up_again, place.type("down", "--yes"), theirs)
    finally:
        place.type("rehearsal", "stop")


def events(place: Place, began: datetime) -> list[dict[str, Any]]:
    """Read the event history of every account since then; global services are recorded in us-east-1."""
    found = []
    endpoint = place.environment["AWS_ENDPOINT_URL"]
    enclaves = [*place.content["allies"], *place.content["teams"].values()]
    for account in (place.content["accounts"]["hub"], *(enclave["account"] for enclave in enclaves)):
        session = place.session(account)
        for region in (place.content["region"], "us-east-1"):
            trail = session.client("cloudtrail", region_name=region, endpoint_url=endpoint)
            for page in trail.get_paginator("lookup_events").paginate(StartTime=began):
                found += [json.loads(event["CloudTrailEvent"]) for event in page["Events"]]
    return found


def vandalise(ec2: Any) -> dict[str, str]:
    """Put things into est's network that nobody declared, each in something's way."""
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    inside = [{"Name": "vpc-id", "Values": [vpc]}]
    subnet = ec2.describe_subnets(Filters=inside)["Subnets"][0]["SubnetId"]
    ours = next(each for each in ec2.describe_security_groups(Filters=inside)["SecurityGroups"] if each.get("Tags"))
    group = ec2.create_security_group(GroupName="theirs", Description="in the way", VpcId=vpc)["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "UserIdGroupPairs": [{"GroupId": group}]}
    ec2.authorize_security_group_ingress(GroupId=ours["GroupId"], IpPermissions=[rule])
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    image = next(image for image in ec2.describe_images(Owners=["amazon"])["Images"])["ImageId"]
    launched = ec2.run_instances(
        ImageId=image,
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        SubnetId=subnet,
        SecurityGroupIds=[group],
        DisableApiTermination=True,
    )
    interface = ec2.create_network_interface(SubnetId=subnet, Groups=[group, ours["GroupId"]])["NetworkInterface"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ec2.associate_address(AllocationId=address, NetworkInterfaceId=interface["NetworkInterfaceId"])
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    return {
        "ec2:security-group": group,
        "ec2:internet-gateway": gateway,
        "ec2:instance": launched["Instances"][0]["InstanceId"],
        "ec2:network-interface": interface["NetworkInterfaceId"],
        "ec2:elastic-ip": address,
        "ec2:route-table": table,
    }


def test_a_quiet_teardown_leaves_nothing(life: Life) -> None:
    assert life.up.code == 0, life.up.stderr
    assert (life.quiet.code, life.quiet.document["left"]) == (0, []), life.quiet.stderr


def test_a_quiet_teardown_asks_for_each_thing_once(life: Life) -> None:
    calls = [event["eventName"] for event in life.events if event["eventName"].startswith(DELETING)]
    gone = sum(row["deleted"] for row in life.quiet.document["enclaves"])

    print(f"{len(calls)} delete calls for {gone} resources")
    assert gone > 200
    assert len(calls) <= MOST_CALLS_PER_RESOURCE * gone


def test_nothing_is_in_the_way_of_a_quiet_teardown(life: Life) -> None:
    refused = {(event["eventName"], event["errorCode"]) for event in life.events if event.get("errorCode")}

    assert [each for each in refused if "DependencyViolation" in each[1]] == []
    assert {each for each in refused if each[0].startswith(DELETING)} <= ONE_THING_OF_TWO_OWNERS


def test_what_a_vandal_put_in_the_way_is_removed_and_named(life: Life) -> None:
    assert life.up_again.code == 0, life.up_again.stderr
    assert (life.disturbed.code, life.disturbed.document["left"]) == (0, []), life.disturbed.stderr
    for kind, identifier in life.theirs.items():
        assert identifier in life.disturbed.stderr, kind
