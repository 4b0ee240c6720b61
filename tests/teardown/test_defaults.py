"""Settings of a whole account are given back as they were before the first `up`, where no state does it any more."""

from __future__ import annotations

from typing import Any

import pytest

from range.cloud.sessions import Account
from range.records.observation import Difference
from range.teardown.defaults import give_back

REGION = "eu-west-2"


def differs(type_: str, was: Any, now: Any, kind: Any = "changed") -> Difference:
    """Tell of a setting that isn't as it was."""
    return Difference(kind=kind, region=REGION, type=type_, name="it", id="it", property="P", was=was, now=now)


def settings(account: Account) -> dict[str, Any]:
    """Read all of them."""
    block = account.call("s3control", "get_public_access_block", AccountId=account.id)["PublicAccessBlockConfiguration"]
    return {
        "encrypted": account.call("ec2", "get_ebs_encryption_by_default")["EbsEncryptionByDefault"],
        "key": account.call("ec2", "get_ebs_default_kms_key_id")["KmsKeyId"],
        "metadata": account.call("ec2", "get_instance_metadata_defaults")["AccountLevel"],
        "open": [name for name, blocked in block.items() if not blocked],
    }


def test_what_our_stack_set_is_given_back_as_it_was(account: Account) -> None:
    key = account.call("kms", "create_key")["KeyMetadata"]["Arn"]
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    before = {**block, "BlockPublicAcls": False}
    account.call("s3control", "put_public_access_block", AccountId=account.id, PublicAccessBlockConfiguration=before)
    first = settings(account)
    account.call("s3control", "put_public_access_block", AccountId=account.id, PublicAccessBlockConfiguration=block)
    account.call("ec2", "enable_ebs_encryption_by_default")
    account.call("ec2", "modify_ebs_default_kms_key_id", KmsKeyId=key)
    account.call("ec2", "modify_instance_metadata_defaults", HttpTokens="required", HttpPutResponseHopLimit=1)
    set_by_us = settings(account)

    given = give_back(
        account,
        [
            differs("ec2:ebs-encryption-default", False, True),
            differs("ec2:ebs-default-key", first["key"], key),
            differs("ec2:instance-metadata-defaults", first["metadata"], set_by_us["metadata"]),
            differs("s3:account-public-access", before, block),
            differs("sqs:queue", None, None, "added"),
        ],
    )

    assert set_by_us["encrypted"] is True
    assert settings(account) == first
    assert len(given) == 4


def test_a_block_of_public_access_that_was_not_there_goes(account: Account) -> None:
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    account.call("s3control", "put_public_access_block", AccountId=account.id, PublicAccessBlockConfiguration=block)

    give_back(account, [differs("s3:account-public-access", None, None, "added")])

    with pytest.raises(Exception, match="NoSuchPublicAccessBlockConfiguration"):
        settings(account)
