"""AWS's own managed policies: found by name when somebody asks for one, where moto loads all 1,400 for each account, or none."""

from __future__ import annotations

from json import JSONDecoder
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, iam_backends

from range.rehearsal.call import Call
from range.rehearsal.callers import PARTITION
from range.rehearsal.keeping.reach import touch
from range.rehearsal.messages import Answer

_PREFIX = f"arn:{PARTITION}:iam::aws:policy/"
_DECODER = JSONDecoder()


def ask(call: Call) -> Answer:
    """Let moto answer, once it knows the policy that the call names."""
    learn(call, call.params.get("PolicyArn") or call.params.get("PermissionsBoundary") or "")
    return call.by_moto()


def learn(call: Call, arn: str) -> None:
    """Have moto know a policy, if it is one of AWS's."""
    backend = iam_backends[call.account][PARTITION]
    if arn.startswith(_PREFIX) and arn not in backend.managed_policies:
        name = arn.rpartition("/")[2]
        facts = _facts(name)
        if facts is not None:
            policy = AWSManagedPolicy.from_data(name, call.account, PARTITION, facts)
            backend.managed_policies[policy.arn] = policy
            touch(backend)


def _facts(name: str) -> dict[str, Any] | None:
    """Read one policy out of moto's list, without reading the 4.7 MB before and after it."""
    at = aws_managed_policies_data.find(f'\n "{name}":')
    if at < 0:
        return None
    facts: dict[str, Any] = _DECODER.raw_decode(aws_managed_policies_data, aws_managed_policies_data.index("{", at))[0]
    return facts


OPERATIONS = dict.fromkeys(
    (
        "AttachGroupPolicy",
        "AttachRolePolicy",
        "AttachUserPolicy",
        "CreateRole",
        "GetPolicy",
        "GetPolicyVersion",
        "ListEntitiesForPolicy",
        "ListPolicyVersions",
        "PutRolePermissionsBoundary",
    ),
    ask,
)
