"""Object Lock as S3 tells of it: moto keeps the retention of a version, and can't be asked for it."""

from __future__ import annotations

from typing import Any

from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal


def version_named(call: Call) -> Any:
    """Find the version of an object that a call names, or its latest, whoever has the bucket; None where there is none."""
    from moto.s3.models import s3_backends

    bucket, wanted = call.params["Bucket"], call.params.get("VersionId")
    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None:
        return None
    partition, account = owner
    versions = s3_backends[account][partition].buckets[bucket].keys.getlist(call.params["Key"], [])
    return next((each for each in reversed(versions) if wanted in (None, each.version_id)), None)


def retention(call: Call) -> Shape:
    """Tell how, and until when, a version is kept; truths have refused one that isn't."""
    version = version_named(call)
    if version is None:
        raise Refusal("NoSuchVersion", "The specified version does not exist.", status=404)
    return {"Retention": {"Mode": version.lock_mode, "RetainUntilDate": version.lock_until}}


OPERATIONS = {"GetObjectRetention": retention}
