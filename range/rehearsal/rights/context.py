"""What conditions look at: everything about a call that the rehearsal knows; what it doesn't is told as unknown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from range.policy.keys import MODELLED
from range.rehearsal.areas.organisation_records import organisation_of, path_of
from range.rehearsal.call import Call
from range.rehearsal.rights.compute import texts
from range.rehearsal.rights.records import iam_of
from range.rehearsal.sessions import session_of

Context = dict[str, tuple[str, ...]]

_FROM_PARAMETERS = {
    "iam:permissionsboundary": "PermissionsBoundary",
    "iam:policyarn": "PolicyArn",
    "iam:awsservicename": "AWSServiceName",
    "s3:delimiter": "Delimiter",
    "s3:max-keys": "MaxKeys",
    "s3:prefix": "Prefix",
    "s3:versionid": "VersionId",
    "sts:durationseconds": "DurationSeconds",
    "sts:externalid": "ExternalId",
    "sts:rolesessionname": "RoleSessionName",
    "sts:sourceidentity": "SourceIdentity",
    "organizations:policytype": "Type",
    "secretsmanager:secretid": "SecretId",
    "kms:granteeprincipal": "GranteePrincipal",
    "kms:retiringprincipal": "RetiringPrincipal",
}
"""Keys whose value a parameter gives, and that are missing where the parameter is."""
_ABSENT = frozenset({"kms:viaservice", "kms:calleraccount", "kms:grantisforawsresource", "s3:resourceaccount"})
"""Keys that a call from outside AWS doesn't have, or that follow from who calls."""
_OF_EVERY_CALL = frozenset({"x-amz-date", "x-amz-content-sha256", "x-amz-security-token"})
_UNTOLD = ("aws:sourceowner",)
"""Keys that SNS has set in calls of some, and AWS doesn't say whose: Amazon SNS Developer Guide, "Example cases for Amazon SNS
access control" (read 2026-11-28)."""
_TAG_LISTS = ("Tags", "tags", "TagList", "TagSet")


def context_of(call: Call) -> tuple[Context, tuple[str, ...]]:
    """Give what is known of a call, by key, and the keys of its service that nobody here can tell."""
    now = datetime.now(UTC)
    found: Context = {
        "aws:requestedregion": (call.region,),
        "aws:currenttime": (now.isoformat(timespec="seconds"),),
        "aws:epochtime": (str(int(now.timestamp())),),
        "aws:userid": (call.caller.user_id,),
        "aws:useragent": (call.request.lowered.get("user-agent", ""),),
        "aws:sourceip": ("127.0.0.1",),
    }
    found |= {key: (str(call.params[name]),) for key, name in _FROM_PARAMETERS.items() if name in call.params}
    found |= dict(_of_the_caller(call))
    if call.service.name == "s3":
        sent = call.request.lowered.items()
        found |= {
            f"s3:{name}": (value,) for name, value in sent if name.startswith("x-amz-") and name not in _OF_EVERY_CALL
        }
    found |= _tags(call)
    replicas = [str(each.get("Region")) for each in call.params.get("AddReplicaRegions") or ()]
    if replicas:
        found["secretsmanager:addreplicaregions"] = tuple(replicas)
    prefixes = _PREFIXED.get(call.service.name, call.service.name)
    return found, (*(key for key in _of_service(prefixes) if key not in found), *_UNTOLD)


_PREFIXED = {"s3control": "s3"}


@cache
def _of_service(name: str) -> frozenset[str]:
    """Give the modelled keys of a service that aren't known to be missing."""
    told = _FROM_PARAMETERS.keys() | _ABSENT | {"secretsmanager:addreplicaregions", "iam:passedtoservice", "ec2:region"}
    return frozenset(key for key in MODELLED if key.startswith(f"{name}:") and key not in told and "x-amz-" not in key)


def _of_the_caller(call: Call) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give what follows from who calls: the organisation, the tags, the session."""
    session = session_of(call.caller.access_key)
    if session is not None:
        yield "aws:tokenissuetime", (session.issued.isoformat(timespec="seconds"),)
        yield "aws:multifactorauthpresent", ("false",)
    records = organisation_of(call.account)
    if records is not None:
        yield "aws:principalorgid", (records.org.id,)
        yield "aws:resourceorgid", (records.org.id,)
        path = "/".join((records.org.id, *path_of(call.account)[:-1])) + "/"
        yield "aws:principalorgpaths", (path,)
        yield "aws:resourceorgpaths", (path,)
    backend = iam_of(call.account)
    kind, _, rest = call.caller.principal_arn.split(":", 5)[5].partition("/")
    if backend is not None and kind == "role":
        role = next((each for each in backend.roles.values() if each.name == rest.rpartition("/")[2]), None)
        for key, value in _pairs(role.tags if role is not None else []):
            yield f"aws:principaltag/{key.lower()}", (value,)


def _tags(call: Call) -> Context:
    """Give the tags that a call carries."""
    found: Context = {}
    names: list[str] = []
    for key, value in _carried(call.params):
        names.append(key)
        if value is not None:
            found[f"aws:requesttag/{key.lower()}"] = (value,)
    if names:
        found["aws:tagkeys"] = tuple(dict.fromkeys(names))
    return found


def _carried(params: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    lists = [params.get(name) for name in _TAG_LISTS]
    lists += [each.get("Tags") for each in params.get("TagSpecifications") or () if isinstance(each, dict)]
    tagging = params.get("Tagging")
    lists += [tagging.get("TagSet")] if isinstance(tagging, dict) else []
    for each in lists:
        yield from _pairs(each)
    for name in ("TagKeys", "tagKeys"):
        yield from ((key, None) for key in texts(params.get(name)))


def _pairs(tags: Any) -> Iterator[tuple[str, str]]:
    """Give tags, in any of AWS's spellings."""
    if isinstance(tags, dict):
        if "Tag" in tags or "member" in tags:
            yield from _pairs(tags.get("Tag") or tags.get("member"))
            return
        yield from (
            (str(key), str(value.get("Value") if isinstance(value, dict) else value)) for key, value in tags.items()
        )
    for tag in tags if isinstance(tags, list) else ():
        key = tag.get("Key") or tag.get("TagKey") or tag.get("key")
        if key is not None:
            yield str(key), str(tag.get("Value") or tag.get("TagValue") or tag.get("value") or "")
