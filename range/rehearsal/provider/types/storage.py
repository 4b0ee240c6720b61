"""Buckets, and what is set on them one resource at a time."""

from __future__ import annotations

from typing import Any

from range.rehearsal.provider.rows import ID, Act, Call, Field, Row, Tags, call, fixed, local, mutable, output, the
from range.rehearsal.provider.shapes import CHOSEN, Block, Document, Flag, Many, Part, Shape, Whole
from range.rehearsal.provider.types.ec2 import TagList
from range.rehearsal.provider.work import Work

_NO_BUCKET = ("NoSuchBucket", "404")
_DEFAULT_PLACE = "us-east-1"
"""The one Region that CreateBucket doesn't take by name."""


def _make_bucket(work: Work) -> Any:
    """Make a bucket in the Region at hand."""
    place = {} if work.region == _DEFAULT_PLACE else {"CreateBucketConfiguration": {"LocationConstraint": work.region}}
    lock = {"ObjectLockEnabledForBucket": True} if work.sent("objectLockEnabled") else {}
    work.ask("create_bucket", Bucket=work.given("bucket"), **place, **lock)
    return {"Name": work.given("bucket")}


def _bucket(work: Work) -> Any:
    """Look at a bucket: its tags and whether its objects can be locked."""
    found = work.ask("head_bucket", Bucket=work.id)
    region = found.get("BucketRegion") or work.region
    locked = call("get_object_lock_configuration", "ObjectLockConfiguration.ObjectLockEnabled", Bucket=ID)
    return {
        "Name": work.id,
        "Region": region,
        "Tags": work.make(call("get_bucket_tagging", "TagSet", Bucket=ID).or_none("NoSuchTagSet")),
        "Locked": work.make(locked.or_none("ObjectLockConfigurationNotFoundError")) == "Enabled",
    }


def _empty(work: Work) -> None:
    """Delete every version of every object, where the program said to."""
    if not work.old.get("forceDestroy"):
        return
    for page in work.pages("list_object_versions", Bucket=work.id):
        found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        objects = [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]
        if objects:
            work.ask("delete_objects", Bucket=work.id, Delete={"Objects": objects, "Quiet": True})


def _put_tags(work: Work) -> None:
    """Write all tags: S3 knows no single one."""
    if work.tags_all:
        work.ask("put_bucket_tagging", Bucket=work.id, Tagging={"TagSet": TagList().sent(work.tags_all)})
    else:
        work.ask("delete_bucket_tagging", Bucket=work.id)


BUCKET = Row(
    "aws:s3/bucket:Bucket",
    "S3 Bucket",
    "s3",
    create=_make_bucket,
    id="Name",
    read=_bucket,
    delete=(_empty, call("delete_bucket", Bucket=ID)),
    absent=_NO_BUCKET,
    busy=(),
    tags=Tags(put=_put_tags, drop=_put_tags, create={}),
    fields=(
        fixed("bucket", "Name", auto=str.lower),
        fixed("objectLockEnabled", shape=Flag(), read="Locked", default=False),
        local("forceDestroy", Flag(), False),
        output("arn", made="arn:{partition}:s3:::{id}"),
        output("bucketDomainName", made="{id}.s3.amazonaws.com"),
        output("bucketRegionalDomainName", made="{id}.s3.{region}.amazonaws.com"),
        output("bucketRegion", "Region"),
    ),
)


def _setting(
    token: str,
    title: str,
    *,
    put: Call,
    get: Call,
    delete: Act,
    absent: str,
    fields: tuple[Field, ...],
) -> Row:
    """Describe one thing that is set on a bucket; it is known by the bucket's name."""
    return Row(
        f"aws:s3/{token}",
        title,
        "s3",
        create=lambda work: work.make(put),
        id="{bucket}",
        imports="{bucket}",
        read=get,
        delete=(delete,),
        absent=(*_NO_BUCKET, absent),
        busy=(),
        fields=(fixed("bucket", required=True, read=None), *fields),
    )


_BUCKET = the("bucket")


def _put(operation: str, **params: Any) -> Call:
    return call(operation, Bucket=_BUCKET, **params)


_VERSIONING = Block((Part("status", required=True), Part("mfaDelete", "MFADelete", default=CHOSEN)))
_PUT_VERSIONING = _put("put_bucket_versioning", VersioningConfiguration=the("versioningConfiguration"))


def _suspend(work: Work) -> None:
    """Suspend versioning: what was versioned once can't be unversioned."""
    if (work.old.get("versioningConfiguration") or {}).get("status") == "Enabled":
        work.ask("put_bucket_versioning", Bucket=work.old["bucket"], VersioningConfiguration={"Status": "Suspended"})


VERSIONING = _setting(
    "bucketVersioning:BucketVersioning",
    "S3 Bucket Versioning",
    put=_PUT_VERSIONING,
    get=call("get_bucket_versioning", "Status && @ || `null`", Bucket=_BUCKET),
    delete=_suspend,
    absent="",
    fields=(mutable("versioningConfiguration", _PUT_VERSIONING, "", _VERSIONING, read="", required=True),),
)

_ENCRYPTION = Many(
    Block(
        (
            Part(
                "applyServerSideEncryptionByDefault",
                "ApplyServerSideEncryptionByDefault",
                Block((Part("sseAlgorithm", "SSEAlgorithm", required=True), Part("kmsMasterKeyId", "KMSMasterKeyID"))),
            ),
            Part("bucketKeyEnabled", shape=Flag(), default=False),
        )
    )
)
_PUT_ENCRYPTION = _put("put_bucket_encryption", ServerSideEncryptionConfiguration={"Rules": the("rules")})

ENCRYPTION = _setting(
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "S3 Bucket Server-side Encryption Configuration",
    put=_PUT_ENCRYPTION,
    get=call("get_bucket_encryption", "ServerSideEncryptionConfiguration", Bucket=_BUCKET),
    delete=call("delete_bucket_encryption", Bucket=_BUCKET),
    absent="ServerSideEncryptionConfigurationNotFoundError",
    fields=(mutable("rules", _PUT_ENCRYPTION, "", _ENCRYPTION, required=True),),
)

_PUBLIC = {
    "blockPublicAcls": "BlockPublicAcls",
    "blockPublicPolicy": "BlockPublicPolicy",
    "ignorePublicAcls": "IgnorePublicAcls",
    "restrictPublicBuckets": "RestrictPublicBuckets",
}
_PUT_PUBLIC = _put(
    "put_public_access_block", PublicAccessBlockConfiguration={aws: the(name) for name, aws in _PUBLIC.items()}
)


def _unblock(work: Work) -> None:
    if not work.old.get("skipDestroy"):
        work.ask("delete_public_access_block", Bucket=work.old["bucket"])


PUBLIC_ACCESS_BLOCK = _setting(
    "bucketPublicAccessBlock:BucketPublicAccessBlock",
    "S3 Bucket Public Access Block",
    put=_PUT_PUBLIC,
    get=call("get_public_access_block", "PublicAccessBlockConfiguration", Bucket=_BUCKET),
    delete=_unblock,
    absent="NoSuchPublicAccessBlockConfiguration",
    fields=(
        *(mutable(name, _PUT_PUBLIC, aws, Flag(), default=False) for name, aws in _PUBLIC.items()),
        local("skipDestroy", Flag(), False),
    ),
)

_PUT_POLICY = _put("put_bucket_policy", Policy=the("policy"))

POLICY = _setting(
    "bucketPolicy:BucketPolicy",
    "S3 Bucket Policy",
    put=_PUT_POLICY,
    get=call("get_bucket_policy", Bucket=_BUCKET),
    delete=call("delete_bucket_policy", Bucket=_BUCKET),
    absent="NoSuchBucketPolicy",
    fields=(mutable("policy", _PUT_POLICY, "", Document(), required=True),),
)

_PUT_OWNERSHIP = _put("put_bucket_ownership_controls", OwnershipControls={"Rules": [the("rule")]})

OWNERSHIP = _setting(
    "bucketOwnershipControls:BucketOwnershipControls",
    "S3 Bucket Ownership Controls",
    put=_PUT_OWNERSHIP,
    get=call("get_bucket_ownership_controls", "OwnershipControls", Bucket=_BUCKET),
    delete=call("delete_bucket_ownership_controls", Bucket=_BUCKET),
    absent="OwnershipControlsNotFoundError",
    fields=(
        mutable(
            "rule", _PUT_OWNERSHIP, "", Block((Part("objectOwnership", required=True),)), read="Rules[0]", required=True
        ),
    ),
)


def _days(name: str = "days", aws: str = "") -> Part:
    return Part(name, aws, Whole())


def _part(name: str, *parts: Part, shape: Shape | None = None) -> Part:
    return Part(name, shape=shape or Block(parts))


_LIFECYCLE = Many(
    Block(
        (
            Part("id", "ID", required=True),
            Part("status", required=True),
            _part("filter", Part("prefix"), _days("objectSizeGreaterThan"), _days("objectSizeLessThan")),
            _part("expiration", _days(), Part("date"), Part("expiredObjectDeleteMarker", shape=Flag())),
            _part("noncurrentVersionExpiration", _days("noncurrentDays"), _days("newerNoncurrentVersions")),
            _part("abortIncompleteMultipartUpload", _days("daysAfterInitiation")),
            Part(
                "transitions",
                shape=Many(Block((_days(), Part("date"), Part("storageClass", required=True)))),
            ),
        )
    )
)
_PUT_LIFECYCLE = _put("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": the("rules")})

LIFECYCLE = _setting(
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "S3 Bucket Lifecycle Configuration",
    put=_PUT_LIFECYCLE,
    get=call("get_bucket_lifecycle_configuration", Bucket=_BUCKET),
    delete=call("delete_bucket_lifecycle", Bucket=_BUCKET),
    absent="NoSuchLifecycleConfiguration",
    fields=(mutable("rules", _PUT_LIFECYCLE, "", _LIFECYCLE),),
)

ROWS = (BUCKET, VERSIONING, ENCRYPTION, PUBLIC_ACCESS_BLOCK, POLICY, OWNERSHIP, LIFECYCLE)
