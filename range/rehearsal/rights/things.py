"""What a call is about, as policies see it: whose it is, its tags, and the policy that it carries itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.rights.lists import with_lists
from range.rehearsal.rights.records import backend_of, everybodys, iam_of


@dataclass(frozen=True)
class Thing:
    """Something that a call is about."""

    account: str
    tags: Mapping[str, str] = field(default_factory=dict)
    policy: str | None = None
    """Its own policy; None where it has none, or can't have one."""
    has_policies: bool = False
    """Whether things of its kind let others in by a policy of their own."""


def thing_of(call: Call, arn: str) -> Thing:
    """Find what an ARN names; what isn't there yet is the caller's."""
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return Thing(call.account)
    find = _KINDS.get(parts[2])
    found = find(call, parts[3], parts[4] or call.account, parts[5]) if find is not None else None
    return found or Thing(parts[4] or call.account)


def _compute(call: Call, region: str, account: str, rest: str) -> Thing | None:
    """Find something of EC2 in the caller's account, or in whichever account has it."""
    name = rest.rpartition("/")[2]
    if rest.startswith("image/"):
        return _image(call, region, name)
    for owner, kept in [(account, backend_of("ec2", account, region)), *everybodys("ec2", region)]:
        if kept is not None and kept.tags.get(name):
            return Thing(account if rest.startswith("transit-gateway") else owner, dict(kept.tags[name]))
    return Thing(account)


def _image(call: Call, region: str, name: str) -> Thing:
    kept = backend_of("ec2", call.account, region)
    image = kept.amis.get(name) if kept is not None else None
    if image is None:
        return Thing("")
    return Thing(str(getattr(image, "owner_id", "")), dict(kept.tags.get(name, {})))


def _bucket(call: Call, __: str, account: str, rest: str) -> Thing | None:
    name, _, key = rest.partition("/")
    if call.operation == "CreateBucket":
        return Thing(call.account)
    for owner, kept in everybodys("s3", call.region):
        bucket = kept.buckets.get(name)
        if bucket is not None:
            return Thing(owner, {}, with_lists(_text(bucket.policy), bucket, key), has_policies=True)
    return Thing(account, has_policies=True)


def _key(_: Call, region: str, account: str, rest: str) -> Thing | None:
    kept = backend_of("kms", account, region)
    key = kept.keys.get(rest.removeprefix("key/")) if kept is not None else None
    if key is None:
        return None
    tags = {each["TagKey"]: each["TagValue"] for each in kept.list_resource_tags(key.id).get("Tags", ())}
    return Thing(account, tags, _text(key.policy), has_policies=True)


def _secret(_: Call, region: str, account: str, rest: str) -> Thing | None:
    kept = backend_of("secretsmanager", account, region)
    for secret in kept.secrets.values() if kept is not None else ():
        if str(secret.arn).endswith(f":{rest}"):
            tags = {each["Key"]: each["Value"] for each in secret.tags or ()}
            return Thing(account, tags, _text(getattr(secret, "policy", None)), has_policies=True)
    return Thing(account, has_policies=True)


def _role(_: Call, __: str, account: str, rest: str) -> Thing | None:
    backend = iam_of(account)
    kind, _slash, path = rest.partition("/")
    name = path.rpartition("/")[2]
    kept: Any = {"role": "roles", "user": "users", "policy": "managed_policies"}.get(kind)
    for each in getattr(backend, kept).values() if backend is not None and kept else ():
        if each.name == name:
            tags = each.tags if isinstance(each.tags, list) else list((each.tags or {}).values())
            read = {str(tag["Key"]): str(tag["Value"]) for tag in tags if isinstance(tag, dict) and "Key" in tag}
            return Thing(account, read, getattr(each, "assume_role_policy_document", None), has_policies=kind == "role")
    return None


def _queue(_: Call, region: str, account: str, rest: str) -> Thing | None:
    kept = backend_of("sqs", account, region)
    queue = kept.queues.get(rest) if kept is not None else None
    return Thing(account, dict(queue.tags or {}), _text(queue.policy), has_policies=True) if queue is not None else None


def _topic(_: Call, region: str, account: str, rest: str) -> Thing | None:
    kept = backend_of("sns", account, region)
    topic = next((each for each in kept.topics.values() if each.name == rest), None) if kept is not None else None
    if topic is None:
        return None
    return Thing(account, dict(topic._tags), _text(topic.policy), has_policies=True)


def _group(_: Call, region: str, account: str, rest: str) -> Thing | None:
    kept = backend_of("logs", account, region)
    name = rest.removeprefix("log-group:").partition(":log-stream:")[0]
    group = kept.groups.get(name) if kept is not None else None
    if group is None:
        return None
    tags = kept.tagger.get_tag_dict_for_resource(group.arn) if hasattr(kept, "tagger") else {}
    return Thing(account, dict(tags))


def _text(policy: Any) -> str | None:
    """Give a policy as text, however moto keeps it."""
    if isinstance(policy, bytes):
        return policy.decode()
    return str(policy) if policy else None


_KINDS: Mapping[str, Callable[[Call, str, str, str], Thing | None]] = {
    "ec2": _compute,
    "iam": _role,
    "kms": _key,
    "logs": _group,
    "s3": _bucket,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}
