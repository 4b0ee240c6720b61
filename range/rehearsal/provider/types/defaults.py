"""What holds for a whole account in a Region: defaults of instances and volumes, and public access to buckets."""

from __future__ import annotations

from typing import Any

from range.rehearsal.provider.rows import ID, Row, call, fixed, mutable, the
from range.rehearsal.provider.shapes import Flag, Whole
from range.rehearsal.provider.work import Work

_METADATA = call(
    "modify_instance_metadata_defaults",
    HttpTokens=the("httpTokens"),
    HttpEndpoint=the("httpEndpoint"),
    HttpPutResponseHopLimit=the("httpPutResponseHopLimit"),
    InstanceMetadataTags=the("instanceMetadataTags"),
)
_PREFERENCES = ("HttpTokens", "HttpEndpoint", "HttpPutResponseHopLimit", "InstanceMetadataTags")
_NO_PREFERENCE = "no-preference"
_NO_LIMIT = -1

INSTANCE_METADATA_DEFAULTS = Row(
    "aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
    "EC2 Instance Metadata Defaults",
    "ec2",
    create=lambda work: work.make(_METADATA),
    id="{region}",
    read=call("get_instance_metadata_defaults", f"[AccountLevel][?{' || '.join(_PREFERENCES)}] | [0]"),
    delete=(
        call(
            "modify_instance_metadata_defaults",
            HttpTokens=_NO_PREFERENCE,
            HttpEndpoint=_NO_PREFERENCE,
            HttpPutResponseHopLimit=_NO_LIMIT,
            InstanceMetadataTags=_NO_PREFERENCE,
        ),
    ),
    fields=(
        mutable("httpTokens", _METADATA, default=_NO_PREFERENCE),
        mutable("httpEndpoint", _METADATA, default=_NO_PREFERENCE),
        mutable("httpPutResponseHopLimit", _METADATA, "", Whole(), default=_NO_LIMIT),
        mutable("instanceMetadataTags", _METADATA, default=_NO_PREFERENCE),
    ),
)


def _encrypt(work: Work) -> Any:
    verb = "enable" if work.sent("enabled") else "disable"
    return work.ask(f"{verb}_ebs_encryption_by_default")


ENCRYPTION_BY_DEFAULT = Row(
    "aws:ebs/encryptionByDefault:EncryptionByDefault",
    "EBS encryption by default",
    "ec2",
    create=_encrypt,
    id="{region}",
    read=call("get_ebs_encryption_by_default"),
    delete=(call("disable_ebs_encryption_by_default"),),
    fields=(mutable("enabled", _encrypt, "EbsEncryptionByDefault", Flag(), default=True),),
)

DEFAULT_KMS_KEY = Row(
    "aws:ebs/defaultKmsKey:DefaultKmsKey",
    "EBS default KMS key",
    "ec2",
    create=call("modify_ebs_default_kms_key_id"),
    id="KmsKeyId",
    read=call("get_ebs_default_kms_key_id"),
    delete=(call("reset_ebs_default_kms_key_id"),),
    fields=(fixed("keyArn", "KmsKeyId", required=True),),
)

_PUBLIC = {
    "blockPublicAcls": "BlockPublicAcls",
    "blockPublicPolicy": "BlockPublicPolicy",
    "ignorePublicAcls": "IgnorePublicAcls",
    "restrictPublicBuckets": "RestrictPublicBuckets",
}


def _block(work: Work) -> Any:
    """Block public access in an account: the one that is named, or the caller's own."""
    account = work.given("accountId") or work.caller.account
    settings = {aws: bool(work.value(name)) for name, aws in _PUBLIC.items()}
    work.ask("put_public_access_block", AccountId=account, PublicAccessBlockConfiguration=settings)
    return {"AccountId": account}


def _blocked(work: Work) -> Any:
    found = work.ask("get_public_access_block", AccountId=work.id)
    return {**found["PublicAccessBlockConfiguration"], "AccountId": work.id}


ACCOUNT_PUBLIC_ACCESS_BLOCK = Row(
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "S3 Account Public Access Block",
    "s3control",
    create=_block,
    id="AccountId",
    read=_blocked,
    delete=(call("delete_public_access_block", AccountId=ID),),
    absent=("NoSuchPublicAccessBlockConfiguration",),
    regional=False,
    fields=(
        fixed("accountId"),
        *(mutable(name, _block, aws, Flag(), default=False) for name, aws in _PUBLIC.items()),
    ),
)

ROWS = (INSTANCE_METADATA_DEFAULTS, ENCRYPTION_BY_DEFAULT, DEFAULT_KMS_KEY, ACCOUNT_PUBLIC_ACCESS_BLOCK)
