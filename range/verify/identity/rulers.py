"""Who could change the isolation itself: every role, user and root user of every account is asked for every power.

Most are refused by the guardrails whatever their own policies say; those are told apart by what the guardrails look at,
and asked once for all. The rest are asked one by one, with their own policies and boundaries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from range.policy.conditions import check
from range.policy.decision import Verdict
from range.policy.document import Effect
from range.policy.kinds import Kind
from range.policy.layers import Layers, Levels
from range.policy.request import Principal, asked, root_user, user
from range.policy.sets.question import Question, session_of
from range.verify.identity.asking import Told, everything, masked, ready
from range.verify.identity.estate import Identity
from range.verify.identity.leak import EVERYBODY, Leak, leak
from range.verify.identity.powers import POWERS, Power
from range.verify.identity.realm import Realm


@dataclass(frozen=True)
class Rulers:
    """Asks everybody of an account for every power."""

    realm: Realm

    def of(self, account: str) -> Iterator[Leak]:
        """Give everybody of one account who could undo the isolation, and the doors to its controller."""
        levels = self.realm.levels(Kind.SERVICE_CONTROL, account)
        controller = self.realm.controller(account)
        identities = [each for each in self.realm.estates[account].identities if not each.is_of_aws]
        powers = [each for each in POWERS if not each.only_in_hub or account == self.realm.plan.hub.account]
        yield from self._doors(account, [each for each in identities if each.arn == controller])
        ruled: dict[tuple[int, ...], list[tuple[Identity | None, Principal]]] = {}
        everybody: list[Identity | None] = [None, *(each for each in identities if each.arn != controller)]
        for identity in everybody:
            principal = _principal(account, identity)
            ruled.setdefault(_seen_as(principal, levels), []).append((identity, principal))
        for seen_as, members in ruled.items():
            for power in powers:
                if self._refused_anyway(account, power, levels, members[0][1], seen_as):
                    continue
                for identity, principal in members:
                    yield from self._asked(account, power, levels, identity, principal)

    def _refused_anyway(
        self, account: str, power: Power, levels: Levels, principal: Principal, seen_as: tuple[int, ...]
    ) -> bool:
        """Say whether the guardrails refuse a power to somebody whatever anything else allows."""
        layers = Layers(identity=(everything(),), service_control=levels)
        key = (power.name, seen_as, self._masked(account, levels), principal.kind)
        answer = self._ask(account, power, principal, layers, key)
        return answer.verdict is Verdict.DENIED

    def _asked(
        self, account: str, power: Power, levels: Levels, identity: Identity | None, principal: Principal
    ) -> Iterator[Leak]:
        """Ask one, with its own policies."""
        own = () if identity is None else tuple(ready(name, text, Kind.MANAGED) for name, text in identity.policies)
        limit = None if identity is None or identity.boundary is None else ready(*identity.boundary, Kind.MANAGED)
        layers = Layers(identity=own, boundary=limit, service_control=levels)
        names = self._names(account, principal.issuer or principal.arn)
        policies = identity and (identity.policies, identity.boundary)
        key = (power.name, masked(repr(policies), names), self._masked(account, levels), principal.kind, "own")
        answer = self._ask(account, power, principal, layers, key)
        if answer.verdict is not Verdict.DENIED:
            name = principal.issuer or principal.arn
            yield leak(self.realm.name_of(account), EVERYBODY, f"could {power.name}", name, answer)

    def _ask(self, account: str, power: Power, principal: Principal, layers: Layers, key: object) -> Told:
        plan = self.realm.plan
        resources = tuple(each.format(account=account, controller=plan.controller_role) for each in power.resources)
        question = Question(account, power.actions, resources, principal, context=power.context)
        names = self._names(account, principal.issuer or principal.arn)
        return self.realm.memo.ask(key, names, question, lambda: layers)

    @staticmethod
    def _names(account: str, arn: str) -> list[tuple[str, str]]:
        return [("{who}", arn), ("{name}", arn.rpartition("/")[2]), ("{own}", account)]

    @staticmethod
    def _masked(account: str, levels: Levels) -> tuple[object, ...]:
        """Give the guardrails without the account that they are on, which they don't name in their documents."""
        return tuple(rules.policy for level in levels for rules in level)

    def _doors(self, account: str, controllers: list[Identity]) -> Iterator[Leak]:
        """Give whoever of the account itself could become its controller; others are found by its trust policy."""
        for role in controllers:
            policy = ready(role.arn, role.trust, Kind.TRUST).policy
            for statement in policy.statements:
                named = statement.principals
                inside = named is not None and any(account in name for name in named.aws)
                if statement.effect is not Effect.DENY and named is not None and (inside or named.service):
                    who = ", ".join((*named.aws, *named.service))
                    label = f"role trust policy: {role.arn}, {statement.label}"
                    why = f"{who} may become the controller, whom no guardrail binds, by {label}"
                    yield Leak(
                        self.realm.name_of(account), EVERYBODY, "could become the controller", role.arn, why, (label,)
                    )
            for profile in role.profiles:
                why = f"instance profile {profile} makes whatever runs on an instance the controller"
                yield Leak(
                    self.realm.name_of(account), EVERYBODY, "could become the controller", role.arn, why, (profile,)
                )


def _principal(account: str, identity: Identity | None) -> Principal:
    if identity is None:
        return root_user(account)
    return session_of(identity.arn) if ":role/" in identity.arn else user(identity.arn)


def _seen_as(principal: Principal, levels: Levels) -> tuple[int, ...]:
    """Give how the guardrails' conditions see somebody: whoever is seen alike is ruled alike."""
    request = asked(principal, "*")
    return tuple(
        check(clause, variables=rules.policy.has_variables)(request, [])
        for level in levels
        for rules in level
        for statement in rules.policy.statements
        for clause in statement.clauses
        if clause.key.lower() in ("aws:principalarn", "aws:principaltype", "aws:principalaccount", "aws:username")
    )
