"""KMS keys, as AWS refuses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
ALLY, OTHER_ALLY = "200000000001", "200000000002"


def policy(principal: str, action: str = "kms:*") -> str:
    """Write a key policy with one statement."""
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def kms(clients: Callable[..., Any]) -> Any:
    """KMS of the ally's account."""
    return clients("kms")


@pytest.fixture
def key(kms: Any) -> str:
    """A key that is enabled."""
    return str(kms.create_key()["KeyMetadata"]["KeyId"])


@pytest.fixture
def pending(kms: Any, key: str) -> str:
    """A key that waits for its deletion."""
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    return key


USES = {
    "key-deletion-twice": lambda kms, key: kms.schedule_key_deletion(KeyId=key),
    "key-pending-used": lambda kms, key: kms.encrypt(KeyId=key, Plaintext=b"secret"),
    "key-pending-switched": lambda kms, key: kms.enable_key(KeyId=key),
    "key-pending-alias": lambda kms, key: kms.create_alias(AliasName="alias/evidence", TargetKeyId=key),
    "key-pending-grant": lambda kms, key: kms.create_grant(
        KeyId=key, GranteePrincipal=f"arn:aws:iam::{ALLY}:root", Operations=["Decrypt"]
    ),
    "key-pending-tagged": lambda kms, key: kms.tag_resource(KeyId=key, Tags=[{"TagKey": "a", "TagValue": "b"}]),
    "key-pending-rotation": lambda kms, key: kms.enable_key_rotation(KeyId=key),
}
"""What one does with a key, by the truth that refuses it while the key waits for its deletion."""


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.truth(name)) for name in USES])
def test_a_key_that_waits_for_its_deletion_is_used_for_nothing(
    name: str, kms: Any, pending: str, refused: Refused
) -> None:
    with refused("KMSInvalidStateException"):
        USES[name](kms, pending)

    kms.cancel_key_deletion(KeyId=pending)
    kms.enable_key(KeyId=pending)
    USES[name](kms, pending)


@pytest.mark.truth("key-pending-used")
def test_what_was_encrypted_stays_closed_while_the_key_waits(kms: Any, key: str, refused: Refused) -> None:
    closed = kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    with refused("KMSInvalidStateException"):
        kms.decrypt(KeyId=key, CiphertextBlob=closed)


@pytest.mark.truth("key-deletion-window")
@pytest.mark.parametrize("days", [6, 31])
def test_a_key_waits_for_7_to_30_days(days: int, kms: Any, key: str, refused: Refused) -> None:
    with refused("ValidationException"):
        kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=days)


@pytest.mark.truth("key-deletion-not-pending")
def test_a_deletion_is_cancelled_where_one_is_pending(kms: Any, key: str, refused: Refused) -> None:
    with refused("KMSInvalidStateException"):
        kms.cancel_key_deletion(KeyId=key)


@pytest.mark.truth("key-disabled-used")
def test_a_disabled_key_encrypts_nothing(kms: Any, key: str, refused: Refused) -> None:
    kms.disable_key(KeyId=key)
    with refused("DisabledException"):
        kms.encrypt(KeyId=key, Plaintext=b"secret")

    kms.enable_key(KeyId=key)
    kms.encrypt(KeyId=key, Plaintext=b"secret")


@pytest.mark.truth("alias-taken")
def test_an_alias_is_taken_once(kms: Any, key: str, refused: Refused) -> None:
    kms.create_alias(AliasName="alias/evidence", TargetKeyId=key)
    with refused("AlreadyExistsException"):
        kms.create_alias(AliasName="alias/evidence", TargetKeyId=key)


@pytest.mark.truth("alias-reserved")
def test_aliases_of_aws_are_reserved(kms: Any, key: str, refused: Refused) -> None:
    with refused("NotAuthorizedException"):
        kms.create_alias(AliasName="alias/aws/ebs", TargetKeyId=key)


@pytest.mark.truth("key-policy-of-a-stranger")
def test_a_key_policy_names_principals_that_exist(kms: Any, refused: Refused) -> None:
    with refused("MalformedPolicyDocumentException"):
        kms.create_key(Policy=policy(f"arn:aws:iam::{OTHER_ALLY}:role/nobody"))


@pytest.mark.truth("key-policy-locks-out")
def test_a_key_policy_keeps_a_way_back(kms: Any, key: str, refused: Refused) -> None:
    closed = policy(f"arn:aws:iam::{ALLY}:root", "kms:Encrypt")
    with refused("MalformedPolicyDocumentException"):
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=closed)

    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(f"arn:aws:iam::{ALLY}:root"))
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=closed, BypassPolicyLockoutSafetyCheck=True)


@pytest.mark.truth("key-rotation-unsupported")
def test_an_asymmetric_key_does_not_rotate(kms: Any, refused: Refused) -> None:
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    with refused("UnsupportedOperationException"):
        kms.enable_key_rotation(KeyId=key)
