"""The catalogue of faults of identities: rows of YAML written out case by case, and made in the state of accounts."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import yaml

from range.cloud.sessions import Account
from range.plan import names
from range.records.plan import Plan
from range.records.snapshot import Answer, Page
from range.verify.taking import about_identities
from stacks.documents.endpoints import own_resources_only
from stacks.documents.language import Place
from tests.verify.identity.accounts import State, Told

FOLDER = Path(__file__).parent / "faults"
FILES = ("policies", "shares", "guards", "unmodelled")
_NAME = re.compile(r"\{([a-z]+(?:\.bucket)?)\}")
_WORD = re.compile(r"\$(\w+)")


@dataclass(frozen=True)
class Fault:
    """One thing that was opened, and what the proof must say of it."""

    kind: str
    said: Mapping[str, Any]
    """The row with its case's values in the place of words."""

    def __str__(self) -> str:
        return f"{self.kind}: {self.said.get('from')} → {self.said.get('to')}"

    @property
    def verdict(self) -> str:
        """What must come out."""
        return str(self.said.get("verdict", "VIOLATED"))


def catalogue() -> list[Fault]:
    """Read all faults."""
    rows = (row for name in FILES for row in yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
    return [Fault(row["class"], _filled({**row, **case}, case)) for row in rows for case in row["cases"]]


def _filled(value: Any, case: Mapping[str, Any]) -> Any:
    """Put a case's values in the place of `$words`."""
    if isinstance(value, str):
        whole = _WORD.fullmatch(value)
        if whole:
            return case[whole[1]]
        return _WORD.sub(lambda match: str(case[match[1]]), value)
    if isinstance(value, dict):
        return {key: _filled(inner, case) for key, inner in value.items() if key != "cases"}
    return [_filled(inner, case) for inner in value] if isinstance(value, list) else value


def named(value: Any, plan: Plan) -> Any:
    """Put accounts and buckets in the place of their names."""
    known = {enclave.name: enclave for enclave in (plan.hub, *plan.enclaves)}

    def found(match: re.Match[str]) -> str:
        name, _, what = match[1].partition(".")
        if name == "management":
            return plan.management_account
        return names.evidence_bucket(plan, known[name]) if what else known[name].account

    if isinstance(value, str):
        return _NAME.sub(found, value)
    if isinstance(value, dict):
        return {key: named(inner, plan) for key, inner in value.items()}
    return [named(inner, plan) for inner in value] if isinstance(value, list) else value


def make(fault: Fault, states: Mapping[str, State], plan: Plan) -> None:
    """Make a fault in the state of its account."""
    said = named(dict(fault.said), plan)
    put = said["put"]
    state = states[plan.enclave(put["in"]).account]
    if "make" in put:
        _put(state, put["at"], put["make"])
        _put(state, said["append"], said["value"])
    else:
        _put(state, put["at"], said["value"])


def _put(state: Any, path: list[str], value: Any) -> None:
    """Write a value into a state, making what is missing on the way."""
    for step, after in pairwise(path):
        state = state.setdefault(step, [] if after == "+" else {})
    if path[-1] == "+":
        state.append(copy.deepcopy(value))
    else:
        state[path[-1]] = copy.deepcopy(value)


def answers(plan: Plan, states: Mapping[str, State]) -> Iterator[Answer]:
    """Give what a snapshot of all accounts would hold for the identity proof."""
    accounts = tuple(enclave.account for enclave in (plan.hub, *plan.enclaves))
    for account in accounts:
        state = states[account]
        buckets = [{"Name": name} for name in state.get("buckets", {})]
        yield _answer(plan, account, "s3", "ListBuckets", {"Buckets": buckets})
        fence = own_resources_only(Place(plan.region, account))
        endpoints = [
            {
                "VpcEndpointId": name,
                "OwnerId": account,
                "VpcEndpointType": "Gateway",
                "ServiceName": f"com.amazonaws.{plan.region}.s3",
                "State": "available",
                "PolicyDocument": policy,
            }
            for name, policy in {"vpce-0": fence, **state.get("endpoints", {})}.items()
        ]
        yield _answer(plan, account, "ec2", "DescribeVpcEndpoints", {"VpcEndpoints": endpoints})
        told = cast("Account", Told(account, plan.region, state))
        yield from about_identities(told, plan.region, accounts, tuple(buckets))


def _answer(plan: Plan, account: str, service: str, operation: str, result: dict[str, Any]) -> Answer:
    page = Page(token=None, result=result)
    return Answer(account=account, region=plan.region, service=service, operation=operation, pages=(page,))
