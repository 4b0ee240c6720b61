"""A correct range's identities in a rehearsal cloud, made by boto3, in which faults are made and undone in turn."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from range.cloud import membership, organisation
from range.cloud.sessions import Account
from range.records.plan import Plan
from range.records.snapshot import Answer, Page
from range.verify.taking import about_identities, look
from tests.verify.identity.accounts import State, written
from tests.verify.identity.applying import KINDS, Place
from tests.verify.identity.estates import correct
from tests.verify.identity.faulty import Fault, make, named
from tests.verify.rehearsed import Entered, Rehearsed

_KIND = "SERVICE_CONTROL_POLICY"
_BY_AWS = ("OrganizationAccountAccessRole", "AWSServiceRole")
"""Roles that AWS makes."""


class Raised:
    """Accounts as the stacks, bootstrap and AWS leave them."""

    def __init__(self, plan: Plan) -> None:
        """Make everything that the states of a correct range say."""
        self.plan, self._cloud = plan, Rehearsed(plan)
        manager = self._cloud.manager
        self._root = manager.call("organizations", "list_roots")["Roots"][0]
        organisation.enable_policy_type(_account(manager), plan)
        organisation.delegate(_account(manager), plan)
        self.states = _with_bystanders(correct(plan), plan)
        for account in self.states:
            membership.make_role(_account(self._cloud.account(account)), plan)
        self._cloud.forget()
        self.places = {account: Place(self._cloud.account(account), plan.region) for account in self.states}
        self._policies: dict[str, str] = {}
        wanted = {account: {**state, "organisation": {}} for account, state in self.states.items()}
        controller = plan.controller_role
        made = {account: {"roles": {controller: state["roles"][controller]}} for account, state in self.states.items()}
        self._bring(made, wanted)
        self._guard()
        self.answers = tuple(look(plan, self._cloud.sessions).answers)

    def close(self) -> None:
        """End it."""
        self._cloud.cloud.close()

    def look(self) -> tuple[Answer, ...]:
        """Take all answers of all accounts anew."""
        return tuple(look(self.plan, self._cloud.sessions).answers)

    def said(self, fault: Fault) -> dict[str, Any]:
        """Give a fault's row with the names that things have here."""
        said = named(dict(self._translated(fault).said), self.plan)
        kind, *rest = said["put"]["at"]
        known = self.places[self.plan.enclave(said["put"]["in"]).account].ids.get(f"{kind}/{rest[0] if rest else ''}")
        if known is not None and "names" in said:
            said["names"] = re.sub(rf"(?<![\w-]){re.escape(rest[0])}$", known, said["names"])
        if kind == "centre":
            said["says"] = _PERSON
        return dict(said)

    @contextmanager
    def with_fault(self, fault: Fault) -> Iterator[tuple[Answer, ...]]:
        """Make a fault by the API, give all answers with those that its accounts give now, and undo it afterwards.

        Raises:
            CloudError: AWS takes no such thing, so the fault can't be made.
        """
        faulty = copy.deepcopy(self.states)
        make(self._translated(fault), faulty, self.plan)
        self._bring(self.states, faulty)
        try:
            touched = {account for account in faulty if faulty[account] != self.states[account]}
            kept = [answer for answer in self.answers if answer.account not in touched]
            yield (*kept, *(answer for account in sorted(touched) for answer in self._asked(account)))
        finally:
            self._bring(faulty, self.states)

    def _translated(self, fault: Fault) -> Fault:
        """Put the organisation's own ids in the place of those that the catalogue made up."""
        text = json.dumps(fault.said).replace("o-exercise", self._root["Arn"].split("/")[1])
        return replace(fault, said=json.loads(text.replace("r-root", self._root["Id"])))

    def _bring(self, before: Mapping[str, State], after: Mapping[str, State]) -> None:
        """Bring all accounts from one state to another; what is to go goes in the opposite order."""
        for account, state in after.items():
            old = before[account]
            for kind, apply in KINDS.items():
                here, there = dict(old.get(kind, {})), dict(state.get(kind, {}))
                for name in sorted({*here, *there}):
                    changed = (name in here, here.get(name)) != (name in there, there.get(name))
                    if changed and not name.startswith(_BY_AWS):
                        apply(self.places[account], name, here.get(name), there.get(name))
            self._assign(self.places[account], old.get("centre", []), state.get("centre", []))
            if old.get("organisation") and state.get("organisation") != old["organisation"]:
                self._rule(old["organisation"], state["organisation"])

    def _guard(self) -> None:
        """Write the guardrails and attach them."""
        held = self.states[self.plan.hub.account]["organisation"]
        hub = self.places[self.plan.hub.account]
        self._policies["FullAWSAccess"] = "p-FullAWSAccess"
        for name, policy in held["policies"].items():
            if name not in self._policies:
                asked = {"Name": name, "Description": name, "Type": _KIND, "Content": written(policy["content"])}
                made = hub.call("organizations", "create_policy", **asked)
                self._policies[name] = made["Policy"]["PolicySummary"]["Id"]
        for target, names in held["attached"].items():
            self._attach(target, names)

    def _attach(self, target: str, names: Iterable[str]) -> None:
        """See that exactly these policies are attached to an account."""
        if not target.isdigit():
            return
        hub = self.places[self.plan.hub.account]
        listed = hub.call("organizations", "list_policies_for_target", TargetId=target, Filter=_KIND)["Policies"]
        there, wanted = {each["Id"] for each in listed}, {self._policies[name] for name in names}
        for policy in sorted(wanted - there):
            hub.call("organizations", "attach_policy", PolicyId=policy, TargetId=target)
        for policy in sorted(there - wanted):
            hub.call("organizations", "detach_policy", PolicyId=policy, TargetId=target)

    def _rule(self, before: State, after: State) -> None:
        """Change the organisation's policies, what they are attached to, or whether they are in force at all."""
        hub, manager = self.places[self.plan.hub.account], self._cloud.manager
        which = {"RootId": self._root["Id"], "PolicyType": _KIND}
        if before["types"] != after["types"]:
            manager.call("organizations", "enable_policy_type" if after["types"] else "disable_policy_type", **which)
        for name, policy in after["policies"].items():
            if policy != before["policies"][name]:
                known = self._policies[name]
                hub.call("organizations", "update_policy", PolicyId=known, Content=written(policy["content"]))
        if after["types"]:
            for target, names in after["attached"].items():
                if before["types"] != after["types"] or names != before["attached"].get(target):
                    self._attach(target, names)

    @staticmethod
    def _assign(place: Place, before: list[State], after: list[State]) -> None:
        """Assign somebody of the identity centre to accounts, or end that."""
        if before == after:
            return
        centre = place.call("sso-admin", "list_instances")["Instances"][0]["InstanceArn"]
        for operation, wanted in (("create", after), ("delete", before)):
            for each in wanted:
                name = each["set"].rpartition("/")[2]
                if operation == "create":
                    made = place.call("sso-admin", "create_permission_set", Name=name, InstanceArn=centre)
                    place.ids[each["set"]] = made["PermissionSet"]["PermissionSetArn"]
                asked = {
                    "InstanceArn": centre, "TargetId": each["account"], "TargetType": "AWS_ACCOUNT",
                    "PermissionSetArn": place.ids[each["set"]], "PrincipalType": "USER", "PrincipalId": _PERSON,
                }  # fmt: skip
                place.call("sso-admin", f"{operation}_account_assignment", **asked)
                if operation == "delete":
                    known = place.ids.pop(each["set"])
                    place.call("sso-admin", "delete_permission_set", InstanceArn=centre, PermissionSetArn=known)

    def _asked(self, account: str) -> Iterator[Answer]:
        """Give what one account answers now about identities."""
        place, accounts = self.places[account], tuple(self.states)
        buckets = place.call("s3", "list_buckets")["Buckets"]
        yield self._answer(account, "s3", "ListBuckets", {"Buckets": buckets})
        endpoints = place.call("ec2", "describe_vpc_endpoints")["VpcEndpoints"]
        yield self._answer(account, "ec2", "DescribeVpcEndpoints", {"VpcEndpoints": endpoints})
        yield from about_identities(_account(place.entered), self.plan.region, accounts, tuple(buckets))

    def _answer(self, account: str, service: str, operation: str, result: dict[str, Any]) -> Answer:
        page = Page(token=None, result=json.loads(json.dumps(result, default=str)))
        return Answer(account=account, region=self.plan.region, service=service, operation=operation, pages=(page,))


def _with_bystanders(states: dict[str, State], plan: Plan) -> dict[str, State]:
    """Add those whom faults let in: AWS takes no policy that names somebody who isn't there."""
    for name, kind, who in _BYSTANDERS:
        account = plan.enclave(name).account
        own = {"AWS": f"arn:aws:iam::{account}:root"}
        trust = {"Effect": "Allow", "Principal": own, "Action": "sts:AssumeRole"}
        role = {"trust": {"Version": "2012-10-17", "Statement": [trust]}}
        states[account].setdefault(kind, {})[who] = role if kind == "roles" else {}
    return states


_BYSTANDERS = (
    ("est", "roles", "x"),
    ("gbr", "roles", "x"),
    ("hub", "roles", "other"),
    ("pol", "roles", "x"),
    ("red", "roles", "attacker"),
    ("red", "users", "y"),
    ("white", "users", "ann"),
)
_PERSON = "9067642ac7-0a1b2c3d-0000-4000-8000-00000000000a"


def _account(entered: Entered) -> Account:
    """Give what the product takes for an account."""
    found: Any = entered
    return found  # type: ignore[no-any-return]
