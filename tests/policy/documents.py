"""Policies and callers for tests, written as briefly as tests can read them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from range.policy import request
from range.policy.kinds import Kind
from range.policy.layers import Layers
from range.policy.reading import found, read
from range.policy.request import Principal
from range.policy.rules import Rules

CASES = Path(__file__).parent / "cases"
ACCOUNT, OTHER = "111111111111", "222222222222"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/team/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/players/blue"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/blue/alice"
LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
CALLERS: dict[str, Principal] = {
    "user": request.user(ALICE),
    "session": request.role_session(SESSION, ROLE),
    "linked": request.role_session(f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSServiceRoleForECS/x", LINKED),
    "root": request.root_user(ACCOUNT),
    "service": request.service("cloudtrail.amazonaws.com"),
    "anonymous": request.anonymous(),
}


def cases(name: str) -> list[Any]:
    """Read a file of cases."""
    rows: list[Any] = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return rows


def text(*statements: Mapping[str, Any], version: str = "2012-10-17") -> str:
    """Write a document."""
    return json.dumps({"Version": version, "Statement": list(statements)})


def rules(statements: Sequence[Mapping[str, Any]], kind: Kind = Kind.RESOURCE, version: str = "2012-10-17") -> Rules:
    """Make a policy ready; identity policies of the first version are only found, never handed in."""
    written = text(*statements, version=version)
    reader = read if version == "2012-10-17" else found
    return Rules(reader(written, kind, kind.value))


def layers(row: Mapping[str, Any]) -> Layers:
    """Make the layers of a case."""
    version = row.get("version", "2012-10-17")

    def one(name: str, kind: Kind) -> Rules | None:
        return rules(row[name], kind, version) if name in row else None

    def levels(name: str, kind: Kind) -> tuple[tuple[Rules, ...], ...]:
        return tuple(tuple(rules(each, kind) for each in level) for level in row.get(name, ()))

    session = one("session", Kind.SESSION)
    return Layers(
        identity=(rules(row["identity"], Kind.MANAGED, version),) if "identity" in row else (),
        boundary=one("boundary", Kind.MANAGED),
        session=None if session is None else (session,),
        resource=one("trust", Kind.TRUST) or one("resource", Kind.RESOURCE),
        endpoint=one("endpoint", Kind.ENDPOINT),
        service_control=levels("service_control", Kind.SERVICE_CONTROL),
        resource_control=levels("resource_control", Kind.RESOURCE_CONTROL),
    )
