"""CloudTrail's event history: who changed what, when and where."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from range.rehearsal.accounts import Member
from range.rehearsal.door import Cloud
from range.rehearsal.trail import book
from range.rehearsal.transport import session

Client = Callable[..., Any]
Refused = Callable[[str], Any]


@pytest.fixture
def trail(client: Client) -> Any:
    """CloudTrail of the ally's account."""
    return client("cloudtrail")


def names(trail: Any, **asked: Any) -> list[str]:
    return [event["EventName"] for event in trail.lookup_events(**asked)["Events"]]


def by(key: str, value: str) -> dict[str, Any]:
    return {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}


def test_what_changed_something_is_told_newest_first_and_what_only_read_is_not(
    ec2: Any, trail: Any, vpc: str, subnet: str
) -> None:
    ec2.describe_vpcs()

    assert names(trail)[:2] == ["CreateSubnet", "CreateVpc"]


def test_an_event_says_who_did_what_to_which_resource_and_where(ec2: Any, trail: Any, vpc: str) -> None:
    (event,) = trail.lookup_events(**by("ResourceName", vpc))["Events"]

    whole = json.loads(event["CloudTrailEvent"])
    assert event["EventSource"] == "ec2.amazonaws.com"
    assert event["ReadOnly"] == "false"
    assert {"ResourceType": "AWS::EC2::VPC", "ResourceName": vpc} in event["Resources"]
    assert whole["userIdentity"]["type"] == "AssumedRole"
    assert whole["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"] == "OrganizationAccountAccessRole"
    assert (whole["recipientAccountId"], whole["awsRegion"]) == ("200000000001", "eu-west-2")
    assert whole["requestParameters"]["cidrBlock"] == "10.1.0.0/16"
    assert whole["responseElements"]["vpc"]["vpcId"] == vpc


def test_a_refused_change_is_told_with_its_code(ec2: Any, trail: Any, vpc: str, subnet: str, refused: Refused) -> None:
    with refused("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)

    (event,) = trail.lookup_events(**by("EventName", "DeleteVpc"))["Events"]
    assert json.loads(event["CloudTrailEvent"])["errorCode"] == "DependencyViolation"


def test_events_stay_in_their_account_and_region_and_global_ones_are_in_us_east_1(client: Client, vpc: str) -> None:
    client("iam").create_user(UserName="white")

    assert names(client("cloudtrail", region="us-east-1")) == ["CreateUser"]
    assert names(client("cloudtrail", region="eu-west-1")) == []
    assert "CreateVpc" not in names(client("cloudtrail", "200000000002"))


def test_events_are_found_by_each_attribute(client: Client, ec2: Any, trail: Any, vpc: str, subnet: str) -> None:
    known = trail.lookup_events(**by("EventName", "CreateSubnet"))["Events"][0]

    for key in ("EventId", "EventName", "EventSource", "AccessKeyId", "Username", "ReadOnly"):
        assert "CreateSubnet" in names(trail, **by(key, known[key])), key
    assert names(trail, **by("ResourceType", "AWS::EC2::Subnet")) == ["CreateSubnet"]
    assert names(trail, **by("ResourceName", subnet)) == ["CreateSubnet"]


def test_events_come_in_pages(ec2: Any, trail: Any, vpc: str) -> None:
    for _ in range(3):
        ec2.create_route_table(VpcId=vpc)

    first = trail.lookup_events(MaxResults=2, **by("EventName", "CreateRouteTable"))
    second = trail.lookup_events(MaxResults=2, NextToken=first["NextToken"], **by("EventName", "CreateRouteTable"))

    ids = [event["EventId"] for page in (first, second) for event in page["Events"]]
    assert len(set(ids)) == 3
    assert "NextToken" not in second


def test_events_are_found_by_time(trail: Any, vpc: str) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)

    assert names(trail, StartTime=later) == []
    assert names(trail, EndTime=later)[0] == "CreateVpc"


def test_a_secret_is_not_told(client: Client, trail: Any) -> None:
    client("secretsmanager").create_secret(Name="key", SecretString="open sesame")

    (event,) = trail.lookup_events(**by("EventName", "CreateSecret"))["Events"]
    assert "open sesame" not in event["CloudTrailEvent"]


def test_questions_that_cloudtrail_refuses(trail: Any, refused: Refused) -> None:
    with refused("InvalidLookupAttributesException"):
        names(trail, LookupAttributes=[*by("EventName", "A")["LookupAttributes"] * 2])
    with refused("InvalidTimeRangeException"):
        names(trail, StartTime=datetime(2026, 1, 2, tzinfo=UTC), EndTime=datetime(2026, 1, 1, tzinfo=UTC))
    with refused("InvalidNextTokenException"):
        names(trail, NextToken="none")


def test_the_oldest_events_go_when_the_book_is_full(
    ec2: Any, trail: Any, vpc: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "MOST_ENTRIES", 3)
    monkeypatch.setattr(book, "_PRUNED_EVERY", 1)

    for _ in range(5):
        ec2.create_route_table(VpcId=vpc)

    assert names(trail) == ["CreateRouteTable"] * 3


def test_events_and_tokens_outlive_a_restart(tmp_path: Path) -> None:
    asked = {"AvailabilityZone": "eu-west-2a", "Size": 1, "ClientToken": "one"}
    made = []
    for _ in range(2):
        cloud = Cloud(tmp_path)
        operator = cloud.seed(Member("100000000001", "management"), [])
        everything = session(cloud, operator.access_key, operator.secret)
        made.append(everything.client("ec2", region_name="eu-west-2").create_volume(**asked)["VolumeId"])
        told = names(everything.client("cloudtrail", region_name="eu-west-2"))
        cloud.close()

    assert made[0] == made[1]
    assert told == ["CreateVolume"]


def test_a_service_that_speaks_several_protocols_is_read_in_the_one_that_was_spoken(client: Client) -> None:
    client("cloudwatch").put_dashboard(DashboardName="board", DashboardBody="{}")
    client("ecr").create_repository(repositoryName="images")

    told = client("cloudtrail").lookup_events()["Events"]

    assert [(each["EventSource"], each["EventName"]) for each in told] == [
        ("ecr.amazonaws.com", "CreateRepository"),
        ("monitoring.amazonaws.com", "PutDashboard"),
    ]
