"""What IAM calls services and their operations.

Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services" (read 2026-11-28).
"""

from __future__ import annotations

from range.rehearsal.call import Call
from range.rehearsal.services import Service

_PREFIXES = {
    "monitoring": "cloudwatch",
    "tagging": "tag",
    "s3control": "s3",
    "sso-admin": "sso",
}
"""By the name that requests are signed for, where IAM has another."""

_ACTIONS = {
    "s3.AbortMultipartUpload": "AbortMultipartUpload",
    "s3.CompleteMultipartUpload": "PutObject",
    "s3.CopyObject": "PutObject",
    "s3.CreateMultipartUpload": "PutObject",
    "s3.DeleteBucketCors": "PutBucketCORS",
    "s3.DeleteBucketEncryption": "PutEncryptionConfiguration",
    "s3.DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "s3.DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "s3.DeleteBucketReplication": "PutReplicationConfiguration",
    "s3.DeleteBucketTagging": "PutBucketTagging",
    "s3.DeleteObjects": "DeleteObject",
    "s3.DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "s3.GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "s3.GetBucketEncryption": "GetEncryptionConfiguration",
    "s3.GetBucketLifecycle": "GetLifecycleConfiguration",
    "s3.GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "s3.GetBucketNotificationConfiguration": "GetBucketNotification",
    "s3.GetBucketReplication": "GetReplicationConfiguration",
    "s3.GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "s3.GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "s3.HeadBucket": "ListBucket",
    "s3.HeadObject": "GetObject",
    "s3.ListBuckets": "ListAllMyBuckets",
    "s3.ListMultipartUploads": "ListBucketMultipartUploads",
    "s3.ListObjectVersions": "ListBucketVersions",
    "s3.ListObjects": "ListBucket",
    "s3.ListObjectsV2": "ListBucket",
    "s3.ListParts": "ListMultipartUploadParts",
    "s3.PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "s3.PutBucketEncryption": "PutEncryptionConfiguration",
    "s3.PutBucketLifecycle": "PutLifecycleConfiguration",
    "s3.PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "s3.PutBucketNotificationConfiguration": "PutBucketNotification",
    "s3.PutBucketReplication": "PutReplicationConfiguration",
    "s3.PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "s3.PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "s3.SelectObjectContent": "GetObject",
    "s3.UploadPart": "PutObject",
    "s3.UploadPartCopy": "PutObject",
    "s3control.DeletePublicAccessBlock": "PutAccountPublicAccessBlock",
    "s3control.GetPublicAccessBlock": "GetAccountPublicAccessBlock",
    "s3control.PutPublicAccessBlock": "PutAccountPublicAccessBlock",
    "lambda.Invoke": "InvokeFunction",
    "lambda.InvokeAsync": "InvokeFunction",
}
"""Operations that no action of the same name stands for."""


def prefix_of(service: Service) -> str:
    """Give what a service's actions begin with."""
    signed = str(service.model.signing_name)
    return _PREFIXES.get(service.name) or _PREFIXES.get(signed, signed)


def action_of(call: Call) -> str:
    """Give the action that a call is, in the first place."""
    return f"{prefix_of(call.service)}:{_ACTIONS.get(call.name, call.operation)}"
