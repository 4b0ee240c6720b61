"""What is said of places where nothing was ever changed is what moto says of them, and nobody is told it of any other place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from range.rehearsal.call import Call
from range.rehearsal.door import Cloud
from range.rehearsal.rights.records import backend_of
from range.rehearsal.untouched import Untouched
from tests.rehearsal.conftest import EST, HUB, POL, REGION, Exercise

ABROAD = "ap-southeast-2"
ASKED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ec2", "describe_instances", {}),
    ("ec2", "describe_snapshots", {"OwnerIds": ["self"]}),
    ("ec2", "describe_vpcs", {}),
    ("sqs", "list_queues", {}),
    ("sns", "list_topics", {}),
    ("lambda", "list_functions", {}),
    ("events", "list_event_buses", {}),
    ("logs", "describe_log_groups", {}),
    ("dynamodb", "list_tables", {}),
    ("autoscaling", "describe_auto_scaling_groups", {}),
    ("cloudwatch", "describe_alarms", {}),
    ("rds", "describe_db_instances", {}),
    ("efs", "describe_file_systems", {}),
)


def answers(exercise: Exercise, account: str, region: str = ABROAD) -> dict[str, Any]:
    """Ask an account everything; gives what is said but for ids of calls."""
    said = {}
    for service, operation, parameters in ASKED:
        answer = getattr(exercise.client(service, account, region), operation)(**parameters)
        answer.pop("ResponseMetadata")
        said[f"{service} {operation}"] = answer
    return said


@pytest.fixture
def asked(exercise: Exercise) -> Exercise:
    """A cloud of which two accounts have asked everything."""
    answers(exercise, HUB)
    answers(exercise, EST)
    return exercise


def test_a_third_account_is_told_what_moto_would_say(asked: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = answers(asked, POL)
    made = [service for service in ("sqs", "dynamodb", "rds") if backend_of(service, POL, ABROAD) is not None]

    monkeypatch.setattr(Untouched, "answered", lambda _, call, __: call.by_moto())
    slow = answers(asked, POL)

    assert quick == slow
    assert made == []


def without_networks(exercise: Exercise, *accounts: str) -> None:
    """Take default networks away, as a bootstrap does."""
    for account in accounts:
        ec2 = exercise.client("ec2", account, ABROAD)
        for subnet in ec2.describe_subnets()["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])


def test_where_only_something_was_taken_away_an_account_is_told_again_what_moto_said(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_networks(exercise, POL, EST)
    slow = {account: answers(exercise, account) for account in (POL, EST)}
    monkeypatch.setattr(Call, "by_moto", lambda call: pytest.fail(f"moto was asked {call.name}"))

    for account, told in slow.items():
        assert answers(exercise, account) == told
    assert slow[POL]["ec2 describe_vpcs"] != slow[EST]["ec2 describe_vpcs"]


@pytest.mark.parametrize("taker", [EST, POL])
def test_what_is_taken_away_after_an_answer_is_seen_to_be_gone(exercise: Exercise, taker: str) -> None:
    ec2 = exercise.client("ec2", taker, ABROAD)
    before = ec2.describe_subnets()["Subnets"]
    assert ec2.describe_subnets()["Subnets"] == before

    ec2.delete_subnet(SubnetId=before[0]["SubnetId"])

    assert ec2.describe_subnets()["Subnets"] == before[1:]


def test_what_is_made_where_something_was_taken_away_is_seen_at_once_and_on_its_way(exercise: Exercise) -> None:
    without_networks(exercise, POL)
    ec2 = exercise.client("ec2", POL, ABROAD)
    assert ec2.describe_subnets()["Subnets"] == []
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    assert ec2.describe_volumes()["Volumes"] == []

    made = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="172.31.0.0/20")["Subnet"]["SubnetId"]
    volume = ec2.create_volume(AvailabilityZone=f"{ABROAD}a", Size=1)["VolumeId"]

    assert [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]] == [made]
    seen = [ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] for _ in range(3)]
    assert seen[-1] == "available"


def test_each_answer_has_an_id_of_its_own(asked: Exercise) -> None:
    for service, operation in (("ec2", "describe_instances"), ("sqs", "list_queues"), ("sns", "list_topics")):
        call = getattr(asked.client(service, POL, ABROAD), operation)
        ids = [call()["ResponseMetadata"]["RequestId"] for _ in range(3)]
        assert len(set(ids)) == 3, service


@pytest.mark.parametrize("maker", [HUB, POL])
def test_what_somebody_made_is_seen_by_them_and_by_nobody_else(asked: Exercise, maker: str) -> None:
    other = POL if maker == HUB else HUB
    answers(asked, POL)
    asked.client("sqs", maker, ABROAD).create_queue(QueueName="mine")
    asked.client("ec2", maker, ABROAD).create_volume(AvailabilityZone=f"{ABROAD}a", Size=1)
    volume = asked.client("ec2", maker, ABROAD).describe_volumes()["Volumes"][0]["VolumeId"]
    snapshot = asked.client("ec2", maker, ABROAD).create_snapshot(VolumeId=volume)["SnapshotId"]

    mine, others = answers(asked, maker), answers(asked, other)

    assert [url.rpartition("/")[2] for url in mine["sqs list_queues"]["QueueUrls"]] == ["mine"]
    assert [each["SnapshotId"] for each in mine["ec2 describe_snapshots"]["Snapshots"]] == [snapshot]
    assert "QueueUrls" not in others["sqs list_queues"]
    assert others["ec2 describe_snapshots"]["Snapshots"] == []


def test_what_a_service_made_in_another_is_seen(asked: Exercise) -> None:
    template = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}, "Topic": {"Type": "AWS::SNS::Topic"}}}
    assert "QueueUrls" not in answers(asked, POL)["sqs list_queues"]

    asked.client("cloudformation", POL, ABROAD).create_stack(StackName="both", TemplateBody=json.dumps(template))

    seen = answers(asked, POL)
    assert len(seen["sqs list_queues"]["QueueUrls"]) == 1
    assert len(seen["sns list_topics"]["Topics"]) == 1


def test_one_region_says_nothing_of_another(asked: Exercise) -> None:
    asked.client("sns", POL, REGION).create_topic(Name="at-home")

    assert answers(asked, POL)["sns list_topics"]["Topics"] == []
    assert len(answers(asked, POL, REGION)["sns list_topics"]["Topics"]) == 1


def test_what_is_an_accounts_own_is_nobody_elses(asked: Exercise) -> None:
    said = {account: answers(asked, account) for account in (HUB, EST, POL)}

    for account, told in said.items():
        assert account in told["events list_event_buses"]["EventBuses"][0]["Arn"]
        assert len(told["ec2 describe_vpcs"]["Vpcs"]) == 1
    assert len({told["ec2 describe_vpcs"]["Vpcs"][0]["VpcId"] for told in said.values()}) == 3


def test_other_parameters_are_another_question(asked: Exercise) -> None:
    with pytest.raises(ClientError, match="i-0123456789abcdef0"):
        asked.client("ec2", POL, ABROAD).describe_instances(InstanceIds=["i-0123456789abcdef0"])


def test_what_was_made_before_a_restart_is_seen_after_it(tmp_path: Path) -> None:
    before = Exercise(Cloud(tmp_path))
    before.client("sqs", POL, ABROAD).create_queue(QueueName="kept")
    before.cloud.close()
    after = Exercise(Cloud(tmp_path))

    for account in (HUB, EST):
        assert "QueueUrls" not in answers(after, account)["sqs list_queues"]

    assert len(answers(after, POL)["sqs list_queues"]["QueueUrls"]) == 1
    after.cloud.close()


def test_who_may_not_ask_is_still_refused(asked: Exercise) -> None:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{POL}:root"}}
    iam = asked.client("iam", POL)
    role = iam.create_role(
        RoleName="nobody", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )["Role"]["Arn"]
    nobody = asked.assume(role, POL)

    with pytest.raises(ClientError, match="not authorized"):
        asked.acting("sqs", nobody, ABROAD).list_queues()
