"""Trails and log groups, as AWS refuses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Clients = Callable[..., Any]


def policy(service: str, resource: str = "*") -> str:
    """Write a resource policy that lets a service do everything."""
    statements = [
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "*", "Resource": resource},
        {"Effect": "Allow", "Principal": {"AWS": "200000000001"}, "Action": "kms:*", "Resource": resource},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements[: 2 if resource == "*" else 1]})


@pytest.fixture
def bucket(clients: Clients) -> str:
    """A bucket that CloudTrail may write to."""
    s3 = clients("s3")
    s3.create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    s3.put_bucket_policy(Bucket="trail", Policy=policy("cloudtrail.amazonaws.com", "arn:aws:s3:::trail/*"))
    return "trail"


@pytest.fixture
def cloudtrail(clients: Clients) -> Any:
    """CloudTrail of the ally's account."""
    return clients("cloudtrail")


@pytest.fixture
def logs(clients: Clients) -> Any:
    """CloudWatch Logs of the ally's account, with a group `flows`."""
    client = clients("logs")
    client.create_log_group(logGroupName="flows")
    return client


@pytest.mark.truth("trail-without-bucket", "trail-bucket-unwritable")
def test_a_trail_needs_a_bucket_that_it_may_write_to(clients: Clients, cloudtrail: Any, refused: Refused) -> None:
    with refused("S3BucketDoesNotExistException"):
        cloudtrail.create_trail(Name="trail", S3BucketName="nowhere")

    clients("s3").create_bucket(Bucket="mute", CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    with refused("InsufficientS3BucketPolicyException"):
        cloudtrail.create_trail(Name="trail", S3BucketName="mute")


@pytest.mark.truth("trail-name-taken", "trails-over-quota")
def test_five_trails_fit_a_region_each_with_its_own_name(cloudtrail: Any, bucket: str, refused: Refused) -> None:
    cloudtrail.create_trail(Name="trail-0", S3BucketName=bucket)
    with refused("TrailAlreadyExistsException"):
        cloudtrail.create_trail(Name="trail-0", S3BucketName=bucket)
    for number in range(1, 5):
        cloudtrail.create_trail(Name=f"trail-{number}", S3BucketName=bucket)
    with refused("MaximumNumberOfTrailsExceededException"):
        cloudtrail.create_trail(Name="trail-5", S3BucketName=bucket)


@pytest.mark.truth("trail-of-an-organisation")
def test_the_organisations_trail_is_the_management_accounts(cloudtrail: Any, bucket: str, refused: Refused) -> None:
    with refused("NotOrganizationMasterAccountException"):
        cloudtrail.create_trail(Name="trail", S3BucketName=bucket, IsOrganizationTrail=True)


@pytest.mark.truth("trail-log-group-unknown")
def test_a_trail_writes_to_a_group_that_exists(cloudtrail: Any, bucket: str, refused: Refused) -> None:
    group = "arn:aws:logs:eu-west-2:200000000001:log-group:nowhere:*"
    role = "arn:aws:iam::200000000001:role/trail"
    with refused("InvalidCloudWatchLogsLogGroupArnException"):
        cloudtrail.create_trail(
            Name="trail", S3BucketName=bucket, CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role
        )


@pytest.mark.truth("trail-role-unassumable")
def test_a_trail_writes_to_a_group_as_a_role_that_trusts_it(
    clients: Clients, cloudtrail: Any, logs: Any, bucket: str, refused: Refused
) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
    group = "arn:aws:logs:eu-west-2:200000000001:log-group:flows:*"
    asked = {"Name": "trail", "S3BucketName": bucket, "CloudWatchLogsLogGroupArn": group}
    with refused("InvalidCloudWatchLogsRoleArnException"):
        cloudtrail.create_trail(**asked, CloudWatchLogsRoleArn="arn:aws:iam::200000000001:role/nobody")

    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = clients("iam").create_role(RoleName="trail", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    cloudtrail.create_trail(**asked, CloudWatchLogsRoleArn=role)


@pytest.mark.truth("trail-key-unknown", "trail-key-disabled", "trail-key-of-others")
def test_a_trail_needs_a_key_that_it_may_use(clients: Clients, cloudtrail: Any, bucket: str, refused: Refused) -> None:
    unknown = "arn:aws:kms:eu-west-2:200000000001:key/11111111-1111-1111-1111-111111111111"
    with refused("KmsKeyNotFoundException"):
        cloudtrail.create_trail(Name="trail", S3BucketName=bucket, KmsKeyId=unknown)
    closed = clients("kms").create_key()["KeyMetadata"]["Arn"]
    with refused("InsufficientEncryptionPolicyException"):
        cloudtrail.create_trail(Name="trail", S3BucketName=bucket, KmsKeyId=closed)

    key = clients("kms").create_key(Policy=policy("cloudtrail.amazonaws.com"))["KeyMetadata"]["Arn"]
    clients("kms").disable_key(KeyId=key)
    with refused("KmsKeyDisabledException"):
        cloudtrail.create_trail(Name="trail", S3BucketName=bucket, KmsKeyId=key)

    clients("kms").enable_key(KeyId=key)
    cloudtrail.create_trail(Name="trail", S3BucketName=bucket, KmsKeyId=key)


@pytest.mark.truth("log-group-twice", "log-group-absent")
def test_a_log_group_is_made_once_and_deleted_once(logs: Any, refused: Refused) -> None:
    with refused("ResourceAlreadyExistsException"):
        logs.create_log_group(logGroupName="flows")

    logs.delete_log_group(logGroupName="flows")
    with refused("ResourceNotFoundException"):
        logs.delete_log_group(logGroupName="flows")


@pytest.mark.truth("log-group-retention")
def test_logs_are_kept_for_one_of_the_allowed_times(logs: Any, refused: Refused) -> None:
    with refused("InvalidParameterException"):
        logs.put_retention_policy(logGroupName="flows", retentionInDays=100)

    logs.put_retention_policy(logGroupName="flows", retentionInDays=90)


@pytest.mark.truth("log-group-reserved-name")
def test_names_of_aws_are_reserved(logs: Any, refused: Refused) -> None:
    with refused("InvalidParameterException"):
        logs.create_log_group(logGroupName="aws/flows")

    logs.create_log_group(logGroupName="/aws/flows")


@pytest.mark.truth("log-group-key-unusable")
def test_a_log_group_needs_a_key_that_it_may_use(clients: Clients, logs: Any, refused: Refused) -> None:
    kms = clients("kms")
    closed = kms.create_key()["KeyMetadata"]["Arn"]
    with refused("InvalidParameterException"):
        logs.create_log_group(logGroupName="closed", kmsKeyId=closed)
    with refused("InvalidParameterException"):
        logs.associate_kms_key(logGroupName="flows", kmsKeyId=closed)

    key = kms.create_key(Policy=policy("logs.eu-west-2.amazonaws.com"))["KeyMetadata"]["Arn"]
    logs.create_log_group(logGroupName="open", kmsKeyId=key)


@pytest.mark.truth("subscription-third")
def test_a_group_has_two_subscriptions_at_most(clients: Clients, logs: Any, refused: Refused) -> None:
    clients("kinesis").create_stream(StreamName="events", ShardCount=1)
    trust = {"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = clients("iam").create_role(RoleName="logs", AssumeRolePolicyDocument=document)
    for number in range(3):
        filtering = {
            "logGroupName": "flows",
            "filterName": f"filter-{number}",
            "filterPattern": "",
            "destinationArn": "arn:aws:kinesis:eu-west-2:200000000001:stream/events",
            "roleArn": role["Role"]["Arn"],
        }
        if number < 2:
            logs.put_subscription_filter(**filtering)
    with refused("LimitExceededException"):
        logs.put_subscription_filter(**filtering)


@pytest.mark.truth("subscription-to-a-deaf-function")
def test_a_subscription_goes_to_a_function_that_listens(logs: Any, refused: Refused) -> None:
    arn = "arn:aws:lambda:eu-west-2:200000000001:function:nobody"
    with refused("InvalidParameterException"):
        logs.put_subscription_filter(logGroupName="flows", filterName="all", filterPattern="", destinationArn=arn)
