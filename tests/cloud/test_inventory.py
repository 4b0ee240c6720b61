"""What an inventory finds, what it leaves out, and what it says that it doesn't know."""

from __future__ import annotations

import pytest

from range.cloud.inventory import enabled_regions, take, within
from range.cloud.resources.kinds import Kind, Place, pages, tag_mapping
from range.cloud.resources.table import BY_TYPE, STRAYS, TABLE, deletion_levels
from range.cloud.sessions import Account
from range.errors import CloudError
from tests.cloud.conftest import HOME
from tests.cloud.vandal import make_network


def test_every_type_has_one_row() -> None:
    assert len(BY_TYPE) == len((*TABLE, *STRAYS))


def test_whatever_a_row_names_is_a_row() -> None:
    named = {name for kind in TABLE for name in (*kind.after, *kind.inside)}

    assert named <= BY_TYPE.keys()


def test_no_type_is_deleted_before_what_must_go_first() -> None:
    level = {kind.type: number for number, kinds in enumerate(deletion_levels()) for kind in kinds}

    assert all(level[first] < level[kind.type] for kind in TABLE for first in kind.after)


def test_a_subnet_s_level_comes_after_everything_with_an_interface() -> None:
    level = {kind.type: number for number, kinds in enumerate(deletion_levels()) for kind in kinds}

    interfaces = ("ec2:instance", "ec2:nat-gateway", "ec2:vpc-endpoint", "ec2:transit-gateway-attachment")
    assert all(level[name] < level["ec2:subnet"] < level["ec2:vpc"] for name in interfaces)


def test_what_was_made_since_is_told_from_what_was_there(account: Account) -> None:
    before = take(account, regions=[HOME])
    vpc = make_network(account)

    new = take(account, regions=[HOME]).since(before)

    types = {resource.type for resource in new}
    assert types >= {"ec2:vpc", "ec2:subnet", "ec2:instance", "ec2:security-group", "ec2:route", "ec2:network-acl"}
    assert [resource.id for resource in new if resource.type == "ec2:vpc"] == [vpc]


def test_a_terminated_instance_is_not_there(account: Account) -> None:
    make_network(account)
    instance = account.call("ec2", "describe_instances")["Reservations"][0]["Instances"][0]["InstanceId"]
    account.call("ec2", "modify_instance_attribute", InstanceId=instance, DisableApiTermination={"Value": False})
    account.call("ec2", "terminate_instances", InstanceIds=[instance])

    assert instance not in {resource.id for resource in take(account, regions=[HOME]).resources}


def test_other_regions_are_looked_at_for_what_can_run_or_hide_there(account: Account) -> None:
    before = take(account, regions=[HOME, "eu-north-1"])
    account.call("ec2", "create_volume", region="eu-north-1", AvailabilityZone="eu-north-1a", Size=8)

    new = take(account, regions=[HOME, "eu-north-1"]).since(before)

    assert [(resource.region, resource.type) for resource in new] == [("eu-north-1", "ec2:volume")]


def test_a_key_that_waits_for_its_deletion_is_residue_and_not_new(account: Account) -> None:
    before = take(account, regions=[HOME])
    key = account.call("kms", "create_key")["KeyMetadata"]["KeyId"]
    account.call("kms", "schedule_key_deletion", KeyId=key, PendingWindowInDays=7)

    now = take(account, regions=[HOME])

    assert now.since(before) == ()
    assert [resource.id for resource in now.resources if "no sooner" in resource.residue] == [key]


def test_a_refused_call_is_unknown_and_never_nothing(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Account.pages

    def refuse(self: Account, service: str, operation: str, /, **parameters: object) -> object:
        if operation == "describe_volumes":
            raise CloudError("not yours to see", code="UnauthorizedOperation")
        return ask(self, service, operation, **parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(Account, "pages", refuse)

    inventory = take(account, regions=[HOME])

    assert not inventory.complete
    assert [(each.type, each.code) for each in inventory.unlisted] == [("ec2:volume", "UnauthorizedOperation")]


def test_the_exercise_s_region_is_listed_first(account: Account) -> None:
    regions = enabled_regions(account)

    assert regions[0] == HOME
    assert len(set(regions)) == len(regions) > 10


def test_what_hangs_on_a_network_at_any_depth_is_within_it(account: Account) -> None:
    vpc = make_network(account)
    other = make_network(account)
    place = Place(account, HOME, HOME)
    kinds = [BY_TYPE[name] for name in ("ec2:vpc", "ec2:route-table", "ec2:route", "ec2:instance", "ec2:volume")]
    found = [each for kind in kinds for each in kind.found(place)]

    inside = within(found, [vpc])

    assert {each.resource.type for each in inside} == {kind.type for kind in kinds}
    assert other not in {each.id for each in inside}
    assert all(each.id == vpc or each.ties for each in inside)


def test_two_things_of_one_id_are_told_apart_by_account_region_and_type(account: Account) -> None:
    names = Kind("test:name", "sqs", pages("sqs", "list_queues", "QueueUrls"), "Id", None)
    account.call("sqs", "create_queue", QueueName="queue")

    found = next(names.found(Place(account, HOME, HOME))).resource

    assert found.key == (account.id, HOME, "test:name", found.id)


@pytest.mark.parametrize(
    "tags",
    [
        [{"Key": "range:ally", "Value": "est"}],
        [{"key": "range:ally", "value": "est"}],
        [{"TagKey": "range:ally", "TagValue": "est"}],
        {"range:ally": "est"},
    ],
)
def test_tags_are_read_in_every_form_that_aws_gives_them(tags: object) -> None:
    assert tag_mapping(tags) == {"range:ally": "est"}


@pytest.mark.parametrize("region", [HOME, "us-east-1"])
def test_dhcp_options_are_aws_s_own_only_with_the_domain_of_their_region(account: Account, region: str) -> None:
    own = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    made = {}
    for domain in (own, "evil.example", "us-west-2.compute.internal"):
        told = {"domain-name": domain, "domain-name-servers": "AmazonProvidedDNS"}
        options = [{"Key": key, "Values": [value]} for key, value in told.items()]
        answer = account.call("ec2", "create_dhcp_options", region=region, DhcpConfigurations=options)
        made[answer["DhcpOptions"]["DhcpOptionsId"]] = domain

    found = BY_TYPE["ec2:dhcp-options"].found(Place(account, region, HOME))

    assert {made[each.id] for each in found} == {"evil.example", "us-west-2.compute.internal"}
