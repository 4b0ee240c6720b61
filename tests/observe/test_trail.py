"""What the trail says of others, up to when it is complete, and what of it nobody could see."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from range.observe.door import Door
from range.observe.seen_calls import is_seen
from range.observe.trail import Own, read
from range.records.trail import Write
from range.rehearsal.accounts import ADMINISTRATOR_ROLE
from tests.observe.conftest import HOME, Ground

REGIONS = (HOME, "sa-east-1")


def ours(ground: Ground) -> Own:
    """Who acts for the range in an account."""
    roles = f"arn:aws:sts::{ground.account}:assumed-role"
    return Own(frozenset({f"{roles}/{ADMINISTRATOR_ROLE}/range-witness"}), (f"{roles}/range-est-flow-logs/",))


def role(ground: Ground, name: str) -> str:
    """Make a role of the account that anybody of it may assume; give its ARN."""
    anybody = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ground.account}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [anybody]})
    made = ground.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    return str(made["Role"]["Arn"])


def as_somebody(ground: Ground, name: str, session: str) -> boto3.Session:
    """Make a role that may do anything, and enter it."""
    arn = role(ground, name)
    anything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [anything]})
    ground.client("iam").put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document)
    got = ground.client("sts").assume_role(RoleArn=arn, RoleSessionName=session)["Credentials"]
    return boto3.Session(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"], region_name=HOME)


@pytest.fixture
def marker(ground: Ground) -> str:
    """A role of the account that anybody of it may assume."""
    return role(ground, "marked")


def test_every_change_is_told_with_who_and_where_and_the_refused_ones_too(ground: Ground, marker: str) -> None:
    since = datetime.now(UTC)
    ground.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")
    ground.client("sqs", "sa-east-1").create_queue(QueueName="q")
    with pytest.raises(Exception, match="InvalidVpcID"):
        ground.client("ec2").delete_vpc(VpcId="vpc-0123456789abcdef0")

    trail = read(ground.door, REGIONS, since, ours=ours(ground), marker=marker)

    told = {(each.region, each.service, each.call, bool(each.error)) for each in trail.writes}
    assert (HOME, "ec2", "CreateVpc", False) in told
    assert (HOME, "ec2", "DeleteVpc", True) in told
    assert ("sa-east-1", "sqs", "CreateQueue", False) in told
    assert all("mallory" in each.who for each in trail.writes)
    assert trail.until is not None
    assert trail.until >= since
    assert (trail.unseen, trail.unread) == ((), ())


def test_what_the_range_did_itself_is_left_out(ground: Ground, marker: str) -> None:
    since = datetime.now(UTC) + timedelta(seconds=1)  # the role itself was made by mallory, this second
    ground.door.call("ec2", "create_vpc", HOME, CidrBlock="10.0.0.0/16")

    told = read(ground.door, REGIONS, since, ours=ours(ground), marker=marker).writes

    assert "CreateVpc" not in {each.call for each in told}


@pytest.mark.parametrize("session", ["range-witness", "range-marker-1", "range-small", "pulumi-small"])
def test_whoever_calls_a_session_as_the_range_does_is_another_in_another_role(
    ground: Ground, marker: str, session: str
) -> None:
    since = datetime.now(UTC)
    ec2 = as_somebody(ground, "player", session).client("ec2", endpoint_url=ground.endpoint)
    ec2.create_vpc(CidrBlock="10.0.0.0/16")

    told = read(ground.door, (HOME,), since, ours=ours(ground), marker=marker).writes

    assert f"player/{session}" in {each.who.partition("role/")[2] for each in told if each.call == "CreateVpc"}


def test_a_log_stream_is_aws_s_only_in_the_role_that_flow_logs_write_by(ground: Ground, marker: str) -> None:
    since = datetime.now(UTC)
    ground.client("logs").create_log_group(logGroupName="flow")
    for name in ("range-est-flow-logs", "player"):
        logs = as_somebody(ground, name, "AWS").client("logs", endpoint_url=ground.endpoint)
        logs.create_log_stream(logGroupName="flow", logStreamName=name)
        logs.put_retention_policy(logGroupName="flow", retentionInDays=1)

    told = read(ground.door, (HOME,), since, ours=ours(ground), marker=marker).writes

    did = {(each.who.split("/")[1], each.call) for each in told}
    assert ("player", "CreateLogStream") in did
    assert ("range-est-flow-logs", "CreateLogStream") not in did
    assert ("range-est-flow-logs", "PutRetentionPolicy") in did


def test_a_change_that_no_look_would_show_is_told_apart(ground: Ground, marker: str) -> None:
    since = datetime.now(UTC)
    ground.client("glue").create_database(DatabaseInput={"Name": "hidden"})

    trail = read(ground.door, REGIONS, since, ours=ours(ground), marker=marker)

    assert [(each.service, each.call) for each in trail.unseen] == [("glue", "CreateDatabase")]


def test_a_trail_that_is_late_is_complete_up_to_nobody_knows_when(
    ground: Ground, marker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = Door.pages

    def silent(self: Door, service: str, operation: str, region: str, parameters: Any) -> Any:
        found = asked(self, service, operation, region, parameters)
        return [{"Events": []}] if operation == "lookup_events" and region != HOME else found

    monkeypatch.setattr(Door, "pages", silent)
    trail = read(ground.door, REGIONS, datetime.now(UTC), ours=ours(ground), marker=marker, patience_s=0)

    assert trail.until is None
    assert {each.code for each in trail.unread} == {"Late"}


CALLS = [
    ("ec2", "AuthorizeSecurityGroupIngress", HOME, True),
    ("ec2", "ModifyInstanceAttribute", HOME, True),
    ("ec2", "ModifyIdFormat", HOME, False),
    ("ec2", "RunInstances", "sa-east-1", True),
    ("route53resolver", "CreateResolverRule", "sa-east-1", False),
    ("iam", "PutRolePolicy", "us-east-1", True),
    ("iam", "UploadSSHPublicKey", "us-east-1", False),
    ("sns", "SetSMSAttributes", HOME, False),
    ("sts", "GetFederationToken", HOME, True),
    ("ses", "VerifyEmailIdentity", HOME, True),
    ("ses", "VerifyEmailIdentity", "sa-east-1", False),
    ("quantum", "CreateEntanglement", HOME, False),
]


@pytest.mark.parametrize(("service", "call", "region", "seen"), CALLS)
def test_only_calls_whose_effect_is_looked_at_count_as_seen(service: str, call: str, region: str, seen: bool) -> None:
    write = Write(id="1", when=datetime.now(UTC), region=region, service=service, call=call, who="mallory")

    assert is_seen(write, home=HOME) is seen
