"""The exercise as identities see it: whose account is whose, where it stands in the organisation, what is declared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from range.policy.document import Effect, Policy, Statement
from range.policy.kinds import Kind
from range.policy.layers import Levels
from range.records.plan import INTERNET, Plan
from range.verify.identity.asking import Memo, levels_of
from range.verify.identity.estate import Estate, Thing

ADMINISTRATOR_ROLE = "OrganizationAccountAccessRole"
"""The role that AWS Organizations makes in every account that it creates, for the management account.

Source: AWS Organizations User Guide, "Accessing a member account that has OrganizationAccountAccessRole" (read 2026-11-28).
"""
OUTSIDER = "999999999999"
"""Stands for every account that nobody names."""


@dataclass
class Realm:
    """All accounts together."""

    plan: Plan
    estates: dict[str, Estate]
    """By account."""
    memo: Memo = field(default_factory=Memo)

    @cached_property
    def names(self) -> dict[str, str]:
        """Name the enclave of every account."""
        return {enclave.account: enclave.name for enclave in (self.plan.hub, *self.plan.enclaves)}

    def name_of(self, account: str) -> str:
        """Give an account's enclave; whoever isn't in the exercise is outside."""
        return self.names.get(account, INTERNET)

    def others(self, account: str) -> list[str]:
        """Give every account of the exercise but one."""
        return [other for other in self.names if other != account]

    def controller(self, account: str) -> str:
        """Give the ARN of an account's controller."""
        return f"arn:aws:iam::{account}:role/{self.plan.controller_role}"

    def levels(self, kind: Kind, account: str) -> Levels:
        """Give the organisation's policies that are in force on an account."""
        hub = self.estates.get(self.plan.hub.account)
        names = {Kind.SERVICE_CONTROL: "SERVICE_CONTROL_POLICY", Kind.RESOURCE_CONTROL: "RESOURCE_CONTROL_POLICY"}
        documents = hub.control.get(names[kind], {}).get(account, ()) if hub is not None else ()
        return levels_of(documents, kind)

    @cached_property
    def guardrails_are_seen(self) -> bool:
        """Say whether all of the organisation's policies are known: what wasn't read may forbid anything."""
        hub = self.estates.get(self.plan.hub.account)
        return hub is not None and not any(doubt.resource.startswith("organizations:") for doubt in hub.doubts)

    def is_declared(self, thing: Thing, statement: Statement) -> bool:
        """Say whether a statement only lets in whom the exercise lets in."""
        named = statement.principals
        if statement.effect is not Effect.ALLOW or named is None or named.negated or named.everyone or statement.doubts:
            return False
        if named.service or named.federated or named.canonical:
            return False
        keys = {clause.key.lower() for clause in statement.clauses}
        management = {f"arn:aws:iam::{self.plan.management_account}:root", self.plan.management_account}
        if thing.what == "role" and set(named.aws) <= management:
            if thing.arn == self.controller(thing.account):
                return "sts:externalid" in keys
            return thing.arn.endswith(f":role/{ADMINISTRATOR_ROLE}")
        if thing.what == "key" and thing.account == self.plan.hub.account and _is_for_volumes(statement):
            return set(named.aws) <= {self.controller(account) for account in self.names}  # who launch golden images
        archivist = self.controller(self.plan.hub.account)
        return thing.what == "key" and set(named.aws) == {archivist} and "kms:viaservice" in keys

    def without_declared(self, thing: Thing, policy: Policy) -> Policy:
        """Give a policy without the statements that are declared."""
        left = tuple(each for each in policy.statements if not self.is_declared(thing, each))
        return Policy(policy.name, policy.version, left)

    def place_of(self, account: str) -> tuple[str, ...]:
        """Give the ids that an account stands under in the organisation; none for one outside."""
        hub = self.estates.get(self.plan.hub.account)
        return hub.places.get(account, ()) if hub is not None else ()

    def organisation_of(self, account: str) -> dict[str, tuple[str, ...]]:
        """Give what conditions see of somebody's place in the organisation; nothing where that isn't known."""
        if account == self.plan.management_account:
            return {}
        if account not in self.names:
            return {"aws:principalorgid": ("o-of-others",), "aws:principalorgpaths": ("o-of-others/r-root/",)}
        place = self.place_of(account)
        return {"aws:principalorgid": place[:1], "aws:principalorgpaths": ("/".join(place) + "/",)} if place else {}

    @cached_property
    def centre_is_seen(self) -> bool:
        """Say whether some account tells who is assigned in the identity centre."""
        return any(estate.administers_centre for estate in self.estates.values())

    def doubts(self) -> Iterable[tuple[str, str, str]]:
        """Give what is doubted, with whose it is; what the hub doesn't say is about everybody."""
        for account, estate in sorted(self.estates.items()):
            for doubt in estate.doubts:
                name = self.names.get(account, "")
                yield "" if name == self.plan.hub.name else name, doubt.resource, doubt.why


def _is_for_volumes(statement: Statement) -> bool:
    """Say whether a statement about a key is for what EC2 does for the caller with volumes, and nothing else."""
    via = [clause for clause in statement.clauses if clause.key.lower() == "kms:viaservice"]
    return any(
        clause.operator == "StringEquals" and clause.values and all(each.startswith("ec2.") for each in clause.values)
        for clause in via
    )
