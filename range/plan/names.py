"""Every name and tag that is given in AWS, made in one place: short enough, lower case, and the same on every run."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from range.records.plan import Enclave, Plan

TAG_PREFIX = "range:"


def state_id(backend_url: str) -> str:
    """Give the id of a state backend: 12 hex digits, the same however its address is written.

    A query (`?region=…`) and a trailing slash say how to reach a backend, not which one it is.
    """
    parts = urlsplit(backend_url.strip())
    path = parts.path.rstrip("/") or "/"
    normal = f"{parts.scheme.lower()}://{parts.netloc.lower()}{path}"
    return hashlib.sha256(normal.encode()).hexdigest()[:12]


def tags(plan: Plan, enclave: str, state: str) -> dict[str, str]:
    """Give what every resource of an enclave's stack carries, so that it's known as ours and as whose."""
    return {
        f"{TAG_PREFIX}exercise": plan.exercise,
        f"{TAG_PREFIX}ally": enclave,
        f"{TAG_PREFIX}stack": plan.stack(enclave),
        f"{TAG_PREFIX}state": state,
    }


def resource_name(plan: Plan, enclave: str, part: str) -> str:
    """Name something of an enclave in AWS: `steadfast-est-part`; at most 64 characters if `part` has at most 14."""
    return f"{plan.exercise}-{enclave}-{part}"


def evidence_bucket(plan: Plan, enclave: Enclave) -> str:
    """Name the evidence bucket in an enclave's account; the account id makes it unique in the world."""
    return f"{plan.exercise}-{enclave.name}-evidence-{enclave.account}"


def archive_bucket(plan: Plan, enclave: Enclave) -> str:
    """Name an enclave's archive bucket in the hub's account."""
    return f"{plan.exercise}-{enclave.name}-archive-{plan.hub.account}"


def controller_role_arn(plan: Plan, account: str, partition: str = "aws") -> str:
    """Give the role that the controller enters an account by."""
    return f"arn:{partition}:iam::{account}:role/{plan.controller_role}"


def controller_session_arn(plan: Plan, account: str, session: str, partition: str = "aws") -> str:
    """Give what a session of the controller's role is called in a trail."""
    return f"arn:{partition}:sts::{account}:assumed-role/{plan.controller_role}/{session}"


def flow_logs_role(plan: Plan, enclave: str, watched: str = "flow") -> str:
    """Name the role by which AWS writes an enclave's flow logs into their log group."""
    return resource_name(plan, enclave, f"{watched}-logs")


def dns_zone(plan: Plan) -> str:
    """Name the private zone that every enclave has, with the hub's services in it."""
    return f"{plan.exercise}.internal"
