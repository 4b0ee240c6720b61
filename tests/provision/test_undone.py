"""What AWS tags in a call of its own, found where that call didn't come."""

from __future__ import annotations

from typing import Any

import pytest

from range.cloud.resources.kinds import Place
from range.cloud.sessions import Account
from range.provision.remedies import TAGGED_LATER

BUCKET, ZONE = TAGGED_LATER["aws:s3/bucket:Bucket"], TAGGED_LATER["aws:route53/zone:Zone"]
NAME = "tiny.internal"


@pytest.fixture
def place(account: Account) -> Place:
    return Place(account, account.region, account.region)


def bucket(place: Place) -> str:
    name = f"evidence-{place.account.id}"
    where = {"LocationConstraint": place.home}
    place.call("s3", "create_bucket", Bucket=name, CreateBucketConfiguration=where)
    return name


def buckets(place: Place) -> list[str]:
    return [each["Name"] for each in place.call("s3", "list_buckets")["Buckets"]]


def zone(place: Place, network: str) -> str:
    made = place.call(
        "route53",
        "create_hosted_zone",
        Name=NAME,
        CallerReference=network,
        VPC={"VPCRegion": place.home, "VPCId": network},
        HostedZoneConfig={"PrivateZone": True},
    )
    return str(made["HostedZone"]["Id"]).rpartition("/")[2]


def zones(place: Place) -> list[str]:
    return [each["Id"].rpartition("/")[2] for each in place.call("route53", "list_hosted_zones")["HostedZones"]]


def network(place: Place, block: str) -> str:
    return str(place.call("ec2", "create_vpc", CidrBlock=block)["Vpc"]["VpcId"])


def wanted(network: str) -> dict[str, Any]:
    return {"name": NAME, "vpcs": [{"vpcId": network}]}


def test_a_bucket_without_tags_is_deleted(place: Place) -> None:
    BUCKET(place, {"bucket": bucket(place)})

    assert buckets(place) == []


def test_a_bucket_that_isn_t_there_is_no_trouble(place: Place) -> None:
    BUCKET(place, {"bucket": f"never-{place.account.id}"})


def test_a_bucket_with_tags_stays(place: Place) -> None:
    name = bucket(place)
    place.call("s3", "put_bucket_tagging", Bucket=name, Tagging={"TagSet": [{"Key": "whose", "Value": "somebody's"}]})

    BUCKET(place, {"bucket": name})

    assert buckets(place) == [name]


def test_a_bucket_with_something_in_it_stays(place: Place) -> None:
    name = bucket(place)
    place.call("s3", "put_object", Bucket=name, Key="evidence", Body=b"x")

    BUCKET(place, {"bucket": name})

    assert buckets(place) == [name]


def test_a_zone_without_tags_in_the_stack_s_network_is_deleted(place: Place) -> None:
    mine = network(place, "10.0.0.0/24")
    zone(place, mine)

    ZONE(place, wanted(mine))

    assert zones(place) == []


def test_a_zone_of_that_name_in_another_network_stays(place: Place) -> None:
    mine, other = network(place, "10.0.0.0/24"), network(place, "10.0.1.0/24")
    there = zone(place, other)

    ZONE(place, wanted(mine))

    assert zones(place) == [there]


def test_a_zone_with_tags_stays(place: Place) -> None:
    mine = network(place, "10.0.0.0/24")
    there = zone(place, mine)
    tags = [{"Key": "whose", "Value": "somebody's"}]
    place.call("route53", "change_tags_for_resource", ResourceType="hostedzone", ResourceId=there, AddTags=tags)

    ZONE(place, wanted(mine))

    assert zones(place) == [there]
