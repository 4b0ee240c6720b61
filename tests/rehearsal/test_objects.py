"""What a bucket's policy denies on objects, and to whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.rehearsal.conftest import EST, POL, REGION

BUCKET = "evidence-est"
Client = Callable[..., Any]
Refused = Callable[[str], Any]


@pytest.fixture
def s3(client: Client) -> Any:
    """S3 of est, with a bucket that holds one object."""
    s3 = client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=BUCKET, Key="proof", Body=b"it was so")
    return s3


def deny(s3: Any, **statement: Any) -> None:
    """Put a policy that denies something on every object."""
    denied = {"Effect": "Deny", "Principal": "*", "Resource": f"arn:aws:s3:::{BUCKET}/*", **statement}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": [denied]}))


def test_a_denial_of_what_travels_in_clear_denies_nothing_here(s3: Any) -> None:
    deny(s3, Action="s3:*", Condition={"Bool": {"aws:SecureTransport": "false"}})

    s3.put_object(Bucket=BUCKET, Key="another", Body=b"")
    assert s3.get_object(Bucket=BUCKET, Key="proof")["Body"].read() == b"it was so"


def test_a_denied_deletion_is_refused_and_reading_is_not(s3: Any, refused: Refused) -> None:
    deny(s3, Action="s3:DeleteObject")

    with refused("AccessDenied"):
        s3.delete_object(Bucket=BUCKET, Key="proof")
    assert s3.get_object(Bucket=BUCKET, Key="proof")["Body"].read() == b"it was so"


def test_of_several_deletions_only_the_denied_ones_fail(s3: Any) -> None:
    s3.put_object(Bucket=BUCKET, Key="draft", Body=b"")
    deny(s3, Action="s3:DeleteObject", Resource=f"arn:aws:s3:::{BUCKET}/proof")

    answer = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "proof"}, {"Key": "draft"}]})

    assert [each["Key"] for each in answer["Deleted"]] == ["draft"]
    assert [(each["Key"], each["Code"]) for each in answer["Errors"]] == [("proof", "AccessDenied")]


def test_an_upload_must_be_encrypted_as_the_policy_says(s3: Any, refused: Refused) -> None:
    deny(s3, Action="s3:PutObject", Condition={"StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}})

    with refused("AccessDenied"):
        s3.put_object(Bucket=BUCKET, Key="clear", Body=b"")
    s3.put_object(Bucket=BUCKET, Key="sealed", Body=b"", ServerSideEncryption="aws:kms")


def test_what_is_denied_to_other_accounts_is_open_to_one_s_own(s3: Any, client: Client, refused: Refused) -> None:
    deny(s3, Action="s3:GetObject", Condition={"StringNotEquals": {"aws:PrincipalAccount": EST}})

    with refused("AccessDenied"):
        client("s3", POL).get_object(Bucket=BUCKET, Key="proof")
    assert s3.get_object(Bucket=BUCKET, Key="proof")["Body"].read() == b"it was so"


def test_a_version_can_be_kept_from_those_who_may_delete_the_object(s3: Any, refused: Refused) -> None:
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    version = s3.put_object(Bucket=BUCKET, Key="proof", Body=b"it was otherwise")["VersionId"]
    deny(s3, Action="s3:DeleteObjectVersion")

    with refused("AccessDenied"):
        s3.delete_object(Bucket=BUCKET, Key="proof", VersionId=version)
    several = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "proof", "VersionId": version}]})
    assert [each["Code"] for each in several["Errors"]] == ["AccessDenied"]
    assert s3.delete_object(Bucket=BUCKET, Key="proof")["DeleteMarker"]


def test_who_may_not_put_may_not_copy_or_upload_in_parts_either(s3: Any, refused: Refused) -> None:
    deny(s3, Action="s3:PutObject")

    with refused("AccessDenied"):
        s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "proof"})
    with refused("AccessDenied"):
        s3.create_multipart_upload(Bucket=BUCKET, Key="parts")
