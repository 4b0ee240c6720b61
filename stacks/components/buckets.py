"""A private, versioned, encrypted bucket."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pulumi
from pulumi_aws import s3

KEPT_DAYS = 30
"""How long overwritten and deleted versions can be brought back."""


@dataclass(frozen=True)
class BucketArgs:
    """What a bucket is called, with what it encrypts, and who may enter."""

    bucket: str
    """Unique in the world."""
    key_arn: pulumi.Output[str]
    policy: str


class Bucket(pulumi.ComponentResource):
    """A bucket that nothing public can touch, and all its settings; `ready` is the last of them."""

    arn: pulumi.Output[str]
    ready: pulumi.Resource
    """What writers depend on: with it, everything about the bucket is in place."""

    def __init__(self, name: str, args: BucketArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the bucket, then its settings one after another: S3 refuses two at once with OperationAborted.

        Destroying it deletes what is in it. What must outlive the enclave has been fetched before.
        """
        super().__init__("range:storage:Bucket", name, None, opts)
        bucket = s3.Bucket(name, bucket=args.bucket, force_destroy=True, opts=pulumi.ResourceOptions(parent=self))
        self.arn = bucket.arn
        last: pulumi.Resource = bucket
        for setting in _SETTINGS:
            last = setting(name, bucket, args, pulumi.ResourceOptions(parent=self, depends_on=[last]))
        self.ready = last
        self.register_outputs({"arn": bucket.arn})


def _ownership(name: str, bucket: s3.Bucket, _: BucketArgs, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    rule = s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced")
    return s3.BucketOwnershipControls(name, bucket=bucket.id, rule=rule, opts=opts)


def _nothing_public(name: str, bucket: s3.Bucket, _: BucketArgs, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    return s3.BucketPublicAccessBlock(
        name,
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )


def _versions(name: str, bucket: s3.Bucket, _: BucketArgs, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    enabled = s3.BucketVersioningVersioningConfigurationArgs(status="Enabled")
    return s3.BucketVersioning(name, bucket=bucket.id, versioning_configuration=enabled, opts=opts)


def _encryption(name: str, bucket: s3.Bucket, args: BucketArgs, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    rule = s3.BucketServerSideEncryptionConfigurationRuleArgs(
        apply_server_side_encryption_by_default=(
            s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                sse_algorithm="aws:kms", kms_master_key_id=args.key_arn
            )
        ),
        bucket_key_enabled=True,
    )
    return s3.BucketServerSideEncryptionConfiguration(name, bucket=bucket.id, rules=[rule], opts=opts)


def _lifecycle(name: str, bucket: s3.Bucket, _: BucketArgs, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    rule = s3.BucketLifecycleConfigurationRuleArgs(
        id="old-versions",
        status="Enabled",
        filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
        noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
            noncurrent_days=KEPT_DAYS
        ),
        abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
            days_after_initiation=1
        ),
    )
    return s3.BucketLifecycleConfiguration(name, bucket=bucket.id, rules=[rule], opts=opts)


def _policy(name: str, bucket: s3.Bucket, args: BucketArgs, opts: pulumi.ResourceOptions) -> pulumi.Resource:
    return s3.BucketPolicy(name, bucket=bucket.id, policy=args.policy, opts=opts)


_Setting = Callable[[str, s3.Bucket, BucketArgs, pulumi.ResourceOptions], pulumi.Resource]
_SETTINGS: tuple[_Setting, ...] = (_ownership, _nothing_public, _versions, _encryption, _lifecycle, _policy)
"""In this order: a policy that is put before public access is blocked could be public for a moment."""
