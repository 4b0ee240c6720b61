"""S3's deletion of several objects at once, of which policies may deny some and allow others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from range.rehearsal.call import Call, Shape
from range.rehearsal.callers import PARTITION
from range.rehearsal.emulator import emulate
from range.rehearsal.messages import Answer
from range.rehearsal.rights.judging import permits


def delete_several(call: Call) -> Shape | Answer:
    """Delete what may be deleted of a list, and tell of each other object that it may not."""
    objects: list[Shape] = call.params["Delete"]["Objects"]
    denied = [each for each in objects if _is_denied(call, each)]
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


def _is_denied(call: Call, named: Shape) -> bool:
    """Say whether the caller may not delete an object, or the version of it that is named."""
    arn = f"arn:{PARTITION}:s3:::{call.params['Bucket']}/{named['Key']}"
    return not permits(call, "s3:DeleteObjectVersion" if named.get("VersionId") else "s3:DeleteObject", arn)


OPERATIONS: dict[str, Callable[[Call], Shape | Answer]] = {"DeleteObjects": delete_several}
