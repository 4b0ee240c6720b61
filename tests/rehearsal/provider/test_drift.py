"""What somebody changes by hand, through boto3, shows in a refresh."""

from __future__ import annotations

from typing import Any

import pytest

from range.rehearsal.provider.state import inputs
from tests.rehearsal.provider.bench import HUB, Bench, Made
from tests.rehearsal.provider.samples import SAMPLES


@pytest.fixture
def bench() -> Bench:
    return Bench(SAMPLES)


def _drift(made: Made) -> dict[str, Any]:
    """Give what a refresh finds different."""
    there = made.read()
    assert there is not None
    return {name: value for name, value in there.items() if value != made.state.get(name)}


def test_an_attribute_and_a_tag_that_were_changed_are_seen_and_put_right(bench: Bench) -> None:
    vpc, ec2 = bench.make("vpc"), bench.client("ec2")
    ec2.modify_vpc_attribute(VpcId=vpc.id, EnableDnsHostnames={"Value": False})
    ec2.create_tags(Resources=[vpc.id], Tags=[{"Key": "Name", "Value": "mine"}, {"Key": "more", "Value": "1"}])
    ec2.delete_tags(Resources=[vpc.id], Tags=[{"Key": "range:ally"}])

    assert _drift(vpc) == {
        "enableDnsHostnames": False,
        "tags": {"Name": "mine", "more": "1"},
        "tagsAll": {"Name": "mine", "more": "1"},
    }
    vpc.state = vpc.read() or {}
    vpc.update(vpc.inputs)
    tags = {item["Key"]: item["Value"] for item in ec2.describe_vpcs(VpcIds=[vpc.id])["Vpcs"][0]["Tags"]}
    assert tags == {"Name": "vpc", "range:ally": "est"}


def test_a_rule_that_was_opened_in_the_emptied_default_group_is_seen_and_closed(bench: Bench) -> None:
    group, ec2 = bench.make("default-group"), bench.client("ec2")
    permission = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group.id, IpPermissions=[permission])

    assert _drift(group) == {
        "ingress": [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]
    }
    group.state = group.read() or {}
    group.update(group.inputs)
    assert not ec2.describe_security_groups(GroupIds=[group.id])["SecurityGroups"][0]["IpPermissions"]


def test_a_bucket_that_was_opened_is_seen_in_each_of_its_settings(bench: Bench) -> None:
    block, s3 = bench.make("bucket-block"), bench.client("s3")
    s3.delete_public_access_block(Bucket=block.id)
    policy = bench.make("bucket-policy")
    s3.delete_bucket_policy(Bucket=policy.id)

    assert block.read() is None
    assert policy.read() is None


def test_what_was_deleted_by_hand_is_gone(bench: Bench) -> None:
    route = bench.make("gateway-route")
    table, destination = route.id.split("_")
    bench.client("ec2", HUB).delete_transit_gateway_route(
        TransitGatewayRouteTableId=table, DestinationCidrBlock=destination
    )
    instance = bench.make("sensor")
    bench.client("ec2").terminate_instances(InstanceIds=[instance.id])

    assert route.read() is None
    assert instance.read() is None


def test_a_policy_that_was_widened_differs_and_one_written_in_another_order_doesnt(bench: Bench) -> None:
    role, iam = bench.make("role-policy"), bench.client("iam")
    same = (
        '{"Statement": [{"Resource": ["*"], "Action": ["s3:GetObject"], "Effect": "Allow"}], "Version": "2012-10-17"}'
    )
    iam.put_role_policy(RoleName="logs", PolicyName="inline", PolicyDocument=same)
    assert _drift(role) == {}

    iam.put_role_policy(RoleName="logs", PolicyName="inline", PolicyDocument=same.replace("GetObject", "*"))
    assert set(_drift(role)) == {"policy"}


def test_what_a_refresh_writes_into_the_inputs_is_what_the_program_would_have_to_say(bench: Bench) -> None:
    log = bench.make("log-group")
    bench.client("logs").put_retention_policy(logGroupName=log.id, retentionInDays=1)

    there = log.read() or {}

    assert inputs(log.row, log.inputs, there) == {**log.inputs, "retentionInDays": 1}


def test_a_root_volume_grows_in_place(bench: Bench) -> None:
    instance = bench.make("instance")
    bigger = {**instance.inputs, "rootBlockDevice": {**instance.inputs["rootBlockDevice"], "volumeSize": 20}}
    found = instance.differences(bigger)

    instance.update(bigger)

    assert not found.replacing
    assert instance.state["rootBlockDevice"]["volumeSize"] == 20


def test_a_root_volume_that_was_replaced_in_place_is_the_one_that_the_state_has(bench: Bench) -> None:
    instance, ec2 = bench.make("instance"), bench.client("ec2")
    before = instance.state["rootBlockDevice"]["volumeId"]
    while ec2.describe_instances(InstanceIds=[instance.id])["Reservations"][0]["Instances"][0]["State"]["Code"] == 0:
        pass
    task = ec2.create_replace_root_volume_task(InstanceId=instance.id)["ReplaceRootVolumeTask"]
    which = {"ReplaceRootVolumeTaskIds": [task["ReplaceRootVolumeTaskId"]]}
    while ec2.describe_replace_root_volume_tasks(**which)["ReplaceRootVolumeTasks"][0]["TaskState"] != "succeeded":
        pass

    there = instance.read() or {}

    (mapping,) = ec2.describe_instances(InstanceIds=[instance.id])["Reservations"][0]["Instances"][0][
        "BlockDeviceMappings"
    ]
    assert there["rootBlockDevice"]["volumeId"] == mapping["Ebs"]["VolumeId"] != before
    assert not instance.differences(instance.inputs).changed
