"""Deciding one request as AWS does: explicit deny first, then every layer that has to allow.

Source: IAM User Guide, "Policy evaluation logic", "How AWS enforcement code logic evaluates requests", "Cross-account
policy evaluation logic", "Permissions boundaries", "Session policies", "IAM role principals" (read 2026-11-22).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from range.policy.decision import Decision, Verdict
from range.policy.layers import (
    Layer,
    Layers,
    Levels,
    is_same_account,
    resource_decides,
    resource_layer,
    under_resource_control,
)
from range.policy.match import MAYBE, NO, YES, Doubts, Sureness
from range.policy.request import Bond, PrincipalKind, Request
from range.policy.rules import Rule, Rules

_NOBODY = (NO, None)
_Grant = tuple[Sureness, Rule | None]


@dataclass
class _Walk:
    """What is found out on the way through the layers."""

    request: Request
    doubts: Doubts = field(default_factory=list)
    denied: Sureness = NO
    layer: Layer | None = None
    denier: Rule | None = None

    def deny(self, layer: Layer, rule: Rule) -> None:
        """Note a statement that denies; the first one is told."""
        if self.denied < YES:
            self.denied, self.layer, self.denier = YES, layer, rule


def decide(request: Request, layers: Layers) -> Decision:
    """Decide one request by the policies that bear on it."""
    walk = _Walk(request)
    around = [(layer, _levels(walk, layer, levels)) for layer, levels in layers.binding(request)]
    around = [_doubtful_control(walk, layer, grant) for layer, grant in around]
    own = [(layer, _levels(walk, layer, levels)) for layer, levels in layers.own]
    granted = _by_resource(walk, layers.resource)
    if walk.denied == YES:
        return Decision(Verdict.DENIED, walk.layer, walk.denier)
    needed = [*around, *_needed(request, own, granted)]
    lowest = min(grant[0] for _, grant in needed)
    if lowest == NO:
        return Decision(Verdict.DENIED, next(layer for layer, grant in needed if grant[0] == NO))
    if MAYBE in (lowest, walk.denied):
        return Decision(Verdict.UNKNOWN, doubts=tuple(dict.fromkeys(walk.doubts)))
    return Decision(Verdict.ALLOWED, chain=tuple((layer, grant[1]) for layer, grant in needed if grant[1] is not None))


def _levels(walk: _Walk, layer: Layer, levels: Levels) -> _Grant:
    """Say how surely every level of a layer allows the request, by the first statement of the last level."""
    lowest: Sureness = YES
    by: Rule | None = None
    for policies in levels:
        highest: Sureness = NO
        for rules in policies:
            sureness, rule = _one(walk, layer, rules)
            if sureness > highest:
                highest, by = sureness, rule
        lowest = min(lowest, highest)
    return lowest, by


def _one(walk: _Walk, layer: Layer, rules: Rules) -> _Grant:
    """Look at one policy: note what it denies, and say how surely it allows."""
    request, doubts = walk.request, walk.doubts
    denies, allows = rules.about(request.lowered)
    for rule in denies:
        found = _about(rule, request, doubts)
        if found == YES:
            walk.deny(layer, rule)
        elif found > walk.denied:
            walk.denied = MAYBE
    highest, by = _NOBODY
    for rule in allows:
        found = _about(rule, request, doubts)
        if found > highest:
            highest, by = found, rule
            if found == YES:
                break
    return highest, by


def _about(rule: Rule, request: Request, doubts: Doubts) -> Sureness:
    """Say how surely a statement is about a request, who asks included."""
    if rule.statement.principals is None:
        return rule.applies(request, doubts)
    named = rule.concerns(request, doubts)[0]
    return named and min(named, rule.applies(request, doubts))


def _by_resource(walk: _Walk, rules: Rules | None) -> dict[Bond, _Grant]:
    """Say how surely the resource's own policy allows the request, for each way of naming who asks."""
    granted: dict[Bond, _Grant] = dict.fromkeys(Bond, _NOBODY)
    if rules is None:
        return granted
    request, doubts = walk.request, walk.doubts
    denies, allows = rules.about(request.lowered)
    for rule in denies:
        found = _about(rule, request, doubts)
        if found == YES:
            walk.deny(resource_layer(request), rule)
        elif found > walk.denied:
            walk.denied = MAYBE
    for rule in allows:
        named, bond = rule.concerns(request, doubts)
        if named > granted[bond][0]:
            found = min(named, rule.applies(request, doubts))
            if found > granted[bond][0]:
                granted[bond] = (found, rule)
    return granted


def _doubtful_control(walk: _Walk, layer: Layer, grant: _Grant) -> tuple[Layer, _Grant]:
    """Doubt what resource control policies say of services that may not be under them."""
    if layer is Layer.RESOURCE_CONTROL and grant[0] != YES and not under_resource_control(walk.request):
        walk.doubts.append(f"whether resource control policies bind {walk.request.action} can't be told")
        return layer, (MAYBE, grant[1])
    return layer, grant


def _needed(
    request: Request, own: list[tuple[Layer, _Grant]], granted: dict[Bond, _Grant]
) -> list[tuple[Layer, _Grant]]:
    """Give the layers of principal and resource that have to allow, with how surely they do."""
    layer = resource_layer(request)
    if request.principal.kind is PrincipalKind.ROOT:
        own = [(Layer.IDENTITY, (YES, None))]
    elif not request.principal.has_identity_policies:
        own = []
    if not is_same_account(request) or not own:
        return [*own, (layer, _surest(*granted.values()))]
    direct, issuer, account = granted[Bond.ITSELF], granted[Bond.ISSUER], granted[Bond.ACCOUNT]
    (identity_layer, identity), *limits = own
    if resource_decides(request):
        through = [(identity_layer, identity), *limits, (layer, account)]
    else:
        through = [(identity_layer, identity), *limits]
    ways = [through, [*limits, (layer, issuer)], [(layer, direct)]]
    return max(ways, key=lambda way: (min(grant[0] for _, grant in way), len(way)))


def _surest(*grants: _Grant) -> _Grant:
    return max(grants, key=lambda grant: grant[0])
