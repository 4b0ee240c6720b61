"""Which golden image a host can be made of: one for every role, base image and set of inputs, named by their digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from range.plan.inputs import PER_HOST, role_inputs
from range.records.plan import Enclave, Host, Plan

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
COMMON = "foundation"
"""The role that every host has."""
PER_HOST_TAG = "host"
"""The tag of tasks that do what belongs to one host alone: no image has it."""
_FORM = "1"
"""Raised when the same inputs are made into another image."""
_DIGITS = 16


def golden_name(plan: Plan, enclave: Enclave, host: Host, playbooks: Path = PLAYBOOKS) -> str:
    """Name the golden image that serves a host: `steadfast-target_web-0123456789abcdef`.

    Hosts of other enclaves share it, since nothing that belongs to one host is in it.
    """
    told = {name: value for name, value in role_inputs(plan, enclave, host).items() if name not in PER_HOST}
    base = plan.images[host.image]
    made_of = [_FORM, base.owner, base.name, told, _of_roles(playbooks, (COMMON, host.role))]
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()
    return f"{plan.exercise}-{host.role}-{digest[:_DIGITS]}"


def golden_names(plan: Plan, playbooks: Path = PLAYBOOKS) -> dict[str, list[tuple[Enclave, Host]]]:
    """Give every image that a plan has a use for, each with the hosts that it serves."""
    found: dict[str, list[tuple[Enclave, Host]]] = {}
    for enclave in (plan.hub, *plan.enclaves):
        for host in enclave.hosts:
            found.setdefault(golden_name(plan, enclave, host, playbooks), []).append((enclave, host))
    return found


@cache
def _of_roles(playbooks: Path, roles: tuple[str, ...]) -> str:
    """Tell the files that some roles consist of from any others."""
    found = hashlib.sha256()
    for path in _files(playbooks, roles):
        found.update(f"{path.relative_to(playbooks)} ".encode())
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def _files(playbooks: Path, roles: tuple[str, ...]) -> Iterator[Path]:
    yield from (playbooks / "site.yml", playbooks / "strip.yml")
    for role in roles:
        yield from sorted(path for path in (playbooks / "roles" / role).rglob("*") if path.is_file())
