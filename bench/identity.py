"""How fast identities are proved, and what judging every call costs a rehearsal."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bench.calls import REGION, enclave
from bench.figures import Figure
from range.rehearsal import door
from range.rehearsal.accounts import Member
from range.rehearsal.door import Cloud
from range.rehearsal.rights import judging
from range.rehearsal.transport import session
from range.verify.identity.judgement import Identities
from tests.verify.exercises import of_size
from tests.verify.identity.accounts import State
from tests.verify.identity.estates import correct
from tests.verify.identity.faulty import answers

ACCOUNTS, ROLES, POLICIES = 50, 200, 100
_ALLIES = 47
"""With the hub, red and white."""
_RUNS = 5
_EST = "200000000001"


def identity() -> list[Figure]:
    """Measure a proof of many roles and policies, and calls with and without being judged."""
    plan = of_size(_ALLIES, 2)
    states = correct(plan)
    for account, state in states.items():
        _filled(account, state)
    told = list(answers(plan, states))
    proof = Identities(plan)
    began = time.process_time()
    findings = proof.findings(told)
    whole_s = time.process_time() - began
    assert not findings, findings[0].why
    began = time.process_time()
    proof.findings(told)
    again_s = time.process_time() - began
    judged, free = (max(_calls_a_second(judge) for _ in range(_RUNS)) for judge in (judging.forbidden, lambda _: None))
    return [
        Figure(f"{len(states)} accounts of {ROLES} roles and {POLICIES} policies of things, CPU", whole_s, "s", 20),
        Figure("the same once more, CPU", again_s, "s"),
        Figure("calls a second with every call judged, CPU", judged, ""),
        Figure("calls a second with none judged, CPU", free, ""),
        Figure("what judging costs, of the time for a call", free / judged, "times", 1.25),
    ]


def _filled(account: str, state: State) -> None:
    """Fill an account with roles and things of a team's own."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    for number in range(ROLES - len(state["roles"])):
        own = _document({"Effect": "Allow", "Action": ["ec2:*", f"s3:Get{number}*"], "Resource": "*"})
        state["roles"][f"own-{number}"] = {"trust": _document(trust), "policies": {"own": own}}
    within = {"StringEquals": {"aws:PrincipalAccount": account}}
    for number in range(POLICIES - 2):
        entry = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*", "Condition": within}
        state.setdefault("queues", {})[f"own-{number}"] = _document(entry)


def _document(statement: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _calls_a_second(judge: Callable[[Any], Any]) -> float:
    """Make what an enclave needs by plain boto3 calls, in this process."""
    setattr(door, "forbidden", judge)  # noqa: B010 -- the door doesn't offer it to anybody else
    try:
        cloud = Cloud()
        operator = cloud.seed(Member("100000000001", "management"), [Member(_EST, "est")])
        manager = session(cloud, operator.access_key, operator.secret).client("sts", region_name=REGION)
        role = f"arn:aws:iam::{_EST}:role/OrganizationAccountAccessRole"
        keys = manager.assume_role(RoleArn=role, RoleSessionName="bench")["Credentials"]
        own = session(cloud, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        clients = {name: own.client(name, region_name=REGION) for name in ("ec2", "iam", "kms", "s3", "logs")}
        began = time.process_time()
        calls = enclave(_EST, lambda name: clients[name])
        return calls / (time.process_time() - began)
    finally:
        setattr(door, "forbidden", judging.forbidden)  # noqa: B010 -- as before
