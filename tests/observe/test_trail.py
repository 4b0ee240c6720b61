"""What the trail says of others, up to when it is complete, and what of it nobody could see."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.session import get_session

from range.observe.door import Door
from range.observe.seen_calls import SEEN, is_seen
from range.observe.table import TABLE
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
    ("ec2", "CreateTags", HOME, True),
    ("ec2", "CreateTags", "sa-east-1", False),
    ("ec2", "CreatePlacementGroup", HOME, True),
    ("ec2", "CreatePlacementGroup", "sa-east-1", False),
    ("ec2", "CreateCustomerGateway", "sa-east-1", False),
    ("ec2", "ModifyEbsDefaultKmsKeyId", "sa-east-1", False),
    ("ec2", "EnableEbsEncryptionByDefault", "sa-east-1", True),
    ("ec2", "CreateTransitGatewayVpcAttachment", HOME, True),
    ("ec2", "ModifyTransitGatewayVpcAttachment", HOME, False),
    ("ec2", "AcceptTransitGatewayVpcAttachment", HOME, False),
    ("ec2", "ModifyInstanceCreditSpecification", HOME, False),
    ("ec2", "ModifyAddressAttribute", HOME, False),
    ("ec2", "DisableImage", HOME, False),
    ("ec2", "ImportSnapshot", HOME, False),
    ("ec2", "RebootInstances", "sa-east-1", True),
    ("ssm", "CreateMaintenanceWindow", HOME, True),
    ("ssm", "CreateMaintenanceWindow", "sa-east-1", False),
    ("ssm", "PutParameter", "sa-east-1", True),
    ("logs", "PutResourcePolicy", HOME, True),
    ("logs", "PutResourcePolicy", "sa-east-1", False),
    ("logs", "CreateLogGroup", "sa-east-1", True),
    ("logs", "CreateLogStream", HOME, False),
    ("logs", "DeleteLogStream", HOME, False),
    ("rds", "CreateDBInstance", "sa-east-1", True),
    ("rds", "CreateDBSnapshot", "sa-east-1", False),
    ("sns", "Subscribe", HOME, True),
    ("sns", "Subscribe", "sa-east-1", False),
    ("sns", "SetSMSAttributes", HOME, False),
    ("s3", "CreateAccessPoint", "sa-east-1", False),
    ("s3", "CreateBucket", "sa-east-1", True),
    ("s3", "PutBucketCors", "sa-east-1", True),
    ("s3", "PutBucketInventoryConfiguration", HOME, False),
    ("events", "CreateEventBus", HOME, True),
    ("events", "CreateEventBus", "sa-east-1", False),
    ("events", "PutRule", "sa-east-1", True),
    ("elasticloadbalancing", "CreateLoadBalancer", HOME, True),
    ("elasticloadbalancing", "CreateLoadBalancer", "sa-east-1", False),
    ("route53resolver", "CreateResolverRule", "sa-east-1", False),
    ("route53resolver", "UpdateFirewallConfig", HOME, True),
    ("route53resolver", "UpdateResolverConfig", HOME, False),
    ("route53resolver", "AssociateResolverQueryLogConfig", HOME, False),
    ("route53resolver", "TagResource", HOME, False),
    ("iam", "PutRolePolicy", "us-east-1", True),
    ("iam", "TagRole", "us-east-1", True),
    ("iam", "TagPolicy", "us-east-1", False),
    ("iam", "UploadSSHPublicKey", "us-east-1", False),
    ("secretsmanager", "CreateSecret", HOME, True),
    ("secretsmanager", "DeleteSecret", HOME, False),
    ("organizations", "AttachPolicy", HOME, False),
    ("sts", "GetFederationToken", HOME, True),
    ("ses", "VerifyEmailIdentity", HOME, True),
    ("ses", "VerifyEmailIdentity", "sa-east-1", False),
    ("quantum", "CreateEntanglement", HOME, False),
]


@pytest.mark.parametrize(("service", "call", "region", "seen"), CALLS)
def test_only_calls_whose_effect_is_looked_at_there_count_as_seen(
    service: str, call: str, region: str, seen: bool
) -> None:
    write = Write(id="1", when=datetime.now(UTC), region=region, service=service, call=call, who="mallory")

    assert is_seen(write, home=HOME) is seen


def test_every_call_is_beside_rows_that_there_are() -> None:
    rows = {kind.type for kind in TABLE}

    assert {type_ for calls in SEEN.values() for types in calls for type_ in types.split()} <= rows


@pytest.mark.parametrize("service", SEEN)
def test_every_row_is_beside_calls_that_aws_has(service: str) -> None:
    spoken = {"elasticloadbalancing": ("elbv2", "elb"), "elasticfilesystem": ("efs",), "monitoring": ("cloudwatch",),
              "s3": ("s3", "s3control"), "states": ("stepfunctions",)}  # fmt: skip
    models = [get_session().get_service_model(name) for name in spoken.get(service, (service,))]
    known = {call for model in models for call in model.operation_names} | {"PutAccountPublicAccessBlock"}

    idle = [types for types, calls in SEEN[service].items() if not any(re.fullmatch(calls, each) for each in known)]

    assert idle == []
