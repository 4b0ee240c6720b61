"""Golden images: builders in their place, images of them, who may launch from one, and what is left of none."""

from __future__ import annotations

import json
import threading
from ipaddress import IPv4Address
from typing import Any

import pytest

from range.cloud.images import Builder, Images, Place
from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.plan import Image
from tests.cloud.conftest import FRESH

STACK = {"range:exercise": "steadfast", "range:stack": "steadfast.hub", "range:state": "s"}
DEBIAN = Image(owner="136693071363", name="debian-13-amd64-20251117-2299")
NAME = "steadfast-target_web-0123456789abcdef"


def images_of(account: Account) -> Images:
    return Images(account, "steadfast", STACK, threading.Event())


def tags(kind: str, **more: str) -> list[dict[str, Any]]:
    told = {**STACK, **more}
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in told.items()]}]


@pytest.fixture
def place(account: Account) -> Place:
    """A zone of a hub that is up."""
    vpc = account.call("ec2", "create_vpc", CidrBlock="10.64.0.0/24")["Vpc"]["VpcId"]
    subnet = {
        "VpcId": vpc,
        "CidrBlock": "10.64.0.0/28",
        "TagSpecifications": tags("subnet", **{"range:zone": "services"}),
    }
    account.call("ec2", "create_subnet", **subnet)
    group = {"GroupName": "services", "Description": "services", "VpcId": vpc}
    account.call(
        "ec2", "create_security_group", **group, TagSpecifications=tags("security-group", Name="steadfast-hub-services")
    )
    account.call("ec2", "create_key_pair", KeyName="steadfast-hub-1", TagSpecifications=tags("key-pair"))
    return images_of(account).place("services", "steadfast-hub-services")


def launched(images: Images, place: Place) -> tuple[str, str]:
    """Launch a builder; give its id and the key of its disk."""
    key = images.key("steadfast-images", [])
    (address,) = images.free(place, [], 1)
    return images.launch(place, key, Builder(NAME, images.base(DEBIAN), "t3.micro", 12, address)), key


def test_a_builder_becomes_an_image_that_is_found_by_its_name_and_leaves_nothing_else(
    account: Account, place: Place
) -> None:
    images = images_of(account)
    builder, key = launched(images, place)
    assert images.left() == (builder,)
    (volume,) = account.call("ec2", "describe_volumes")["Volumes"]
    assert (volume["Encrypted"], volume["KmsKeyId"], volume["Size"]) == (True, key, 12)

    images.halt([builder])
    made = images.make(builder, NAME)
    images.terminate([builder])

    assert images.all() == {NAME: made}
    assert images.left() == ()
    assert account.call("ec2", "describe_volumes")["Volumes"] == []


def test_those_who_are_named_may_launch_from_an_image_and_those_who_are_not_any_more_lose_it(
    account: Account, place: Place
) -> None:
    images = images_of(account)
    builder, _ = launched(images, place)
    images.halt([builder])
    made = images.make(builder, NAME)

    for accounts in (FRESH[40:42], FRESH[41:43]):
        images.share(made, [*accounts, account.id])
        answer = account.call("ec2", "describe_image_attribute", ImageId=made.id, Attribute="launchPermission")
        assert sorted(each["UserId"] for each in answer["LaunchPermissions"]) == accounts


def test_an_image_goes_with_its_snapshots_and_a_snapshot_without_one_is_found(account: Account, place: Place) -> None:
    images = images_of(account)
    builder, _ = launched(images, place)
    images.halt([builder])
    made = images.make(builder, NAME)

    account.call("ec2", "deregister_image", ImageId=made.id)
    assert images.strays() == made.snapshots
    images.forget(images.strays())
    again = images.make(builder, NAME)
    images.remove(again)

    assert images.all() == {}
    assert images.strays() == ()


def test_addresses_of_builders_are_nobodys_and_will_be_nobodys(account: Account, place: Place) -> None:
    images = images_of(account)
    launched(images, place)
    allotted = [IPv4Address(f"10.64.0.{number}") for number in (12, 13)]

    found = images.free(place, allotted, 3)

    assert [str(each) for each in found] == ["10.64.0.11", "10.64.0.10", "10.64.0.9"]
    with pytest.raises(CloudError, match="7 free addresses, and 50 builders"):
        images.free(place, allotted, 50)


def test_the_key_lets_controllers_launch_and_nobody_else_of_other_accounts(account: Account) -> None:
    images = images_of(account)
    controllers = [f"arn:aws:iam::{number}:role/OrganizationAccountAccessRole" for number in FRESH[44:46]]

    first = images.key("steadfast-images", controllers[:1])
    second = images.key("steadfast-images", controllers)

    policy = json.loads(account.call("kms", "get_key_policy", KeyId=second, PolicyName="default")["Policy"])
    assert first == second
    (launch,) = (each for each in policy["Statement"] if each["Sid"] == "ControllersLaunch")
    assert launch["Principal"]["AWS"] == controllers
    assert launch["Condition"] == {"StringEquals": {"kms:ViaService": "ec2.eu-west-2.amazonaws.com"}}
    assert images.drop_key("steadfast-images") == second.rpartition("/")[2]
    assert images.drop_key("steadfast-images") is None


def test_a_hub_that_is_not_up_and_an_image_that_is_not_there_are_told_with_what_to_do(account: Account) -> None:
    with pytest.raises(CloudError, match="the hub has no zone services") as refused:
        images_of(account).place("services", "steadfast-hub-services")
    assert "range up" in (refused.value.hint or "")

    with pytest.raises(CloudError, match="there is no image nothing of") as refused:
        images_of(account).base(Image(owner="136693071363", name="nothing"))
    assert "`images`" in (refused.value.hint or "")
