"""What a teardown clears away beforehand, and what it leaves to its owners."""

from __future__ import annotations

from typing import Any

import pytest

from range.cloud import sweep as sweeping
from range.cloud.sessions import Account
from range.errors import CloudError
from range.teardown.obstacles import clear_the_way, detach_policies
from tests.cloud.vandal import make_network


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_FIRST_WAIT_S", 0.01)


def ids(account: Account, operation: str, items: str, key: str, vpc: str) -> set[str]:
    """List ids of one type in one VPC."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}]
    return {each[key] for each in account.call("ec2", operation, Filters=filters)[items]}


def instances(account: Account, vpc: str) -> list[str]:
    """List the instances that run in a VPC."""
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "instance-state-name", "Values": ["running"]}]
    reservations = account.call("ec2", "describe_instances", Filters=filters)["Reservations"]
    return [str(each["InstanceId"]) for reservation in reservations for each in reservation["Instances"]]


def test_what_others_put_into_our_network_goes_and_what_is_ours_stays(account: Account) -> None:
    ours = make_network(account)
    (subnet,) = ids(account, "describe_subnets", "Subnets", "SubnetId", ours)
    groups = ids(account, "describe_security_groups", "SecurityGroups", "GroupId", ours)

    swept = clear_the_way(account, {ours, subnet, *groups})

    assert instances(account, ours) == []
    assert ids(account, "describe_subnets", "Subnets", "SubnetId", ours) == {subnet}
    assert ids(account, "describe_security_groups", "SecurityGroups", "GroupId", ours) == groups
    assert {"ec2:instance", "ec2:internet-gateway", "ec2:network-interface"} <= {each.type for each in swept.removed}


def test_a_network_beside_ours_is_not_touched_though_it_is_newer(account: Account) -> None:
    ours, theirs = make_network(account), make_network(account)

    swept = clear_the_way(account, {ours})

    assert len(instances(account, theirs)) == 1
    assert theirs not in {each.parent for each in swept.removed}


def test_a_peering_to_our_network_goes_and_the_network_behind_it_stays(account: Account) -> None:
    ours, theirs = make_network(account), make_network(account, "10.10")
    peering = account.call("ec2", "create_vpc_peering_connection", VpcId=theirs, PeerVpcId=ours)
    identifier = peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]

    swept = clear_the_way(account, {ours})

    assert identifier in {each.id for each in swept.removed}
    assert len(instances(account, theirs)) == 1


def test_our_own_instances_can_be_terminated_afterwards(account: Account) -> None:
    ours = make_network(account)
    (instance,) = instances(account, ours)
    (subnet,) = ids(account, "describe_subnets", "Subnets", "SubnetId", ours)

    clear_the_way(account, {ours, subnet, instance})

    account.call("ec2", "terminate_instances", InstanceIds=[instance])
    assert instances(account, ours) == []


def test_a_group_that_others_put_our_instance_into_goes(account: Account) -> None:
    ours = make_network(account)
    (instance,) = instances(account, ours)
    (subnet,) = ids(account, "describe_subnets", "Subnets", "SubnetId", ours)
    mine = account.call("ec2", "create_security_group", VpcId=ours, GroupName="mine", Description="mine")["GroupId"]
    theirs = ids(account, "describe_security_groups", "SecurityGroups", "GroupId", ours) - {mine}
    account.call("ec2", "modify_instance_attribute", InstanceId=instance, Groups=[mine, *theirs])

    clear_the_way(account, {ours, subnet, instance, mine})

    (described,) = account.call("ec2", "describe_instances", InstanceIds=[instance])["Reservations"]
    assert [group["GroupId"] for group in described["Instances"][0]["SecurityGroups"]] == [mine]
    assert ids(account, "describe_security_groups", "SecurityGroups", "GroupId", ours) > {mine}  # and the default one
    assert len(ids(account, "describe_security_groups", "SecurityGroups", "GroupId", ours)) == 2


def test_lines_of_our_own_tables_and_groups_cost_no_call(account: Account) -> None:
    ours = make_network(account)
    tables = ids(account, "describe_route_tables", "RouteTables", "RouteTableId", ours)
    acls = ids(account, "describe_network_acls", "NetworkAcls", "NetworkAclId", ours)
    groups = ids(account, "describe_security_groups", "SecurityGroups", "GroupId", ours)

    swept = clear_the_way(account, {ours, *tables, *acls, *groups})

    lines = {"ec2:route", "ec2:network-acl-entry", "ec2:security-group-rule"}
    assert lines.isdisjoint({each.type for each in swept.removed})


def test_where_none_of_our_networks_is_nothing_is_swept(account: Account) -> None:
    make_network(account)

    assert clear_the_way(account, {"vpc-0123456789abcdef0"}).removed == ()


def test_our_organisation_s_policies_are_taken_off_what_a_lost_state_put_them_on_and_nobody_else_s() -> None:
    organisation = Organisation({"p-ours12345": ["100", "200"], "p-theirs1234": ["200"]})

    detach_policies(organisation, {"vpc-1", "p-ours12345", "100:p-ours12345"})

    assert organisation.targets == {"p-ours12345": ["100"], "p-theirs1234": ["200"]}


def test_a_policy_of_ours_that_is_gone_keeps_the_others_from_nothing() -> None:
    organisation = Organisation({"p-ours12345": ["200"]})

    detach_policies(organisation, {"p-gone12345", "p-ours12345"})

    assert organisation.targets == {"p-ours12345": []}


def test_a_policy_that_may_not_be_looked_at_is_no_policy_that_is_gone() -> None:
    with pytest.raises(CloudError, match="denied"):
        detach_policies(Organisation({}, code="AccessDeniedException"), {"p-ours12345"})


class Organisation(Account):
    """Knows only policies and what they are attached to."""

    def __init__(self, targets: dict[str, list[str]], code: str = "PolicyNotFoundException") -> None:
        self.region = "eu-west-2"
        self.targets = targets
        self._code = code

    def pages(
        self, service: str, operation: str, /, *, region: str | None = None, **asked: Any
    ) -> list[dict[str, Any]]:
        if asked["PolicyId"] not in self.targets:
            raise CloudError("denied, or not there", code=self._code)
        return [{"Targets": [{"TargetId": each} for each in self.targets[asked["PolicyId"]]]}]

    def call(self, service: str, operation: str, /, *, region: str | None = None, **asked: Any) -> dict[str, Any]:
        assert operation == "detach_policy"
        self.targets[asked["PolicyId"]].remove(asked["TargetId"])
        return {}
