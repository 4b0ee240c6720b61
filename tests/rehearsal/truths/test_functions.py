"""Lambda functions in a VPC, and what they leave in it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

Clients = Callable[..., Any]
Refused = Callable[[str], Any]


@pytest.fixture
def function(clients: Clients, subnet: str, group: str) -> dict[str, Any]:
    """What a function in the VPC is made from."""
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = clients("iam").create_role(RoleName="function", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as packed:
        packed.writestr("main.py", "def handle(event, context):\n    return event\n")
    return {
        "FunctionName": "beacon",
        "Runtime": "python3.12",
        "Role": role,
        "Handler": "main.handle",
        "Code": {"ZipFile": code.getvalue()},
        "VpcConfig": {"SubnetIds": [subnet], "SecurityGroupIds": [group]},
    }


def interfaces(ec2: Any) -> list[tuple[str, bool]]:
    """List interfaces: of which type, and whether a service runs them."""
    found = ec2.describe_network_interfaces()["NetworkInterfaces"]
    return [(each["InterfaceType"], each["RequesterManaged"]) for each in found]


@pytest.mark.truth("subnet-with-a-function", "security-group-of-an-interface")
def test_a_function_holds_its_subnet_and_its_group_until_its_interfaces_are_gone(
    clients: Clients, ec2: Any, subnet: str, group: str, function: dict[str, Any], refused: Refused
) -> None:
    clients("lambda").create_function(**function)
    assert interfaces(ec2) == [("lambda", True)]
    with refused("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)

    clients("lambda").delete_function(FunctionName="beacon")
    with refused("DependencyViolation"):
        ec2.delete_security_group(GroupId=group)

    assert interfaces(ec2) == []
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=subnet)


def test_a_function_that_leaves_the_vpc_takes_its_interfaces_along(
    clients: Clients, ec2: Any, function: dict[str, Any]
) -> None:
    arn = clients("lambda").create_function(**function)["FunctionArn"]

    nowhere: dict[str, list[str]] = {"SubnetIds": [], "SecurityGroupIds": []}
    clients("lambda").update_function_configuration(FunctionName=arn, VpcConfig=nowhere)

    assert interfaces(ec2) == []


@pytest.mark.truth("function-of-a-role-that-trusts-others")
def test_a_function_needs_a_role_that_there_is(clients: Clients, function: dict[str, Any], refused: Refused) -> None:
    with refused("InvalidParameterValueException"):
        clients("lambda").create_function(**{**function, "Role": f"{function['Role']}-of-nobody"})


def test_who_may_invoke_a_function_is_written_as_aws_writes_it(clients: Clients, function: dict[str, Any]) -> None:
    lambda_, account = clients("lambda"), "300000000001"
    lambda_.create_function(**function)
    lambda_.create_function_url_config(FunctionName="beacon", AuthType="NONE")
    said = [
        {"Principal": account},
        {"Principal": "s3.amazonaws.com", "SourceAccount": account},
        {"Principal": "*", "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "NONE"},
    ]
    for number, each in enumerate(said):
        more = {"StatementId": f"s{number}", "Action": "lambda:InvokeFunction", **each}
        answer = lambda_.add_permission(FunctionName="beacon", **more)
        assert json.loads(answer["Statement"])["Sid"] == f"s{number}"

    written = json.loads(lambda_.get_policy(FunctionName="beacon")["Policy"])["Statement"]
    (url,) = lambda_.list_function_url_configs(FunctionName="beacon")["FunctionUrlConfigs"]

    assert [each["Principal"] for each in written] == [
        {"AWS": f"arn:aws:iam::{account}:root"},
        {"Service": "s3.amazonaws.com"},
        "*",
    ]
    assert written[2]["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
    assert url["AuthType"] == "NONE"
