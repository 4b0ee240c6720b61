"""The program of every stack: from the stack's name and the exercise file to resources."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pulumi
from pulumi_aws import (
    budgets,
    cloudtrail,
    cloudwatch,
    ebs,
    ec2,
    ec2transitgateway,
    iam,
    kms,
    organizations,
    ram,
    route53,
    s3,
    secretsmanager,
    vpc,
)

from range.errors import EnvironmentMissing, InputError
from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.lock import lock_path, read, write
from range.plan.names import state_id
from range.records.plan import Enclave, Plan
from range.spec.loading import load
from stacks import enclave, hub
from stacks.site import site

_MODULES = (
    budgets,
    cloudtrail,
    cloudwatch,
    ebs,
    ec2,
    ec2transitgateway,
    iam,
    kms,
    organizations,
    ram,
    route53,
    s3,
    secretsmanager,
    vpc,
)
_WHENEVER = datetime.min.replace(tzinfo=UTC)
"""Whether the exercise's lease has ended isn't asked here: the same file gives the same resources on every day."""


def prepare() -> None:
    """Finish every import that programs need; call it once, before programs run in several threads.

    `pulumi_aws` imports its modules when they are first used, in a way that two threads can't do at once.
    """
    for module in _MODULES:
        hasattr(module, "loaded")  # `__all__` and `dir` count as introspection, which leaves it unloaded


def run(stack: str, spec_path: Path) -> None:
    """Register everything that a stack has, and export its outputs: the body of a program, by hand or inline.

    An update also writes the address lock beside the exercise file, a preview doesn't.

    Raises:
        InputError: the file can't be used, or the exercise has no such stack.
        EnvironmentMissing: PULUMI_BACKEND_URL isn't set, so that nothing could say which state knows the resources;
            or RANGE_SSH_KEY names no key pair, so that nobody could log in.
    """
    plan = _plan(spec_path)
    chosen = _enclave(plan, stack)
    backend = os.environ.get("PULUMI_BACKEND_URL")
    if not backend:
        raise EnvironmentMissing(
            "PULUMI_BACKEND_URL is not set, and what is made is tagged with it",
            hint=f'eval "$(range rehearsal env {spec_path})"',
        )
    where = site(plan, chosen, state_id(backend), _public_key(spec_path))
    outputs = hub.build(where) if chosen.kind == "hub" else enclave.build(where)
    for name, value in outputs.items():
        pulumi.export(name, value)


def _plan(spec_path: Path) -> Plan:
    exercise = load(spec_path, now=_WHENEVER)
    path = lock_path(spec_path)
    lock = allot(exercise, read(path))
    if not pulumi.runtime.is_dry_run():
        write(path, lock)
    return plan_of(exercise, lock)


def _public_key(spec_path: Path) -> str:
    """Read the public half of the exercise's key pair, which `range` made before."""
    private = os.environ.get("RANGE_SSH_KEY")
    hint = f'eval "$(range rehearsal env {spec_path})"; on AWS, export RANGE_SSH_KEY=.range/aws/EXERCISE/ssh/controller'
    if not private:
        raise EnvironmentMissing("RANGE_SSH_KEY is not set, and hosts are opened by the key that it names", hint=hint)
    public = Path(private).with_suffix(".pub")
    try:
        return public.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise EnvironmentMissing(
            f"{public}, which RANGE_SSH_KEY leads to, can't be read: {error.strerror}", hint=hint
        ) from error


def _enclave(plan: Plan, stack: str) -> Enclave:
    stacks = {plan.stack(found.name): found for found in (plan.hub, *plan.enclaves)}
    if stack not in stacks:
        raise InputError(
            f"exercise {plan.exercise} has no stack {stack}", hint=f"pulumi stack select one of: {', '.join(stacks)}"
        )
    return stacks[stack]
