"""Log groups: the key that one is encrypted with, its protection from deletion, and who makes it again."""

from __future__ import annotations

from typing import Any

from moto.logs.models import logs_backends

from range.rehearsal.areas.flow_logs import make_again
from range.rehearsal.areas.shelves import shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.messages import Answer
from range.rehearsal.refusals import Refusal

_PROTECTED = "protected-log-groups"


def _group(call: Call) -> Any:
    """Find the log group that a call names, by name or ARN."""
    named = next(call.params[key] for key in _NAMES if key in call.params)
    name = named.partition(":log-group:")[2].removesuffix(":*") or named
    group = logs_backends[call.account][call.region].groups.get(name)
    if group is None:
        raise Refusal("ResourceNotFoundException", "The specified log group does not exist.")
    return group


_NAMES = ("logGroupName", "logGroupIdentifier", "resourceIdentifier")


def set_key(call: Call) -> Shape:
    """Encrypt what comes from now on with a key."""
    _group(call).kms_key_id = call.params["kmsKeyId"]
    return {}


def remove_key(call: Call) -> Shape:
    """Encrypt what comes from now on with the service's own key."""
    _group(call).kms_key_id = None
    return {}


def protect(call: Call) -> Shape:
    """Protect a group from deletion, or lift the protection."""
    shelf(call, _PROTECTED)[_group(call).name] = call.params["deletionProtectionEnabled"]
    return {}


def delete(call: Call) -> Answer:
    """Delete a group, unless it is protected; a flow log that writes to it may make it again."""
    if shelf(call, _PROTECTED).get(call.params["logGroupName"]):
        message = "The log group is protected from deletion."
        raise Refusal("InvalidOperationException", message)
    answer = call.by_moto()
    if answer.status < 300:
        make_again(call, call.params["logGroupName"])
    return answer


OPERATIONS = {
    "AssociateKmsKey": set_key,
    "DisassociateKmsKey": remove_key,
    "PutLogGroupDeletionProtection": protect,
    "DeleteLogGroup": delete,
}
