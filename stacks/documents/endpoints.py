"""What may pass a VPC endpoint: only the account's own things, or only its own people."""

from __future__ import annotations

from stacks.documents.language import Place, rendered, statement


def own_resources_only(place: Place) -> str:
    """Let S3 requests through to this account's buckets alone; an ally's data can't leave into somebody's bucket.

    The organisation would be the wrong fence: every ally is in the same one.

    Source: VPC User Guide, "Gateway endpoints for Amazon S3", "Endpoint policies"; IAM User Guide,
    `aws:ResourceAccount` (read 2026-11-22).
    """
    condition = {"StringEquals": {"aws:ResourceAccount": place.account}}
    return rendered(statement("OwnBuckets", "Allow", ("s3:*",), principal="*", condition=condition))


def own_principals_only(place: Place) -> str:
    """Let requests through that this account's principals signed; for services whose resources have no account."""
    condition = {"StringEquals": {"aws:PrincipalAccount": place.account}}
    return rendered(statement("OwnPrincipals", "Allow", ("*",), principal="*", condition=condition))
