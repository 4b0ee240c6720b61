"""What EventBridge tells of management calls: who, when, which resource, which account and Region, read or write."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.rehearsal.conftest import EST, POL, REGION

Client = Callable[..., Any]
ALL = {"detail-type": ["AWS API Call via CloudTrail"]}


def let_in(queue: str) -> str:
    """Write the policy by which a queue takes what EventBridge sends."""
    allowed = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
    here = {"ArnLike": {"aws:SourceArn": f"arn:aws:events:*:{EST}:rule/*"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**allowed, "Resource": queue, "Condition": here}]})


class Listener:
    """A queue that a rule sends events to."""

    def __init__(
        self, client: Client, pattern: dict[str, Any], *, region: str = REGION, state: str = "ENABLED"
    ) -> None:
        """Make the queue and the rule."""
        self.sqs, self.events = client("sqs", EST, region), client("events", EST, region)
        arn = f"arn:aws:sqs:{region}:{EST}:told"
        self.queue = self.sqs.create_queue(QueueName="told", Attributes={"Policy": let_in(arn)})["QueueUrl"]
        self.events.put_rule(Name="changes", EventPattern=json.dumps(pattern), State=state)
        self.events.put_targets(Rule="changes", Targets=[{"Id": "queue", "Arn": arn}])

    def heard(self) -> list[dict[str, Any]]:
        """Read what has arrived, and take it away."""
        found = []
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            found += [json.loads(message["Body"]) for message in messages]
        return found


def test_a_change_is_told_with_who_when_where_and_what(client: Client, ec2: Any) -> None:
    listener = Listener(client, {"source": ["aws.ec2"], **ALL})

    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]

    (told,) = listener.heard()
    assert (told["source"], told["account"], told["region"]) == ("aws.ec2", EST, REGION)
    detail = told["detail"]
    assert (detail["eventName"], detail["eventSource"], detail["readOnly"]) == ("CreateVpc", "ec2.amazonaws.com", False)
    assert detail["userIdentity"]["arn"].startswith(f"arn:aws:sts::{EST}:assumed-role/OrganizationAccountAccessRole/")
    assert {"type": "AWS::EC2::VPC", "ARN": vpc, "accountId": EST} in detail["resources"]
    assert told["time"] == detail["eventTime"]


def test_a_rule_hears_only_what_its_pattern_names(client: Client, ec2: Any) -> None:
    listener = Listener(client, {"source": ["aws.ec2"], **ALL, "detail": {"eventName": ["DeleteVpc"]}})

    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    ec2.delete_vpc(VpcId=vpc)

    assert [each["detail"]["eventName"] for each in listener.heard()] == ["DeleteVpc"]


def test_what_only_reads_is_not_told(client: Client, ec2: Any) -> None:
    listener = Listener(client, ALL)
    listener.heard()

    ec2.describe_vpcs()

    assert listener.heard() == []


def test_a_refused_change_is_told_with_its_code(client: Client, ec2: Any) -> None:
    listener = Listener(client, {"source": ["aws.ec2"], **ALL})

    with pytest.raises(ClientError):
        ec2.delete_vpc(VpcId="vpc-0123456789abcdef0")

    assert [each["detail"]["errorCode"] for each in listener.heard()] == ["InvalidVpcID.NotFound"]


def test_another_account_hears_nothing_of_it(client: Client) -> None:
    listener = Listener(client, {"source": ["aws.ec2"], **ALL})

    client("ec2", POL).create_vpc(CidrBlock="10.1.0.0/16")

    assert listener.heard() == []


def test_global_services_tell_in_us_east_1(client: Client) -> None:
    here = Listener(client, {"source": ["aws.iam"], **ALL})
    there = Listener(client, {"source": ["aws.iam"], **ALL}, region="us-east-1")

    client("iam").create_user(UserName="mallory")

    assert here.heard() == []
    assert [each["detail"]["requestParameters"] for each in there.heard()] == [{"userName": "mallory"}]


def test_a_disabled_rule_hears_nothing(client: Client, ec2: Any) -> None:
    listener = Listener(client, {"source": ["aws.ec2"], **ALL}, state="DISABLED")

    ec2.create_vpc(CidrBlock="10.1.0.0/16")

    assert listener.heard() == []


def test_a_schedule_hears_nothing(client: Client, ec2: Any) -> None:
    listener = Listener(client, {"source": ["aws.ec2"], **ALL})
    listener.events.put_rule(Name="changes", ScheduleExpression="rate(1 day)")

    ec2.create_vpc(CidrBlock="10.1.0.0/16")

    assert listener.heard() == []


def test_a_new_bucket_is_told_once(client: Client) -> None:
    listener = Listener(client, {"source": ["aws.s3"], "detail": {"eventName": ["CreateBucket"]}})

    client("s3").create_bucket(Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": REGION})

    assert [each["detail-type"] for each in listener.heard()] == ["AWS API Call via CloudTrail"]


def test_a_log_group_can_be_the_target_beside_a_queue(client: Client, ec2: Any) -> None:
    listener, logs = Listener(client, {"source": ["aws.ec2"], **ALL}), client("logs")
    logs.create_log_group(logGroupName="/aws/events/changes")
    target = {"Id": "log", "Arn": f"arn:aws:logs:{REGION}:{EST}:log-group:/aws/events/changes"}
    listener.events.put_targets(Rule="changes", Targets=[target])

    ec2.create_vpc(CidrBlock="10.1.0.0/16")

    (line,) = logs.filter_log_events(logGroupName="/aws/events/changes")["events"]
    assert json.loads(line["message"])["detail"]["eventName"] == "CreateVpc"
    assert len(listener.heard()) == 1


def test_a_queue_whose_policy_does_not_let_eventbridge_in_hears_nothing(client: Client, ec2: Any) -> None:
    listener = Listener(client, {"source": ["aws.ec2"], **ALL})
    listener.sqs.set_queue_attributes(QueueUrl=listener.queue, Attributes={"Policy": let_in("arn:aws:sqs:::another")})

    ec2.create_vpc(CidrBlock="10.1.0.0/16")

    assert listener.heard() == []


def test_a_target_that_is_gone_holds_no_call_up(client: Client, ec2: Any) -> None:
    listener = Listener(client, {"source": ["aws.ec2"], **ALL})
    listener.sqs.delete_queue(QueueUrl=listener.queue)

    assert ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]


def test_nobody_reads_a_password_from_an_event(client: Client) -> None:
    listener = Listener(client, {"source": ["aws.iam"], **ALL}, region="us-east-1")
    client("iam").create_user(UserName="mallory")

    client("iam").create_login_profile(UserName="mallory", Password="Corr3ct-horse")

    assert "Corr3ct-horse" not in json.dumps(listener.heard())
