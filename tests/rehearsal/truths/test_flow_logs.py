"""Flow logs, and the log groups that they make again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Clients = Callable[..., Any]


@pytest.fixture
def logs(clients: Clients) -> Any:
    """CloudWatch Logs of the ally's account, with a group `flows` that keeps records for a week."""
    client = clients("logs")
    client.create_log_group(logGroupName="flows")
    client.put_retention_policy(logGroupName="flows", retentionInDays=7)
    return client


@pytest.fixture
def writing(clients: Clients, ec2: Any, vpc: str, logs: Any) -> Callable[..., Any]:
    """Lets the VPC's flow log write to that group, as a role that may do certain things."""

    def write(*actions: str) -> Any:
        trust = {"Effect": "Allow", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
        allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        iam = clients("iam")
        role = iam.create_role(RoleName="flows", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))["Role"]
        document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
        iam.put_role_policy(RoleName="flows", PolicyName="write", PolicyDocument=document)
        place = {"LogGroupName": "flows", "DeliverLogsPermissionArn": role["Arn"]}
        return ec2.create_flow_logs(ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL", **place)

    return write


def test_a_flow_log_that_may_makes_its_group_again_without_its_settings(
    ec2: Any, logs: Any, writing: Callable[..., Any]
) -> None:
    (log,) = writing("logs:*")["FlowLogIds"]

    logs.delete_log_group(logGroupName="flows")

    (again,) = logs.describe_log_groups()["logGroups"]
    assert (again["logGroupName"], "retentionInDays" in again) == ("flows", False)
    ec2.delete_flow_logs(FlowLogIds=[log])
    logs.delete_log_group(logGroupName="flows")
    assert logs.describe_log_groups()["logGroups"] == []


def test_a_flow_log_that_may_only_write_makes_no_group(logs: Any, writing: Callable[..., Any]) -> None:
    writing("logs:CreateLogStream", "logs:PutLogEvents")

    logs.delete_log_group(logGroupName="flows")

    assert logs.describe_log_groups()["logGroups"] == []


@pytest.mark.truth("flow-log-twice")
def test_a_second_flow_log_of_the_same_is_told_of_in_a_success(ec2: Any, vpc: str, writing: Callable[..., Any]) -> None:
    writing("logs:PutLogEvents")
    first = ec2.describe_flow_logs()["FlowLogs"][0]
    place = {"LogGroupName": "flows", "DeliverLogsPermissionArn": first["DeliverLogsPermissionArn"]}

    again = ec2.create_flow_logs(ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL", **place)

    told = [(each["ResourceId"], each["Error"]["Code"]) for each in again["Unsuccessful"]]
    assert (again["FlowLogIds"], told) == ([], [(vpc, "FlowLogAlreadyExists")])
