"""What a participant may and may not do, call by call, through the door of a rehearsal with the stacks' own policies."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from botocore.exceptions import ClientError

from range.rehearsal.callers import Caller
from range.rehearsal.sessions import session_of
from stacks.documents import guardrails, roles
from stacks.documents.language import Place
from tests.policy.documents import CASES
from tests.rehearsal.conftest import EST, HUB, MANAGEMENT, POL, Exercise
from tests.rehearsal.rights.asking import operation_of, refusal_of

HERE = Place("eu-west-2", EST)
BUCKET = "steadfast-est-evidence"
SCOPE = guardrails.Scope(HERE, "steadfast", "range-controller", "steadfast-boundary")
EVERYTHING = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
PARTICIPANT, CONTROLLER, ADMINISTRATOR = "steadfast-est-as-participant", "range-controller", "administrator"
FORBIDDEN = [
    action
    for actions in yaml.safe_load((CASES / "forbidden.yaml").read_text(encoding="utf-8")).values()
    for action in actions
]
CALLED = [action for action in FORBIDDEN if operation_of(action)]


def guarded(exercise: Exercise) -> Exercise:
    """Attach the guardrails to an ally's account, and make its roles, as the stacks do."""
    organisation = exercise.client("organizations", MANAGEMENT, "us-east-1")
    root = organisation.list_roots()["Roots"][0]["Id"]
    organisation.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    iam = exercise.client("iam", EST)
    account_trust = roles.trusted_account(HERE)
    boundary = iam.create_policy(PolicyName="steadfast-boundary", PolicyDocument=roles.boundary(HERE, (BUCKET,)))
    bounded = {"PermissionsBoundary": boundary["Policy"]["Arn"]}
    iam.create_role(RoleName=PARTICIPANT, AssumeRolePolicyDocument=account_trust, **bounded)
    iam.create_role(RoleName=ADMINISTRATOR, AssumeRolePolicyDocument=account_trust, **bounded)
    iam.create_role(RoleName=CONTROLLER, AssumeRolePolicyDocument=account_trust)
    iam.put_role_policy(
        RoleName=PARTICIPANT, PolicyName="play", PolicyDocument=roles.plays(HERE, "steadfast-est-hosts-*")
    )
    for role in (ADMINISTRATOR, CONTROLLER):
        iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=EVERYTHING)
    for name, content in guardrails.guardrails(SCOPE).items():
        kind = {"Type": "SERVICE_CONTROL_POLICY", "Description": name}
        made = organisation.create_policy(Name=name, Content=content, **kind)["Policy"]["PolicySummary"]["Id"]
        organisation.attach_policy(PolicyId=made, TargetId=EST)
    return exercise


@pytest.fixture
def range_of_est(exercise: Exercise) -> Exercise:
    return guarded(exercise)


def caller(exercise: Exercise, role: str) -> Caller:
    """Give who has taken a role of the ally's."""
    keys = exercise.assume(f"arn:aws:iam::{EST}:role/{role}", EST)
    session = session_of(keys.access_key)
    assert session is not None
    return Caller(session.account, session.arn, session.user_id, session.access_key, session.principal_arn)


@pytest.mark.parametrize("role", [PARTICIPANT, ADMINISTRATOR])
def test_what_would_undo_the_isolation_is_refused_action_by_action(range_of_est: Exercise, role: str) -> None:
    somebody = caller(range_of_est, role)
    asked = {action: operation_of(action) for action in CALLED}
    let_in = [action for action, called in asked.items() if called and refusal_of(somebody, *called) is None]

    assert let_in == []
    assert len(CALLED) > 100


def test_the_controller_is_refused_none_of_it(range_of_est: Exercise) -> None:
    controller = caller(range_of_est, CONTROLLER)
    denied = {action: refusal_of(controller, *called) for action in CALLED if (called := operation_of(action))}

    assert {action for action, refusal in denied.items() if refusal is not None} <= {"sts:AssumeRole"}


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("ec2", "DescribeInstances", {}),
        ("ec2", "RunInstances", {"ImageId": "ami-12c6146b", "MinCount": 1, "MaxCount": 1}),
        ("ec2", "CreateSecurityGroup", {"VpcId": "vpc-0123456789abcdef0"}),
        ("ec2", "StopInstances", {"InstanceIds": ["i-0123456789abcdef0"]}),
        ("s3", "CreateBucket", {"Bucket": "mine"}),
        ("s3", "ListBuckets", {}),
        ("secretsmanager", "GetSecretValue", {"SecretId": "steadfast-est-hosts-x"}),
        ("logs", "FilterLogEvents", {"logGroupName": "/range/steadfast/est/flow"}),
        ("cloudtrail", "LookupEvents", {}),
        ("ssm", "StartSession", {"Target": "i-0123456789abcdef0"}),
    ],
)
def test_a_participant_still_plays(
    range_of_est: Exercise, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    assert refusal_of(caller(range_of_est, PARTICIPANT), service, operation, **parameters) is None


def test_declared_things_stay_and_a_teams_own_are_its_own(range_of_est: Exercise) -> None:
    made = range_of_est.client("ec2", EST)
    ours = [{"ResourceType": "vpc", "Tags": [{"Key": "range:state", "Value": "0123456789ab"}]}]
    controller = range_of_est.acting("ec2", range_of_est.assume(f"arn:aws:iam::{EST}:role/{CONTROLLER}", EST))
    declared = controller.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=ours)["Vpc"]["VpcId"]
    own = made.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    player = range_of_est.acting("ec2", range_of_est.assume(f"arn:aws:iam::{EST}:role/{PARTICIPANT}", EST))

    with pytest.raises(ClientError) as caught:
        player.delete_vpc(VpcId=declared)
    with pytest.raises(ClientError) as forged:
        player.create_tags(Resources=[own], Tags=ours[0]["Tags"])
    player.delete_vpc(VpcId=own)

    assert caught.value.response["Error"]["Code"] == "UnauthorizedOperation"
    assert "with an explicit deny in a" in caught.value.response["Error"]["Message"]
    assert "with an explicit deny in a service control policy" in forged.value.response["Error"]["Message"]


def test_the_management_account_obeys_no_guardrail(range_of_est: Exercise) -> None:
    organisation = range_of_est.client("organizations", MANAGEMENT, "us-east-1")
    deny = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}}
    kind = {"Type": "SERVICE_CONTROL_POLICY", "Description": "d"}
    made = organisation.create_policy(Name="no", Content=json.dumps(deny), **kind)["Policy"]["PolicySummary"]["Id"]
    root = organisation.list_roots()["Roots"][0]["Id"]
    organisation.attach_policy(PolicyId=made, TargetId=root)

    range_of_est.client("ec2", MANAGEMENT).describe_vpcs()
    for account in (HUB, POL):
        with pytest.raises(ClientError):
            range_of_est.client("ec2", account).describe_vpcs()
