"""What an account decides once for all instances and volumes of a Region: metadata options, and EBS encryption's key."""

from __future__ import annotations

from typing import Any

from moto.kms.models import kms_backends

from range.rehearsal.areas.ec2_records import records
from range.rehearsal.areas.shelves import shelf
from range.rehearsal.call import Call, Shape

_SHELF = "instance-defaults"
_NO_PREFERENCE = "no-preference"
_NO_HOPS = -1
"""How a client takes a hop limit back. Source: botocore's model of ModifyInstanceMetadataDefaults, read 2026-11-22."""
_EBS_ALIAS = "alias/aws/ebs"


def metadata_defaults(call: Call) -> Shape:
    """Give the metadata options that new instances get unless they ask for others."""
    found: Shape = shelf(call, _SHELF).setdefault("metadata", {})
    return found


def describe_metadata(call: Call) -> Shape:
    """Show the defaults."""
    return {"AccountLevel": {**metadata_defaults(call), "ManagedBy": "account"}}


def modify_metadata(call: Call) -> Shape:
    """Set defaults, or take them back."""
    defaults = metadata_defaults(call)
    for key, value in call.params.items():
        if value in (_NO_PREFERENCE, _NO_HOPS):
            defaults.pop(key, None)
        elif key != "DryRun":
            defaults[key] = value
    return {"Return": True}


def default_key(call: Call) -> Shape:
    """Show the key that volumes are encrypted with unless they ask for another."""
    return {"KmsKeyId": shelf(call, _SHELF).get("ebs-key", _EBS_ALIAS)}


def set_default_key(call: Call) -> Shape:
    """Choose the key."""
    arn = _arn(call, call.params["KmsKeyId"])
    shelf(call, _SHELF)["ebs-key"] = records(call).default_kms_key_id = arn
    return {"KmsKeyId": arn}


def reset_default_key(call: Call) -> Shape:
    """Go back to AWS's own key."""
    shelf(call, _SHELF).pop("ebs-key", None)
    records(call).default_kms_key_id = ""
    return {"KmsKeyId": _EBS_ALIAS}


def _arn(call: Call, key_id: str) -> str:
    """Give the ARN of a key that is named by id, alias or ARN; what isn't known stays as it was given, as on AWS."""
    backend: Any = kms_backends[call.account][call.region]
    if key_id.startswith("arn:") and ":alias/" not in key_id:
        return key_id
    name = key_id.partition(":alias/")[2]
    known = backend.get_key_id_from_alias(f"alias/{name}" if name else key_id) or key_id
    return str(backend.keys[known].arn) if known in backend.keys else key_id


OPERATIONS = {
    "GetInstanceMetadataDefaults": describe_metadata,
    "ModifyInstanceMetadataDefaults": modify_metadata,
    "GetEbsDefaultKmsKeyId": default_key,
    "ModifyEbsDefaultKmsKeyId": set_default_key,
    "ResetEbsDefaultKmsKeyId": reset_default_key,
}
