"""A policy made ready to be asked many times: statements by action, every pattern and condition parsed once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from range.policy.arns import resource_check
from range.policy.conditions import check
from range.policy.document import Effect, Named, Policy, Principals, Statement
from range.policy.match import MAYBE, NO, YES, Doubts, Sureness
from range.policy.patterns import glob, pattern
from range.policy.request import Bond, Check, PrincipalKind, Request

_REMEMBERED_ACTIONS = 20_000
"""There are some 20,000; whoever asks with made-up ones makes us forget, not grow."""


class Rule:
    """A statement made ready."""

    __slots__ = ("_checks", "_principals", "policy", "statement")

    def __init__(self, policy: Policy, statement: Statement) -> None:
        """Keep the statement; it is parsed when it is first asked."""
        self.policy = policy
        self.statement = statement
        self._principals = statement.principals
        self._checks: tuple[Check, ...] | None = None

    def _parsed(self) -> tuple[Check, ...]:
        """Parse resources and conditions; the action is for `Rules` to look at."""
        resources, variables = self.statement.resources, self.policy.has_variables
        checks = [] if resources is None else [resource_check(resources, variables=variables)]
        checks.extend(check(clause, variables=variables) for clause in self.statement.clauses)
        return tuple(each for each in checks if each is not None)

    def about(self, request: Request, doubts: Doubts) -> Sureness:
        """Say how surely the statement is about a request that has its action, who asks included."""
        if self._principals is None:
            return self.applies(request, doubts)
        named = self.concerns(request, doubts)[0]
        return named and min(named, self.applies(request, doubts))

    def applies(self, request: Request, doubts: Doubts) -> Sureness:
        """Say how surely the statement is about a request that has its action, whoever asks."""
        before = len(doubts)
        sureness: Sureness = YES
        if self.statement.doubts:
            doubts.append(f"{self.cited}: {'; '.join(self.statement.doubts)}")
            sureness = MAYBE
        if self._checks is None:
            self._checks = self._parsed()
        for each in self._checks:
            found = each(request, doubts)
            if found != YES:
                if found == NO:
                    del doubts[before:]
                    return NO
                sureness = MAYBE
        return sureness

    def concerns(self, request: Request, doubts: Doubts) -> tuple[Sureness, Bond]:
        """Say how surely the statement names who asks, and how closely."""
        named = self._principals
        principal = request.principal
        if named is None:
            return YES, Bond.ITSELF
        if named.negated:
            return self._spared(named, request, doubts)
        if named.everyone:
            return YES, Bond.ITSELF
        bonds = principal.bonds
        closest = 0
        for name in _names(named, principal.kind):
            bond = bonds.get(name)
            if bond is not None and bond > closest:
                closest = bond
        if closest:
            return YES, Bond(closest)
        if named.canonical and principal.kind not in (PrincipalKind.SERVICE, PrincipalKind.ANONYMOUS):
            doubts.append(f"{self.cited}: whose canonical id it is can't be told")
            return MAYBE, Bond.ACCOUNT
        return NO, Bond.ACCOUNT

    def _spared(self, named: Principals, request: Request, doubts: Doubts) -> tuple[Sureness, Bond]:
        """Judge NotPrincipal: who asks is spared if it is named with its role and its account, as AWS asks for."""
        principal = request.principal
        if named.everyone:
            return NO, Bond.ITSELF
        bonds = {principal.bonds[name] for name in _names(named, principal.kind) if name in principal.bonds}
        if bonds == set(principal.bonds.values()) and bonds:
            return NO, Bond.ITSELF
        if bonds or named.canonical:
            doubts.append(f"{self.cited}: NotPrincipal names only a part of {principal.arn}")
            return MAYBE, Bond.ITSELF
        return YES, Bond.ITSELF

    @property
    def cited(self) -> str:
        """How to name it to somebody who looks for it."""
        return f"{self.policy.name or 'the policy'}, {self.statement.label}"


class Rules:
    """A policy made ready."""

    __slots__ = ("_actions", "_by_action", "policy", "rules")

    def __init__(self, policy: Policy) -> None:
        """Make every statement ready."""
        self.policy = policy
        self.rules = tuple(Rule(policy, statement) for statement in policy.statements)
        self._actions = tuple(_of_actions(each.actions) for each in policy.statements)
        self._by_action: dict[str, tuple[tuple[Rule, ...], tuple[Rule, ...]]] = {}

    def about(self, action: str) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
        """Give the statements that deny, and those that allow, something with an action, in lower case."""
        known = self._by_action.get(action)
        if known is None:
            if len(self._by_action) >= _REMEMBERED_ACTIONS:
                self._by_action.clear()
            ours = [rule for rule, test in zip(self.rules, self._actions, strict=True) if test is None or test(action)]
            known = self._by_action[action] = (
                tuple(rule for rule in ours if rule.statement.effect is not Effect.ALLOW),
                tuple(rule for rule in ours if rule.statement.effect is not Effect.DENY),
            )
        return known


def _names(named: Principals, kind: PrincipalKind) -> Sequence[str]:
    if kind is PrincipalKind.SERVICE:
        return named.service
    return named.federated if kind is PrincipalKind.IDENTITY else named.aws


class _Actions:
    """The test whether an action, in lower case, is one of a statement's."""

    __slots__ = ("_negated", "_patterns", "_texts")

    def __init__(self, named: Named) -> None:
        lowered = [value.lower() for value in named.values if value.isascii()]
        self._negated = named.negated
        self._texts = frozenset(each for each in lowered if "*" not in each and "?" not in each)
        self._patterns = tuple(glob(pattern(each)) for each in lowered if each not in self._texts)

    def __call__(self, action: str) -> bool:
        matches = action in self._texts or any(test(action) for test in self._patterns)
        return matches != self._negated


@lru_cache(maxsize=65_536)
def _of_actions(named: Named | None) -> _Actions | None:
    return None if named is None else _Actions(named)
