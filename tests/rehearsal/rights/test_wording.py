"""How each service refuses, for users, roles and sessions; what isn't refused; and what bad policies do at the door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from range.rehearsal.keeping.reach import note_changed
from tests.rehearsal.conftest import EST, POL, Exercise
from tests.rehearsal.rights.asking import Asking

ROLE = f"arn:aws:iam::{EST}:role/blue"
WHO = f"arn:aws:sts::{EST}:assumed-role/blue/test"
IN = ("not authorized to perform: ", " because no identity-based policy allows the ", " action")


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def trusting(principal: str) -> str:
    return document({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"})


class Blue:
    """A role of the ally's with few rights, and clients that act as it."""

    def __init__(self, exercise: Exercise, *statements: dict[str, Any], **session: Any) -> None:
        iam = exercise.client("iam", EST)
        iam.create_role(RoleName="blue", AssumeRolePolicyDocument=trusting(f"arn:aws:iam::{EST}:root"))
        if statements:
            iam.put_role_policy(RoleName="blue", PolicyName="own", PolicyDocument=document(*statements))
        self._exercise = exercise
        self.keys: Credentials = exercise.assume(ROLE, EST, **session)

    def refused(self, service: str, operation: str, **parameters: Any) -> tuple[str, str]:
        """Give code and message of a refusal; of an answer, two empty strings."""
        try:
            getattr(self._exercise.acting(service, self.keys), operation)(**parameters)
        except ClientError as error:
            return error.response["Error"]["Code"], error.response["Error"]["Message"]
        return "", ""


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "code", "action"),
    [
        ("ec2", "describe_vpcs", {}, "UnauthorizedOperation", "ec2:DescribeVpcs"),
        ("s3", "list_buckets", {}, "AccessDenied", "s3:ListAllMyBuckets"),
        ("iam", "list_roles", {}, "AccessDenied", "iam:ListRoles"),
        ("sns", "list_topics", {}, "AuthorizationError", "sns:ListTopics"),
        ("sqs", "list_queues", {}, "AccessDenied", "sqs:ListQueues"),
        ("kms", "list_keys", {}, "AccessDeniedException", "kms:ListKeys"),
        ("logs", "describe_log_groups", {}, "AccessDeniedException", "logs:DescribeLogGroups"),
        ("lambda", "list_functions", {}, "AccessDeniedException", "lambda:ListFunctions"),
        ("route53", "list_hosted_zones", {}, "AccessDenied", "route53:ListHostedZones"),
        ("cloudwatch", "describe_alarms", {}, "AccessDenied", "cloudwatch:DescribeAlarms"),
    ],
)
def test_each_service_refuses_in_its_own_words(
    exercise: Exercise, service: str, operation: str, parameters: dict[str, Any], code: str, action: str
) -> None:
    found, message = Blue(exercise).refused(service, operation, **parameters)

    assert found == code
    assert f"User: {WHO} is {IN[0]}{action}{IN[1]}{action}{IN[2]}" in message


@pytest.mark.parametrize("protocol", ["json", "query", "smithy-rpc-v2-cbor"])
def test_cloudwatch_refuses_in_the_protocol_that_it_was_asked_in(exercise: Exercise, protocol: str) -> None:
    blue = Blue(exercise)
    asking = Asking(exercise.cloud, blue.keys, "cloudwatch", protocol)

    code, message = asking.refusal("DescribeAlarms", {"AlarmNames": ["a"], "MaxRecords": 5})

    assert code == "AccessDenied"
    assert f"User: {WHO} is {IN[0]}cloudwatch:DescribeAlarms{IN[1]}cloudwatch:DescribeAlarms{IN[2]}" in message


def test_what_is_allowed_in_a_protocol_that_the_rehearsal_cannot_write_is_refused_by_name(exercise: Exercise) -> None:
    blue = Blue(exercise, allow("cloudwatch:*"))
    asking = Asking(exercise.cloud, blue.keys, "cloudwatch", "smithy-rpc-v2-cbor")

    assert asking.refusal("DescribeAlarms", {})[0] == "UnsupportedProtocol"
    assert Asking(exercise.cloud, blue.keys, "cloudwatch", "json").refusal("DescribeAlarms", {}) == ("", "")


def test_who_one_is_nobody_refuses_to_say(exercise: Exercise) -> None:
    assert Blue(exercise, {"Effect": "Deny", "Action": "*", "Resource": "*"}).refused("sts", "get_caller_identity") == (
        "",
        "",
    )


def test_a_user_has_the_rights_of_its_groups(exercise: Exercise) -> None:
    iam = exercise.client("iam", EST)
    iam.create_user(UserName="ann")
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    ann = exercise.acting("ec2", Credentials(key["AccessKeyId"], key["SecretAccessKey"]))
    with pytest.raises(ClientError, match=f"arn:aws:iam::{EST}:user/ann is not authorized"):
        ann.describe_vpcs()
    iam.create_group(GroupName="lookers")
    iam.put_group_policy(GroupName="lookers", PolicyName="look", PolicyDocument=document(allow("ec2:Describe*")))
    iam.add_user_to_group(GroupName="lookers", UserName="ann")

    ann.describe_vpcs()


def test_a_session_policy_narrows_and_a_boundary_does(exercise: Exercise) -> None:
    narrow = document(allow("ec2:DescribeVpcs"))
    blue = Blue(exercise, allow("ec2:*"), Policy=narrow)
    assert blue.refused("ec2", "describe_vpcs") == ("", "")
    assert "because no session policy allows" in blue.refused("ec2", "describe_subnets")[1]

    iam = exercise.client("iam", EST)
    arn = iam.create_policy(PolicyName="limit", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="blue", PermissionsBoundary=arn)
    assert "because no permissions boundary allows" in blue.refused("ec2", "describe_vpcs")[1]


def test_a_users_boundary_is_kept_told_and_judged(exercise: Exercise) -> None:
    iam = exercise.client("iam", EST)
    limit = iam.create_policy(PolicyName="limit", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    assert "PermissionsBoundary" not in iam.create_user(UserName="bob")["User"]
    made = iam.create_user(UserName="ann", PermissionsBoundary=limit)["User"]
    iam.put_user_policy(UserName="ann", PolicyName="all", PolicyDocument=document(allow("*")))
    key = iam.create_access_key(UserName="ann")["AccessKey"]
    ann = exercise.acting("ec2", Credentials(key["AccessKeyId"], key["SecretAccessKey"]))
    with pytest.raises(ClientError, match="because no permissions boundary allows the ec2:DescribeVpcs action"):
        ann.describe_vpcs()

    detailed = iam.get_account_authorization_details(Filter=["User"])["UserDetailList"]
    assert made["PermissionsBoundary"]["PermissionsBoundaryArn"] == limit
    assert {each["UserName"]: each.get("PermissionsBoundary") for each in detailed} == {
        "ann": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": limit},
        "bob": None,
    }
    iam.delete_user_permissions_boundary(UserName="ann")
    ann.describe_vpcs()
    with pytest.raises(ClientError, match="does not exist or is not attachable"):
        iam.put_user_permissions_boundary(UserName="ann", PermissionsBoundary=f"{limit}-too")


def test_rights_taken_away_are_gone_with_the_next_call(exercise: Exercise) -> None:
    blue = Blue(exercise, allow("ec2:*"))
    assert blue.refused("ec2", "describe_vpcs") == ("", "")
    before = {"DateLessThan": {"aws:TokenIssueTime": "2100-01-01T00:00:00Z"}}
    revoked = document({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": before})
    exercise.client("iam", EST).put_role_policy(RoleName="blue", PolicyName="revoked", PolicyDocument=revoked)

    assert "with an explicit deny in an identity-based policy" in blue.refused("ec2", "describe_vpcs")[1]


def test_a_role_is_passed_only_by_who_may_pass_it(exercise: Exercise) -> None:
    writer = f"arn:aws:iam::{EST}:role/writer"
    iam = exercise.client("iam", EST)
    service = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    iam.create_role(RoleName="writer", AssumeRolePolicyDocument=service)
    iam.create_instance_profile(InstanceProfileName="writers")
    iam.add_role_to_instance_profile(InstanceProfileName="writers", RoleName="writer")
    blue = Blue(exercise, allow("ec2:*"))
    launch = {"ImageId": "ami-12c6146b", "MinCount": 1, "MaxCount": 1, "IamInstanceProfile": {"Name": "writers"}}

    code, message = blue.refused("ec2", "run_instances", **launch)

    assert code == "UnauthorizedOperation"
    assert f"iam:PassRole on resource: {writer}" in message


def test_another_accounts_bucket_and_key_are_open_only_to_whom_they_let_in(exercise: Exercise) -> None:
    theirs = exercise.client("s3", POL)
    theirs.create_bucket(Bucket="pol-own", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    theirs.put_object(Bucket="pol-own", Key="a", Body=b"a")
    blue = Blue(exercise, allow("s3:*", "kms:*"))
    assert blue.refused("s3", "get_object", Bucket="pol-own", Key="a") == ("AccessDenied", "Access Denied")
    entry = {
        "Effect": "Allow",
        "Principal": {"AWS": ROLE},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::pol-own/*",
    }
    theirs.put_bucket_policy(Bucket="pol-own", Policy=document(entry))
    assert blue.refused("s3", "get_object", Bucket="pol-own", Key="a") == ("", "")
    key = exercise.client("kms", POL).create_key()["KeyMetadata"]["Arn"]
    assert (
        "because no resource-based policy allows the kms:Encrypt"
        in blue.refused("kms", "encrypt", KeyId=key, Plaintext=b"x")[1]
    )


def test_an_objects_own_list_lets_others_in_where_lists_count(exercise: Exercise) -> None:
    theirs = exercise.client("s3", POL)
    theirs.create_bucket(Bucket="pol-own", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    theirs.put_bucket_ownership_controls(Bucket="pol-own", OwnershipControls=rules)
    theirs.put_object(Bucket="pol-own", Key="open", Body=b"a", ACL="public-read")
    theirs.put_object(Bucket="pol-own", Key="shut", Body=b"b")
    blue = Blue(exercise, allow("s3:*"))
    refused = ("AccessDenied", "Access Denied")
    assert blue.refused("s3", "get_object", Bucket="pol-own", Key="open") == ("", "")
    assert blue.refused("s3", "get_object", Bucket="pol-own", Key="shut") == refused
    assert blue.refused("s3", "delete_object", Bucket="pol-own", Key="open") == refused
    assert blue.refused("s3", "list_objects_v2", Bucket="pol-own") == refused
    theirs.put_bucket_acl(Bucket="pol-own", ACL="authenticated-read")
    assert blue.refused("s3", "list_objects_v2", Bucket="pol-own") == ("", "")

    all_on = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    theirs.put_public_access_block(Bucket="pol-own", PublicAccessBlockConfiguration=dict.fromkeys(all_on, True))
    assert blue.refused("s3", "get_object", Bucket="pol-own", Key="open") == refused
    theirs.delete_public_access_block(Bucket="pol-own")
    assert blue.refused("s3", "get_object", Bucket="pol-own", Key="open") == ("", "")

    enforced = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    theirs.put_bucket_acl(Bucket="pol-own", ACL="private")
    theirs.put_bucket_ownership_controls(Bucket="pol-own", OwnershipControls=enforced)
    assert blue.refused("s3", "get_object", Bucket="pol-own", Key="open") == refused


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"newservice:Key": "x"}},
        {"StringEquals": {"aws:CalledViaNobody": "x"}},
        {"ForAllValues:StringEquals": {"ec2:Ňame": "x"}},
    ],
)
def test_what_cannot_be_told_is_refused_and_says_what(exercise: Exercise, condition: dict[str, Any]) -> None:
    blue = Blue(exercise)
    write("odd", document(allow("ec2:*", Condition=condition)))

    code, message = blue.refused("ec2", "describe_vpcs")

    assert code == "UnauthorizedOperation"
    assert "as far as the rehearsal cloud can tell" in message


@pytest.mark.parametrize("action", ["ec2:describevpcs", "EC2:DESCRIBEVPCS", "ec2:Describe?pcs"])
def test_actions_match_whatever_their_case(exercise: Exercise, action: str) -> None:
    assert Blue(exercise, allow(action)).refused("ec2", "describe_vpcs") == ("", "")


@pytest.mark.parametrize("written", ["", "{", "[]", '{"Statement": "x"}', '{"Version": "2012-10-17"}', "nul"])
def test_a_document_that_nobody_can_read_lets_nobody_in(exercise: Exercise, written: str) -> None:
    blue = Blue(exercise)
    write("odd", written)

    assert blue.refused("ec2", "describe_vpcs")[0] == "UnauthorizedOperation"


def test_ten_thousand_statements_are_judged(exercise: Exercise) -> None:
    blue = Blue(exercise)
    many = [allow(f"s3:Get{number}") for number in range(10_000)]
    write("many", document(*many))
    assert blue.refused("ec2", "describe_vpcs")[0] == "UnauthorizedOperation"

    write("many", document(*many, allow("ec2:DescribeVpcs")))
    assert blue.refused("ec2", "describe_vpcs") == ("", "")


def write(name: str, policy: str) -> None:
    """Give blue a policy that no call would take."""
    from moto.iam.models import iam_backends

    records = iam_backends[EST]["aws"]
    next(role for role in records.roles.values() if role.name == "blue").policies[name] = policy
    note_changed([records])
