"""What AWS tags in a call of its own, found where that call didn't come; and what was to be a part of something that is gone."""

from __future__ import annotations

from typing import Any

import pytest

from range.cloud.resources.kinds import Place
from range.cloud.sessions import Account
from range.errors import CloudError
from range.provision.remedies import TAGGED_LATER, UNDONE, undo

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


GONE = {
    "routeTableId": "rtb-0123456789abcdef0",
    "subnetId": "subnet-0123456789abcdef0",
    "networkAclId": "acl-0123456789abcdef0",
    "transitGatewayRouteTableId": "tgw-rtb-0123456789abcdef0",
    "transitGatewayAttachmentId": "tgw-attach-0123456789abcdef0",
    "firewallRuleGroupId": "rslvr-frg-0123456789abcdef",
    "firewallDomainListId": "rslvr-fdl-0123456789abcdef",
    "targetKeyId": "11111111-2222-4333-8444-555555555555",
    "zoneId": "Z0123456789ABCDEFGHIJ",
    "policyId": "p-gone12345",
    "targetId": "123456789012",
    "cidrBlock": "10.1.0.0/28",
    "destinationCidrBlock": "10.2.0.0/16",
    "ruleNumber": 100,
    "egress": False,
    "name": "gone.tiny.internal",
    "type": "A",
}


@pytest.mark.parametrize("type_", UNDONE)
def test_a_part_of_something_that_is_gone_is_gone_with_it(place: Place, type_: str) -> None:
    inputs = {**GONE, "name": "alias/gone"} if "alias" in type_ else GONE

    undo(type_, place, inputs)


def test_what_can_t_be_undone_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> None:
        raise CloudError("denied", code="UnauthorizedOperation")

    monkeypatch.setattr(Account, "call", denied)

    with pytest.raises(CloudError, match="denied"):
        undo("aws:ec2/route:Route", place, GONE)
