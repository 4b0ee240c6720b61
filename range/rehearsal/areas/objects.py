"""S3's calls on objects, which a bucket's policy may deny. moto denies whatever a conditional statement is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.emulator import emulate
from range.rehearsal.messages import Answer
from range.rehearsal.permissions import Asked, denies
from range.rehearsal.refusals import Refusal

_ACTIONS = {
    "GetObject": "s3:GetObject",
    "HeadObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
    "CopyObject": "s3:PutObject",
    "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject",
    "UploadPartCopy": "s3:PutObject",
    "CompleteMultipartUpload": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload",
    "GetObjectTagging": "s3:GetObjectTagging",
    "PutObjectTagging": "s3:PutObjectTagging",
    "DeleteObjectTagging": "s3:DeleteObjectTagging",
    "PutObjectAcl": "s3:PutObjectAcl",
    "PutObjectLegalHold": "s3:PutObjectLegalHold",
    "PutObjectRetention": "s3:PutObjectRetention",
}
"""Source: Amazon S3 User Guide, "Required permissions for Amazon S3 API operations"; from memory, 2026-11-22."""
_OF_VERSIONS = ("s3:GetObject", "s3:DeleteObject")
"""Actions that have another name where a call names a version."""


def on_an_object(call: Call) -> Answer:
    """Let moto answer, unless the policy of the bucket denies it to this caller."""
    if _is_denied(call, _ACTIONS[call.operation], call.params):
        raise Refusal("AccessDenied", "Access Denied", status=403)
    return call.by_moto()


def delete_several(call: Call) -> Shape | Answer:
    """Delete what may be deleted of a list, and tell of each other object that it may not."""
    objects: list[Shape] = call.params["Delete"]["Objects"]
    denied = [each for each in objects if _is_denied(call, "s3:DeleteObject", each)]
    if not denied:
        return call.by_moto()
    allowed = [each for each in objects if each not in denied]
    result: Shape = {}
    if allowed:
        result = _deleted(call, {**call.params["Delete"], "Objects": allowed})
    errors = [{**each, "Code": "AccessDenied", "Message": "Access Denied"} for each in denied]
    return {**result, "Errors": [*result.get("Errors", []), *errors]}


def _deleted(call: Call, deletion: Shape) -> Shape:
    """Have moto delete other objects than the call lists; the bucket may stand in the host's name, so the URL stays."""
    written = call.service.request(call.operation, {**call.params, "Delete": deletion}, call.request)
    request = replace(written, url=call.request.url)
    answer = emulate(call.service, request, account=call.account, region=call.region)
    return call.service.result(call.operation, answer)


def _is_denied(call: Call, action: str, named: Shape) -> bool:
    """Say whether the policy of the bucket denies an action on an object, or on the version of it that is named."""
    policy = _policy(call.params["Bucket"])
    if policy is None:
        return False
    arn = f"arn:{PARTITION}:s3:::{call.params['Bucket']}/{named['Key']}"
    if action in _OF_VERSIONS and named.get("VersionId"):
        action += "Version"
    return denies(policy, Asked(call.caller.names, action, arn, _context(call)))


def _policy(bucket: str) -> Any:
    """Find the policy of a bucket, whosever it is."""
    from moto.s3.models import s3_backends

    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None:
        return None
    partition, account = owner
    return s3_backends[account][partition].buckets[bucket].policy


def _context(call: Call) -> dict[str, list[str] | None]:
    """Give what conditions can look at; None for what a request might have and this one hasn't.

    Every connection counts as encrypted: that ours isn't shows nothing about a client.
    """
    context: dict[str, list[str] | None] = {
        "aws:securetransport": ["true"],
        "aws:principalaccount": [call.account],
        "aws:principalarn": [call.caller.principal_arn],
        "aws:principalisawsservice": ["false"],
        "aws:requestedregion": [call.region],
        "aws:sourcevpce": None,
        "aws:sourcevpc": None,
        "s3:x-amz-server-side-encryption": None,
        "s3:x-amz-server-side-encryption-aws-kms-key-id": None,
        "s3:x-amz-acl": None,
    }
    sent = {f"s3:{name}": [value] for name, value in call.request.lowered.items() if name.startswith("x-amz-")}
    return context | sent


OPERATIONS: dict[str, Callable[[Call], Shape | Answer]] = {
    **dict.fromkeys(_ACTIONS, on_an_object),
    "DeleteObjects": delete_several,
}
