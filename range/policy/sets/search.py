"""The search for a request that passes: choose what allows, find values, ask `decide`, and go round what denies.

`decide` is asked about every request that is found, so that ALLOWED is never a fiction of the search; DENIED is said
only when every way has been tried, each with sets that are too wide rather than too narrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from range.policy.conditions import check
from range.policy.decision import Decision, Verdict
from range.policy.document import Clause
from range.policy.evaluation import decide
from range.policy.keys import is_modelled
from range.policy.layers import DECIDED_BY_RESOURCE, UNDER_RESOURCE_CONTROL, Layer, Layers, Levels, exempt
from range.policy.match import NO
from range.policy.names import operator
from range.policy.patterns import pattern
from range.policy.request import Bond, Principal, PrincipalKind, Request, asked, user
from range.policy.rules import Rule, Rules
from range.policy.sets.atoms import ACTION, PRINCIPAL_ARN, RESOURCE, Atom, Pins, action_in, atoms
from range.policy.sets.languages import TooHard, Union, part_by_part, whole
from range.policy.sets.question import Answer, Question, allowing, people, session_of
from range.policy.sets.values import Found, Keys, Unsure, Wanted, text

_MOST_REQUESTS = 5_000
_MOST_CHOICES = 50_000
_ONLY_FOR_SERVICES = (
    "aws:principalservicename",
    "aws:principalservicenameslist",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
)
"""Missing wherever it is no service that asks.

Source: IAM User Guide, "AWS global condition context keys" (read 2026-11-22).
"""
_FREE = ("aws:securetransport", "aws:viaawsservice")
"""What `asked` takes for granted, and a question doesn't."""

_AN_ACTION: Union = (whole(pattern("?*:?*")),)
_NO_RESOURCE = whole(("*",))
"""A request that is about no resource has `*`, the letter."""

Choice: TypeAlias = tuple[Wanted, ...]
"""What one statement asks of a request."""
Group: TypeAlias = tuple[Choice, ...]
"""Statements of which one has to apply."""
Way: TypeAlias = tuple[Group, ...]
"""A way in: each of its groups has to let the request through."""
Known: TypeAlias = frozenset[Wanted]


def may(question: Question, layers: Layers) -> Answer:
    """Say whether any request of a kind passes, and show one that does."""
    if question.principal is not None:
        return _Search(question, layers, question.principal).answer()
    doubts: list[str] = []
    for principal, generic in _anybody(question, layers):
        answer = _Search(question, layers, principal, generic=generic).answer()
        if answer.verdict is Verdict.ALLOWED:
            return answer
        doubts.extend(answer.doubts)
    return Answer(Verdict.UNKNOWN if doubts else Verdict.DENIED, doubts=tuple(dict.fromkeys(doubts)))


def _anybody(question: Question, layers: Layers) -> Iterator[tuple[Principal, bool]]:
    """Give everybody of an account; those whom no policy names stand for all others."""
    for principal in people(question.account, layers):
        yield principal, False
    yield user(f"arn:aws:iam::{question.account}:user/somebody"), True
    yield session_of(f"arn:aws:iam::{question.account}:role/somebody"), True


@dataclass
class _Search:
    """The search for one principal."""

    question: Question
    layers: Layers
    principal: Principal
    generic: bool = False
    """Whether the principal stands for all others of its kind: only its ARN's form is known."""
    doubts: list[str] = field(default_factory=list)
    _chosen: int = 0
    _seen: set[Known] = field(default_factory=set)
    _atoms: dict[Rule, Choice] = field(default_factory=dict)
    _solved: dict[tuple[str, Known], object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Work out what is given."""
        self.base = asked(self.principal, "*", "*", self.question.resource_account)
        self.pins = self._pinned()
        self.keys = Keys(self.base, self.pins)
        bound = action_in(*(f"{each}:*" for each in UNDER_RESOURCE_CONTROL))
        self._unbound: Wanted = (bound, False)
        self.actions = (tuple(whole(pattern(each.lower())) for each in self.question.actions), _AN_ACTION)
        resources = tuple(whole(pattern(each)) for each in self.question.resources)
        self.resources = (resources, _resources_of(self.question.resource_account))

    def _pinned(self) -> Pins:
        pins: dict[str, tuple[str, ...] | None] = dict(self.base.context)
        if self.principal.kind is not PrincipalKind.SERVICE:
            pins.update(dict.fromkeys(_ONLY_FOR_SERVICES))
        pins.setdefault("aws:username", None)
        for key in (*_FREE, *((PRINCIPAL_ARN, "aws:username") if self.generic else ())):
            pins.pop(key, None)
        for key, values in self.question.context.items():
            pins[key.lower()] = None if values is None else tuple(values)
        return pins

    def answer(self) -> Answer:
        """Try every way in."""
        try:
            for way in self._ways():
                passed = self._choose(tuple(sorted(way, key=len)), self._given())
                if passed is not None:
                    return Answer(Verdict.ALLOWED, *passed)
        except TooHard as error:
            self.doubts.append(error.message)
        doubts = tuple(dict.fromkeys(self.doubts))
        return Answer(Verdict.UNKNOWN if doubts else Verdict.DENIED, doubts=doubts)

    def _given(self) -> Known:
        """Say what is known beforehand: the form of the ARN of somebody who stands for all others."""
        if not self.generic:
            return frozenset()
        kind = "user" if self.principal.kind is PrincipalKind.USER else "role"
        form = (whole(pattern(f"arn:aws:iam::{self.question.account}:{kind}/?*")),)
        return frozenset({(_arn_in(form), True)})

    def _ways(self) -> Iterator[Way]:
        """Give every way in that `decide` knows, with the choices that each has."""
        spared = exempt(self.principal)
        layers, principal = self.layers, self.principal
        around: list[Group] = []
        if Layer.RESOURCE_CONTROL not in spared:
            around.extend((*group, (self._unbound,)) for group in self._levels(layers.resource_control))
        if Layer.SERVICE_CONTROL not in spared:
            around.extend(self._levels(layers.service_control))
        if layers.endpoint is not None:
            around.append(self._group([layers.endpoint]))
        identity, limits = self._own()
        granted = self._by_resource()
        anyhow = tuple(choice for group in granted.values() for choice in group)
        if principal.kind is PrincipalKind.ROOT or principal.has_identity_policies:
            if principal.account == self.question.resource_account:
                decides = action_in(*(f"{each}*" for each in DECIDED_BY_RESOURCE))
                yield (*around, *identity, *limits, granted[Bond.ACCOUNT])
                yield (*around, *identity, *limits, (((decides, False),), ((_nothing_in_particular(), True),)))
                yield (*around, *limits, granted[Bond.ISSUER])
                yield (*around, granted[Bond.ITSELF])
            else:
                yield (*around, *identity, *limits, anyhow)
        else:
            yield (*around, anyhow)

    def _own(self) -> tuple[list[Group], list[Group]]:
        if self.principal.kind is PrincipalKind.ROOT:
            return [], []
        limits = [] if self.layers.boundary is None else [self._group([self.layers.boundary])]
        if self.layers.session is not None:
            limits.append(self._group(self.layers.session))
        return [self._group(self.layers.identity)], limits

    def _levels(self, levels: Levels) -> list[Group]:
        return [self._group(level) for level in levels]

    def _group(self, policies: Sequence[Rules]) -> Group:
        rules = allowing([rule for policy in policies for rule in policy.rules])
        return tuple(self._asked_by(rule) for rule in rules if rule.concerns(self.base, [])[0] != NO)

    def _by_resource(self) -> dict[Bond, Group]:
        granted: dict[Bond, Group] = dict.fromkeys(Bond, ())
        for rule in allowing([] if self.layers.resource is None else self.layers.resource.rules):
            named, bond = rule.concerns(self.base, [])
            if named != NO:
                granted[bond] = (*granted[bond], self._asked_by(rule))
        return granted

    def _asked_by(self, rule: Rule) -> Choice:
        """Give what a statement asks of a request; the atoms are made once, so that they can be told apart."""
        if rule not in self._atoms:
            self._atoms[rule] = tuple((atom, True) for atom in atoms(rule, self.pins))
        return self._atoms[rule]

    def _choose(self, way: Way, known: Known) -> tuple[Request, Decision] | None:
        """Choose a statement for each group in turn, where there is least to choose from first; then find a request."""
        if not way:
            return self._found(known)
        self._chosen += 1
        if self._chosen > _MOST_CHOICES:
            raise TooHard(f"more than {_MOST_CHOICES} ways to choose statements")
        for choice in sorted(way[0], key=len):
            more = known.union(choice)
            if self._is_possible(more, {atom.variable for atom, _ in choice}):
                passed = self._choose(way[1:], more)
                if passed is not None:
                    return passed
        return None

    def _found(self, known: Known) -> tuple[Request, Decision] | None:
        """Make a request, ask about it, and go round the statement that denies it."""
        if known in self._seen:
            return None
        self._seen.add(known)
        if len(self._seen) > _MOST_REQUESTS:
            raise TooHard(f"more than {_MOST_REQUESTS} requests to try")
        request = self._request(known)
        decision = decide(request, self.layers)
        if decision.verdict is Verdict.ALLOWED:
            request = self._received(request)
            decision = decide(request, self.layers)
        if decision.verdict is Verdict.ALLOWED:
            return request, decision
        self.doubts.extend(decision.doubts)
        denier = decision.denier or decision.unsure
        if denier is None:
            if decision.verdict is Verdict.DENIED:
                self.doubts.append(f"{decision.layer} was thought to allow {request.action} on {request.resource}")
            return None
        for way in self._round(denier, decision.layer):
            more = known | {way}
            if self._is_possible(more, {way[0].variable}):
                passed = self._found(more)
                if passed is not None:
                    return passed
        return None

    def _round(self, denier: Rule, layer: Layer | None) -> Iterator[Wanted]:
        """Give the ways round a statement that denies: each of the things that it says mustn't hold."""
        yield from ((atom, False) for atom, _ in self._asked_by(denier))
        if layer is Layer.RESOURCE_CONTROL:
            yield self._unbound

    def _received(self, request: Request) -> Request:
        """Take back what was thought up: whether keys that aren't modelled have such values, nobody knows."""
        context = {key: value for key, value in request.context.items() if is_modelled(key) or key in self.pins}
        return replace(request, context=context, complete=False)

    def _is_possible(self, known: Known, variables: set[str]) -> bool:
        return all(self._value(variable, known) is not None for variable in variables)

    def _value(self, variable: str, known: Known) -> object:
        """Find a value for one variable; remembered, for most choices leave most variables as they were."""
        about = frozenset(each for each in known if each[0].variable == variable)
        if (variable, about) not in self._solved:
            wanted = sorted(about, key=lambda each: (each[0].number, each[1]))
            if variable == ACTION:
                solution: object = text(self.actions, wanted)
            elif variable == RESOURCE:
                solution = text(self.resources, wanted)
            else:
                solution = self.keys.solve(variable, wanted)
            self._solved[variable, about] = solution
        return self._solved[variable, about]

    def _request(self, known: Known) -> Request:
        """Make the request that has the values found."""
        context = {key: values for key, values in self.pins.items() if values is not None}
        for key in sorted({atom.variable for atom, _ in known} - {ACTION, RESOURCE}):
            solution = self._value(key, known)
            if isinstance(solution, Unsure):
                self.doubts.append(solution.why)
            if isinstance(solution, Found) and solution.value is not None:
                context[key] = solution.value
        principal = self._somebody(context) if self.generic else self.principal
        action, resource = str(self._value(ACTION, known)), str(self._value(RESOURCE, known))
        account = self.question.resource_account
        return Request(principal, action, resource, account, context, self.base.unknown, action.lower(), complete=True)

    def _somebody(self, context: dict[str, tuple[str, ...]]) -> Principal:
        """Give whoever has the ARN that was found."""
        (arn,) = context[PRINCIPAL_ARN]
        return user(arn) if self.principal.kind is PrincipalKind.USER else session_of(arn)


def _arn_in(form: Union) -> Atom:
    """Say that the principal's ARN has a form."""
    clause = Clause("StringLike", PRINCIPAL_ARN, ("*",))
    return Atom(PRINCIPAL_ARN, form, form, False, operator("StringLike"), clause, check(clause, variables=False))


def _nothing_in_particular() -> Atom:
    """Say that the request is about no resource in particular."""
    return Atom(RESOURCE, (_NO_RESOURCE,), (_NO_RESOURCE,))


def _resources_of(account: str) -> Union:
    """Give the ARNs that may be of an account: with its id, or with none, as those of buckets."""
    forms = (f"arn:aws*:?*:*:{account}:?*", "arn:aws*:?*:*::?*")
    arns = (part_by_part(pattern(form), last_expands=True) for form in forms)
    return (*(each for each in arns if each is not None), _NO_RESOURCE)
