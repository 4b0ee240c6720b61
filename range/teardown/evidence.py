"""Evidence that was kept on request, saved before the key that it is encrypted with goes: copied under a key of the hub."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from typing import Any

from range.cloud.resources.kinds import EVIDENCE, tag_mapping
from range.cloud.sessions import Account
from range.errors import CloudError
from range.plan.names import TAG_PREFIX

PATIENCE_S = 3600.0
"""How long AWS may take to copy a disk."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 15.0
_USE = ["kms:DescribeKey", "kms:Decrypt", "kms:Encrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant"]


def safeguard(account: Account, hub: Account, exercise: str, roles: Iterable[str]) -> dict[str, str]:
    """Copy an account's evidence under the hub's key, and delete what it was copied from; gives the key of each snapshot.

    What is under that key already is left as it is, and so is what other exercises have in the account. `roles` are the
    controller's in every account that may have some.

    Raises:
        CloudError: AWS refused a copy; its original stays, and so must the key that it is encrypted with.
    """
    filters = [{"Name": "tag-key", "Values": [EVIDENCE]}, {"Name": f"tag:{TAG_PREFIX}exercise", "Values": [exercise]}]
    pages = account.pages("ec2", "describe_snapshots", OwnerIds=["self"], Filters=filters)
    found = [each for page in pages for each in page["Snapshots"]]
    if not found:
        return {}
    key = _key(hub, exercise, roles)
    copies = {each["SnapshotId"]: _copy(account, each, key) for each in found if each.get("KmsKeyId") != key}
    for copy in copies.values():
        _await(account, copy)
    for original in copies:
        account.call("ec2", "delete_snapshot", SnapshotId=original)
    return dict.fromkeys(
        [*copies.values(), *(each["SnapshotId"] for each in found if each.get("KmsKeyId") == key)], key
    )


def _copy(account: Account, snapshot: Mapping[str, Any], key: str) -> str:
    answer = account.call(
        "ec2",
        "copy_snapshot",
        SourceSnapshotId=snapshot["SnapshotId"],
        SourceRegion=account.region,
        Description=snapshot.get("Description", ""),
        Encrypted=True,
        KmsKeyId=key,
        TagSpecifications=[{"ResourceType": "snapshot", "Tags": snapshot["Tags"]}],
    )
    return str(answer["SnapshotId"])


def _await(account: Account, snapshot: str) -> None:
    until, wait_s = time.monotonic() + PATIENCE_S, _FIRST_WAIT_S
    while True:
        state = account.call("ec2", "describe_snapshots", SnapshotIds=[snapshot])["Snapshots"][0]["State"]
        if state == "completed":
            return
        if state == "error" or time.monotonic() > until:
            raise CloudError(f"the copy {snapshot} of kept evidence is {state}", code="CopyFailed")
        time.sleep(wait_s)
        wait_s = min(wait_s * 2, _LONGEST_WAIT_S)


def _key(hub: Account, exercise: str, roles: Iterable[str]) -> str:
    """Find the hub's key for an exercise's evidence, or make it; no stack has it, so no teardown schedules it."""
    policy = json.dumps(_policy(hub, roles))
    for page in hub.pages("kms", "list_keys"):
        for each in page["Keys"]:
            about = hub.call("kms", "describe_key", KeyId=each["KeyId"])["KeyMetadata"]
            if about["KeyManager"] != "CUSTOMER" or about["KeyState"] != "Enabled":
                continue
            tags = tag_mapping(hub.call("kms", "list_resource_tags", KeyId=each["KeyId"]).get("Tags"))
            if tags.get(EVIDENCE) == exercise:
                hub.call("kms", "put_key_policy", KeyId=each["KeyId"], PolicyName="default", Policy=policy)
                return str(each["KeyArn"])
    tags_ = [{"TagKey": EVIDENCE, "TagValue": exercise}, {"TagKey": f"{TAG_PREFIX}exercise", "TagValue": exercise}]
    made = hub.call("kms", "create_key", Description=f"Kept evidence of {exercise}", Policy=policy, Tags=tags_)
    return str(made["KeyMetadata"]["Arn"])


def _policy(hub: Account, roles: Iterable[str]) -> dict[str, Any]:
    """Let the hub's account do anything with the key, and the controller of each ally's have EC2 encrypt and read disks with it.

    `range verify` takes that for declared, and no more than that.
    """
    via = {"StringEquals": {"kms:ViaService": f"ec2.{hub.region}.amazonaws.com"}}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{hub.id}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {"Effect": "Allow", "Principal": {"AWS": sorted(roles)}, "Action": _USE, "Resource": "*", "Condition": via},
        ],
    }
