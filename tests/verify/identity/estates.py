"""Correct estates: what the stacks, bootstrap and AWS leave in every account of a plan, in the stacks' own documents."""

from __future__ import annotations

import json
from typing import Any

from range.plan import names
from range.records.plan import Enclave, Plan
from stacks.documents import buckets, guardrails, keys, roles
from stacks.documents.language import Place
from tests.verify.identity.accounts import State

ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ROOT = "r-root"


def correct(plan: Plan) -> dict[str, State]:
    """Give every account's state."""
    states = {enclave.account: _enclave(plan, enclave) for enclave in (plan.hub, *plan.enclaves)}
    states[plan.hub.account] |= _hub(plan)
    return states


def _trusting(principal: str, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [{**statement, **({"Condition": condition} if condition else {})}]}


def _read(text: str) -> Any:
    return json.loads(text)


def _enclave(plan: Plan, enclave: Enclave) -> State:
    place = Place(plan.region, enclave.account)
    prefix, trail = f"{plan.exercise}-{enclave.name}", f"{plan.exercise}-{enclave.name}-trail"
    bucket = names.evidence_bucket(plan, enclave)
    boundary = place.iam(f"policy/{plan.exercise}-boundary")
    is_hub = enclave.kind == "hub"
    archivist = None if is_hub else names.controller_role_arn(plan, plan.hub.account)
    users = keys.KeyUsers(place, f"/range/{plan.exercise}/{enclave.name}/*", trail, archivist)
    management = f"arn:aws:iam::{plan.management_account}:root"
    entered = _trusting(management, StringEquals={"sts:ExternalId": plan.external_id})
    found: dict[str, Any] = {
        plan.controller_role: {"trust": entered, "policies": {"controller": ALL}},
        "OrganizationAccountAccessRole": {"trust": _trusting(management), "policies": {"AdministratorAccess": ALL}},
        f"{prefix}-flow-logs": {
            "trust": _read(roles.trusted_flow_logs(place)),
            "policies": {"write": _read(roles.writes_flow_logs(place, f"/range/{plan.exercise}/{enclave.name}/flow"))},
        },
        "AWSServiceRoleForSupport": {"path": "/aws-service-role/support.amazonaws.com/", "trust": ALL},
    }
    for role in sorted({host.role for host in enclave.hosts}):
        trust = _read(roles.trusted_service("ec2.amazonaws.com"))
        found[f"{prefix}-{role}"] = {"trust": trust, "boundary": boundary, "profiles": [f"{prefix}-{role}"]}
    if not is_hub:
        plays = {"play": _read(roles.plays(place, f"{prefix}-hosts-*"))}
        trust = _read(roles.trusted_account(place))
        found[f"{prefix}-as-participant"] = {"trust": trust, "boundary": boundary, "policies": plays}
    policy = _read(buckets.evidence_policy(place, bucket, trail))
    return {
        "roles": found,
        "policies": {boundary: _read(roles.boundary(place, (bucket,)))},
        "buckets": {bucket: {"policy": policy, "ownership": "BucketOwnerEnforced"}},
        "keys": {"own": {"policy": _read(keys.key_policy(users))}},
        "secrets": {f"{prefix}-hosts": None},
    }


def _hub(plan: Plan) -> State:
    """Give what only the hub has: the share of the gateway, and sight of the organisation."""
    gateway = f"arn:aws:ec2:{plan.region}:{plan.hub.account}:transit-gateway/tgw-0123456789abcdef0"
    accounts = [enclave.account for enclave in (plan.hub, *plan.enclaves)]
    scope = guardrails.Scope(
        Place(plan.region, plan.hub.account), plan.exercise, plan.controller_role, f"{plan.exercise}-boundary"
    )
    written = {
        name: {"type": "SERVICE_CONTROL_POLICY", "content": _read(text)}
        for name, text in guardrails.guardrails(scope).items()
    }
    open_ = {"FullAWSAccess": {"type": "SERVICE_CONTROL_POLICY", "content": ALL}}
    share = {"resources": [[gateway, "ec2:TransitGateway"]], "principals": [each.account for each in plan.enclaves]}
    return {
        "shares": {f"arn:aws:ram:{plan.region}:{plan.hub.account}:resource-share/gateway": share},
        "organisation": {
            "types": ["SERVICE_CONTROL_POLICY"],
            "parents": dict.fromkeys(accounts, ROOT),
            "policies": {**open_, **written},
            "attached": {ROOT: ["FullAWSAccess"], **{each: ["FullAWSAccess", *written] for each in accounts}},
        },
    }
