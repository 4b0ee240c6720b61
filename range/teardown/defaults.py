"""Settings of a whole account that every stack makes: given back as they were, where no state does it any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from range.cloud.sessions import Account
from range.records.observation import Difference

_NO_PREFERENCE: Mapping[str, Any] = {
    "HttpTokens": "no-preference",
    "HttpEndpoint": "no-preference",
    "InstanceMetadataTags": "no-preference",
    "HttpPutResponseHopLimit": -1,
}
"""Source: EC2 API Reference, "ModifyInstanceMetadataDefaults" (read 2026-11-28)."""


def give_back(account: Account, found: Iterable[Difference]) -> tuple[str, ...]:
    """Give those settings back of what differs from before the first `up`; names them.

    Raises:
        CloudError: AWS refused.
    """
    ours = [each for each in found if each.type in _SETTINGS and each.kind != "gone"]
    for each in ours:
        _SETTINGS[each.type](account, each)
    return tuple(f"{each.region} {each.type}" for each in ours)


def _encryption(account: Account, each: Difference) -> None:
    operation = "enable_ebs_encryption_by_default" if each.was else "disable_ebs_encryption_by_default"
    account.call("ec2", operation, region=each.region)


def _key(account: Account, each: Difference) -> None:
    if str(each.was).startswith("alias/aws/"):
        account.call("ec2", "reset_ebs_default_kms_key_id", region=each.region)
    else:
        account.call("ec2", "modify_ebs_default_kms_key_id", region=each.region, KmsKeyId=each.was)


def _metadata(account: Account, each: Difference) -> None:
    before: Mapping[str, Any] = each.was if isinstance(each.was, Mapping) else {}
    wanted = {name: before.get(name, default) for name, default in _NO_PREFERENCE.items()}
    account.call("ec2", "modify_instance_metadata_defaults", region=each.region, **wanted)


def _public_access(account: Account, each: Difference) -> None:
    if each.kind == "added":
        account.call("s3control", "delete_public_access_block", AccountId=account.id)
    else:
        before = {"PublicAccessBlockConfiguration": each.was}
        account.call("s3control", "put_public_access_block", AccountId=account.id, **before)


_SETTINGS: Mapping[str, Callable[[Account, Difference], None]] = {
    "ec2:ebs-default-key": _key,
    "ec2:ebs-encryption-default": _encryption,
    "ec2:instance-metadata-defaults": _metadata,
    "s3:account-public-access": _public_access,
}
"""By what the witness calls them."""
