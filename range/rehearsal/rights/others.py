"""What the calls of other services are about, as ARNs: IAM, KMS, secrets, logs, queues, topics.

Source: Service Authorization Reference, "Resource types" of each service (read 2026-11-28).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.callers import PARTITION
from range.rehearsal.rights.compute import texts
from range.rehearsal.rights.records import backend_of, iam_of


def things(call: Call, prefix: str) -> list[str]:
    """Give the ARNs of what a call is about; none where it is about nothing in particular, or nobody knows."""
    of = KNOWN.get(prefix)
    if of is not None:
        return of(call)
    return list(dict.fromkeys(text for text in texts(call.params) if text.startswith(f"arn:{PARTITION}:{prefix}:")))


def _local(call: Call, service: str, rest: str) -> str:
    return f"arn:{PARTITION}:{service}:{call.region}:{call.account}:{rest}"


def _iam(call: Call) -> list[str]:
    """Name what an IAM call is about; the first of role, user, group, profile, policy that it names."""
    params = call.params
    backend = iam_of(call.account)
    kinds = (
        ("RoleName", "role", "roles"),
        ("UserName", "user", "users"),
        ("GroupName", "group", "groups"),
        ("InstanceProfileName", "instance-profile", "instance_profiles"),
    )
    for key, kind, kept in kinds:
        if params.get(key):
            there = getattr(backend, kept, {}).values() if backend else ()
            known = next((str(each.arn) for each in there if each.name == params[key]), None)
            path = str(params.get("Path") or "/").strip("/")
            new = f"arn:{PARTITION}:iam::{call.account}:{kind}/{path + '/' if path else ''}{params[key]}"
            return [known or new]
    if params.get("PolicyArn"):
        return [str(params["PolicyArn"])]
    for key, kind in (("PolicyName", "policy"), ("AWSServiceName", "role/aws-service-role")):
        if params.get(key):
            return [f"arn:{PARTITION}:iam::{call.account}:{kind}/{params[key]}"]
    return [text for text in texts(params) if text.startswith(f"arn:{PARTITION}:iam:")]


def _sts(call: Call) -> list[str]:
    return [str(call.params["RoleArn"])] if "RoleArn" in call.params else []


def _kms(call: Call) -> list[str]:
    """Name the keys, found by id or alias."""
    found = []
    for key in ("KeyId", "TargetKeyId", "SourceKeyId", "DestinationKeyId"):
        named = call.params.get(key)
        if named:
            found.append(key_arn(call, str(named)))
    alias = call.params.get("AliasName")
    return [*found, *([_local(call, "kms", str(alias))] if alias else [])]


def key_arn(call: Call, named: str) -> str:
    """Give the ARN of a key that is named by id, alias or ARN."""
    region, account = (named.split(":")[3:5] if named.startswith("arn:") else (call.region, call.account))[:2]
    kept = backend_of("kms", account, region)
    rest = named.split(":", 5)[5] if named.startswith("arn:") else named
    if rest.startswith("alias/") and kept is not None:
        found = kept.get_key_id_from_alias(rest)
        rest = f"key/{found}" if found else rest
    elif not rest.startswith(("key/", "alias/")):
        rest = f"key/{rest}"
    return f"arn:{PARTITION}:kms:{region}:{account}:{rest}"


def _secrets(call: Call) -> list[str]:
    named = call.params.get("SecretId") or call.params.get("Name")
    if not named or str(named).startswith("arn:"):
        return [str(named)] if named else []
    kept = backend_of("secretsmanager", call.account, call.region)
    known = next((secret.arn for secret in kept.secrets.values() if secret.name == named), None) if kept else None
    return [str(known or _local(call, "secretsmanager", f"secret:{named}-??????"))]


def _logs(call: Call) -> list[str]:
    params = call.params
    group = params.get("logGroupName") or params.get("logGroupIdentifier")
    if not group:
        return [text.removesuffix(":*") for text in texts(params) if text.startswith(f"arn:{PARTITION}:logs:")]
    arn = str(group) if str(group).startswith("arn:") else _local(call, "logs", f"log-group:{group}")
    stream = params.get("logStreamName")
    return [f"{arn.removesuffix(':*')}:log-stream:{stream}" if stream else arn.removesuffix(":*")]


def _queues(call: Call) -> list[str]:
    name = str(call.params.get("QueueUrl") or call.params.get("QueueName") or "")
    owner = name.split("/")[-2] if name.count("/") > 3 else call.account
    return [f"arn:{PARTITION}:sqs:{call.region}:{owner}:{name.rpartition('/')[2]}"] if name else []


def _topics(call: Call) -> list[str]:
    named: Any = call.params.get("TopicArn") or call.params.get("TargetArn")
    if named:
        return [str(named)]
    return [_local(call, "sns", str(call.params["Name"]))] if call.operation == "CreateTopic" else []


def _nothing(_: Call) -> list[str]:
    return []


KNOWN: Mapping[str, Callable[[Call], list[str]]] = {
    "cloudwatch": _nothing,
    "iam": _iam,
    "kms": _kms,
    "logs": _logs,
    "organizations": _nothing,
    "secretsmanager": _secrets,
    "sns": _topics,
    "sqs": _queues,
    "sts": _sts,
    "tag": _nothing,
}
"""How a service's calls are read. The calls of a service that isn't here may be about something that we don't see."""
