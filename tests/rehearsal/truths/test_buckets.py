"""S3 buckets, as AWS refuses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Clients = Callable[..., Any]
HERE = {"LocationConstraint": "eu-west-2"}
OTHER_ALLY = "200000000002"
STRANGER = f"arn:aws:iam::{OTHER_ALLY}:role/nobody"


def policy(principal: Any, resource: str = "arn:aws:s3:::evidence/*") -> str:
    """Write a bucket policy with one statement."""
    statement = {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def s3(clients: Clients) -> Any:
    """S3 of the ally's account, with a versioned bucket `evidence`."""
    client = clients("s3")
    client.create_bucket(Bucket="evidence", CreateBucketConfiguration=HERE)
    client.put_bucket_versioning(Bucket="evidence", VersioningConfiguration={"Status": "Enabled"})
    return client


@pytest.mark.truth("bucket-not-empty")
def test_a_bucket_stays_until_every_version_and_marker_is_gone(s3: Any, refused: Refused) -> None:
    version = s3.put_object(Bucket="evidence", Key="alert", Body=b"1")["VersionId"]
    marker = s3.delete_object(Bucket="evidence", Key="alert")["VersionId"]
    for left in (version, marker):
        with refused("BucketNotEmpty"):
            s3.delete_bucket(Bucket="evidence")
        s3.delete_object(Bucket="evidence", Key="alert", VersionId=left)

    s3.delete_bucket(Bucket="evidence")


@pytest.mark.truth("bucket-yours-already", "bucket-of-somebody-else")
def test_a_bucket_name_is_taken_once_in_the_world(clients: Clients, s3: Any, refused: Refused) -> None:
    with refused("BucketAlreadyOwnedByYou"):
        s3.create_bucket(Bucket="evidence", CreateBucketConfiguration=HERE)
    with refused("BucketAlreadyExists"):
        clients("s3", OTHER_ALLY).create_bucket(Bucket="evidence", CreateBucketConfiguration=HERE)


@pytest.mark.truth("bucket-elsewhere", "bucket-in-us-east-1")
@pytest.mark.parametrize(
    ("location", "code"),
    [("eu-west-1", "IllegalLocationConstraintException"), ("us-east-1", "InvalidLocationConstraint")],
)
def test_a_bucket_is_made_where_one_stands(location: str, code: str, clients: Clients, refused: Refused) -> None:
    region = "us-east-1" if location == "us-east-1" else "eu-west-2"
    with refused(code):
        clients("s3", region=region).create_bucket(
            Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": location}
        )


@pytest.mark.truth("bucket-without-acls")
def test_a_new_bucket_takes_no_acls(s3: Any, refused: Refused) -> None:
    with refused("AccessControlListNotSupported"):
        s3.put_bucket_acl(Bucket="evidence", ACL="public-read")
    with refused("AccessControlListNotSupported"):
        s3.put_object(Bucket="evidence", Key="alert", Body=b"1", ACL="public-read")

    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]}
    s3.put_bucket_ownership_controls(Bucket="evidence", OwnershipControls=rules)
    s3.put_object(Bucket="evidence", Key="alert", Body=b"1", ACL="public-read")


@pytest.mark.truth("bucket-policy-public")
def test_a_public_policy_is_blocked_where_the_bucket_says_so(s3: Any, refused: Refused) -> None:
    s3.put_public_access_block(Bucket="evidence", PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    with refused("AccessDenied"):
        s3.put_bucket_policy(Bucket="evidence", Policy=policy("*"))

    s3.delete_public_access_block(Bucket="evidence")
    s3.put_bucket_policy(Bucket="evidence", Policy=policy("*"))


@pytest.mark.truth("bucket-policy-of-a-stranger", "bucket-policy-of-another-bucket")
@pytest.mark.parametrize("document", [policy({"AWS": STRANGER}), policy("*", "arn:aws:s3:::archive/*")])
def test_a_policy_names_who_and_what_there_is(document: str, s3: Any, refused: Refused) -> None:
    with refused("MalformedPolicy"):
        s3.put_bucket_policy(Bucket="evidence", Policy=document)


@pytest.mark.truth("bucket-replicated-unversioned")
def test_replication_needs_versioning(clients: Clients, s3: Any, refused: Refused) -> None:
    s3.create_bucket(Bucket="plain", CreateBucketConfiguration=HERE)
    rule = {"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": "arn:aws:s3:::evidence"}}
    role = "arn:aws:iam::200000000001:role/replicator"
    with refused("InvalidRequest"):
        s3.put_bucket_replication(Bucket="plain", ReplicationConfiguration={"Role": role, "Rules": [rule]})


@pytest.mark.truth("bucket-locked-suspended")
def test_a_locked_bucket_keeps_its_versions(s3: Any, refused: Refused) -> None:
    s3.create_bucket(Bucket="locked", CreateBucketConfiguration=HERE, ObjectLockEnabledForBucket=True)
    with refused("InvalidBucketState"):
        s3.put_bucket_versioning(Bucket="locked", VersioningConfiguration={"Status": "Suspended"})


@pytest.mark.truth("bucket-notifies-nobody")
def test_a_notification_has_somewhere_to_go(clients: Clients, s3: Any, refused: Refused) -> None:
    queue = {"QueueArn": "arn:aws:sqs:eu-west-2:200000000001:alerts", "Events": ["s3:ObjectCreated:*"]}
    with refused("InvalidArgument"):
        s3.put_bucket_notification_configuration(
            Bucket="evidence", NotificationConfiguration={"QueueConfigurations": [queue]}
        )

    clients("sqs").create_queue(QueueName="alerts")
    s3.put_bucket_notification_configuration(
        Bucket="evidence", NotificationConfiguration={"QueueConfigurations": [queue]}
    )
