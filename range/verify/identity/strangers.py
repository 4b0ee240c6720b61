"""Whom a thing's own policy lets in that isn't of its account: other enclaves, outsiders, services on anybody's behalf."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from range.policy.decision import Verdict
from range.policy.document import Effect, Policy, Principals, Statement
from range.policy.kinds import Kind
from range.policy.layers import Layers
from range.policy.names import operator
from range.policy.request import anonymous, service
from range.policy.rules import Rules
from range.policy.sets.accounts import alike
from range.policy.sets.question import Question
from range.records.plan import INTERNET
from range.verify.identity.asking import Told, everything, masked, ready
from range.verify.identity.estate import Thing
from range.verify.identity.leak import EVERYBODY, Leak, leak
from range.verify.identity.realm import OUTSIDER, Realm

_ACCOUNT = re.compile(r"(?<![0-9])[0-9]{12}(?![0-9])")
_SOURCE_OWNER = "aws:sourceowner"
"""A key of SNS's first days: AWS says that services set it to whose account it is, and not what it is in people's own calls."""
_OF_THE_SOURCE = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "kms:calleraccount",
    "kms:encryptioncontext:",
)
"""Keys that tell on whose behalf a service asks."""
_OF_NOBODY = dict.fromkeys(
    (
        "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:userid",
        "aws:username", "kms:calleraccount",
    )
)  # fmt: skip
"""Keys that only a signed request has."""
_TAKES_PASSED_ROLES = frozenset(
    f"{name}.amazonaws.com"
    for name in (
        "backup", "cloudformation", "cloudtrail", "codebuild", "config", "ec2", "ecs-tasks", "events", "export.rds",
        "firehose", "glue", "lambda", "logs", "monitoring.rds", "s3", "scheduler", "ssm", "states", "vpc-flow-logs",
    )
)  # fmt: skip
"""Services that take a role only where somebody of its account passed it.

Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service": a role can't be passed across
accounts (read 2026-11-28).
"""


@dataclass(frozen=True)
class Strangers:
    """Asks every thing whom it lets in."""

    realm: Realm

    def of(self, thing: Thing) -> Iterator[Leak]:
        """Give everybody whom one thing lets in."""
        whole = ready(thing.arn, thing.policy, thing.kind)
        policy = self.realm.without_declared(thing, whole.policy)
        allowing = [each for each in policy.statements if each.effect is not Effect.DENY]
        foreign = [each for each in allowing if _is_foreign(each, thing.account)]
        if foreign:
            yield from self._people(thing, Rules(policy), foreign)
        for statement in allowing:
            if statement.doubts:
                label = f"{thing.arn}, {statement.label}"
                to, means = self.realm.name_of(thing.account), f"policy of a {thing.what}"
                yield Leak(EVERYBODY, to, means, thing.arn, "; ".join(statement.doubts), (label,), sure=False)
            named = statement.principals
            if named is not None and not named.negated:
                for name in named.service:
                    yield from self._service(thing, whole, statement, name)
                for provider in named.federated:
                    yield from self._federated(thing, statement, provider)

    def _people(self, thing: Thing, rules: Rules, foreign: Sequence[Statement]) -> Iterator[Leak]:
        """Ask about every account that the policy names, and about one that stands for all others."""
        realm, own = self.realm, thing.account
        layers = self._layers(thing, rules)
        said = {number for each in foreign for text in _texts(each) for number in _ACCOUNT.findall(text)}
        strangers = sorted(said - realm.names.keys() - {own})
        groups = alike([*realm.others(own), *strangers, OUTSIDER], layers)
        for group in (part for each in groups for part in self._by_place(each)):
            answer = self._asked(thing, layers, group[0], named=group[0] in thing.policy)
            if answer.verdict is not Verdict.DENIED:
                yield from self._from(group, thing, answer)
        if thing.what != "role" and any(each.principals is None or each.principals.everyone for each in foreign):
            nobody = Question(own, thing.actions, thing.about, anonymous(), context=_OF_NOBODY)
            answer = self._ask(thing, layers, nobody, "anonymous")
            if answer.verdict is not Verdict.DENIED:
                yield leak(INTERNET, realm.name_of(own), f"{thing.what} open to everybody", thing.arn, answer)

    def _by_place(self, group: Sequence[str]) -> list[tuple[str, ...]]:
        """Part accounts that stand in different places of the organisation: conditions may look at that."""
        places: dict[tuple[str, ...], list[str]] = {}
        for account in group:
            places.setdefault(self.realm.place_of(account), []).append(account)
        return [tuple(members) for members in places.values()]

    def _from(self, group: Sequence[str], thing: Thing, answer: Told) -> Iterator[Leak]:
        realm, to = self.realm, self.realm.name_of(thing.account)
        inside = [account for account in group if account in realm.names]
        if len(inside) > 1 and len(inside) == len(realm.names) - 1:
            yield leak(EVERYBODY, to, f"policy of a {thing.what}", thing.arn, answer)
        else:
            for account in inside:
                yield leak(realm.name_of(account), to, f"policy of a {thing.what}", thing.arn, answer)
        if len(inside) < len(group):
            yield leak(INTERNET, to, f"policy of a {thing.what}", thing.arn, answer)

    def _asked(self, thing: Thing, layers: Layers, account: str, *, named: bool) -> Told:
        context: dict[str, Sequence[str]] = {**self.realm.organisation_of(account)}
        answer = self._of_account(thing, layers, account, context, named=named)
        if answer.verdict is Verdict.DENIED and _SOURCE_OWNER in thing.policy.lower():
            owned = {**context, _SOURCE_OWNER: (account,)}
            told = self._of_account(thing, layers, account, owned, named=named)
            if told.verdict is not Verdict.DENIED:
                doubt = f"{told.words}, if SNS takes {_SOURCE_OWNER} of a call to be whose call it is"
                return Told(Verdict.UNKNOWN, doubt, told.chain)
        return answer

    def _of_account(
        self, thing: Thing, layers: Layers, account: str, context: Mapping[str, Sequence[str]], *, named: bool
    ) -> Told:
        question = Question(thing.account, thing.actions, thing.about, account=account, context=context)
        return self._ask(thing, layers, question, (account if named else "", tuple(sorted(map(str, context.items())))))

    def _ask(self, thing: Thing, layers: Layers, question: Question, who: object) -> Told:
        names = [("{thing}", thing.arn), ("{name}", thing.arn.rpartition(":")[2]), ("{own}", thing.account)]
        names += [("{other}", question.account)] if question.account and question.account not in thing.policy else []
        control = tuple(rules.policy for level in layers.resource_control for rules in level)
        key = (masked(thing.policy, names), thing.kind, thing.actions, thing.what, who, control)
        return self.realm.memo.ask(key, names, question, lambda: layers)

    def _layers(self, thing: Thing, rules: Rules) -> Layers:
        control = self.realm.levels(Kind.RESOURCE_CONTROL, thing.account)
        return Layers(identity=(everything(),), resource=rules, resource_control=control)

    def _service(self, thing: Thing, rules: Rules, statement: Statement, name: str) -> Iterator[Leak]:
        """Judge a service that may ask: on whose behalf?"""
        realm, own = self.realm, thing.account
        to, means = realm.name_of(own), f"policy of a {thing.what}, through {name}"
        bound = _bound_to(statement)
        if bound == {own}:
            return
        if thing.what == "role" and bound is None:
            if name not in _TAKES_PASSED_ROLES:
                why = f"{name} may take it, and whether only on behalf of its own account nobody can tell"
                yield Leak(EVERYBODY, to, means, thing.arn, why, (rules.rules[statement.index].cited,), sure=False)
            return
        kept = (each for each in rules.policy.statements if each is statement or each.effect is Effect.DENY)
        layers = self._layers(thing, Rules(Policy(rules.policy.name, rules.policy.version, tuple(kept))))
        for account in sorted(bound - {own}) if bound else (OUTSIDER,):
            pinned = {"aws:sourceaccount": [account]}
            question = Question(own, thing.actions, thing.about, service(name), context=pinned)
            answer = self._ask(thing, layers, question, (name, account, statement.index))
            if answer.verdict is not Verdict.DENIED:
                on_behalf = f"{answer.words}, on behalf of {'any account' if not bound else account}"
                source = realm.name_of(account) if bound else EVERYBODY
                yield leak(source, to, means, thing.arn, Told(answer.verdict, on_behalf, answer.chain))

    def _federated(self, thing: Thing, statement: Statement, provider: str) -> Iterator[Leak]:
        """Judge somebody whom a provider vouches for: who that is isn't in any account."""
        realm = self.realm
        label = f"role trust policy: {thing.arn}, {statement.label}"
        if ":saml-provider/AWSSSO_" in provider and provider.split(":")[4] == thing.account:
            if not realm.centre_is_seen:
                why = "it is entered by the identity centre, and who is assigned to it isn't in the snapshot"
                yield Leak(
                    EVERYBODY, realm.name_of(thing.account), "identity centre", thing.arn, why, (label,), sure=False
                )
            return
        checked = any(clause.key.lower().endswith((":sub", ":aud", "saml:sub")) for clause in statement.clauses)
        why = f"whomever {provider} vouches for may take it"
        sure = not checked and ":saml-provider/" not in provider
        yield Leak(
            INTERNET, realm.name_of(thing.account), "trust in an identity provider", thing.arn, why, (label,), sure=sure
        )


def _is_foreign(statement: Statement, own: str) -> bool:
    """Say whether a statement may be about somebody of another account."""
    named = statement.principals
    if statement.doubts or named is None or named.everyone or named.negated or named.canonical:
        return True
    return any(_account_of(name) != own for name in named.aws)


def _account_of(name: str) -> str:
    """Give the account of a principal; empty where its name doesn't say it."""
    return name.split(":")[4] if name.startswith("arn:") and name.count(":") >= 5 else name


def _texts(statement: Statement) -> Iterator[str]:
    named: Principals | None = statement.principals
    if named is not None:
        yield from named.aws
    for clause in statement.clauses:
        yield from clause.values


def _bound_to(statement: Statement) -> set[str] | None:
    """Give the accounts on whose behalf a statement lets a service ask; None where it doesn't say."""
    for clause in statement.clauses:
        parsed = operator(clause.operator)
        if parsed is None or parsed.negated or parsed.if_exists or parsed.name not in _BINDING:
            continue
        if parsed.quantifier or not clause.key.lower().startswith(_OF_THE_SOURCE):
            continue
        numbers = [_whose(value) for value in clause.values]
        if all(numbers):
            return {number for number in numbers if number}
    return None


_BINDING: Mapping[str, None] = dict.fromkeys(
    ("StringEquals", "StringLike", "ArnEquals", "ArnLike", "StringEqualsIgnoreCase")
)


def _whose(value: str) -> str | None:
    """Give the account that a value names: by itself, or in its place of an ARN."""
    if _ACCOUNT.fullmatch(value):
        return value
    parts = value.split(":")
    return parts[4] if len(parts) > 5 and parts[0] == "arn" and _ACCOUNT.fullmatch(parts[4]) else None
