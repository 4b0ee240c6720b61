"""Deciding one request as AWS does: explicit deny first, then every layer that has to allow.

Source: IAM User Guide, "Policy evaluation logic", "How AWS enforcement code logic evaluates requests", "Cross-account
policy evaluation logic", "Permissions boundaries", "Session policies", "IAM role principals" (read 2026-11-22).
"""

from __future__ import annotations

from typing import TypeAlias

from range.policy.decision import Decision, Verdict
from range.policy.layers import (
    Bearing,
    Layer,
    Layers,
    exempt,
    is_same_account,
    resource_decides,
    resource_layer,
    under_resource_control,
)
from range.policy.match import MAYBE, NO, YES, Doubts, Sureness
from range.policy.request import Bond, PrincipalKind, Request
from range.policy.rules import Rule

_Grant: TypeAlias = tuple[Sureness, Rule | None]
"""How surely something is allowed, and by which statement."""
_Granted: TypeAlias = list[tuple[Layer, _Grant]]
_MAY_NOT_BIND = "whether resource control policies bind {} can't be told"
_NOTHING: _Grant = (NO, None)


def decide(request: Request, layers: Layers) -> Decision:
    """Decide one request by the policies that bear on it."""
    bearing = layers.about(request.lowered)
    spared = exempt(request.principal)
    doubts: Doubts = []
    unsure: Rule | None = None
    for layer, rule in bearing.denies:
        found = rule.about(request, doubts)
        if found and layer not in spared:
            if layer is Layer.RESOURCE_CONTROL and not under_resource_control(request):
                doubts.append(_MAY_NOT_BIND.format(request.action))
            elif found == YES:
                return Decision(Verdict.DENIED, resource_layer(request) if layer is Layer.RESOURCE else layer, rule)
            unsure = unsure or rule
    needed = _around(request, bearing, spared, doubts) + _both_sides(request, bearing, doubts)
    lowest = min([grant[0] for _, grant in needed])
    if lowest == NO:
        return Decision(Verdict.DENIED, next(layer for layer, grant in needed if grant[0] == NO))
    if lowest == MAYBE or unsure is not None:
        return Decision(Verdict.UNKNOWN, doubts=tuple(dict.fromkeys(doubts)), unsure=unsure)
    return Decision(
        Verdict.ALLOWED, chain=tuple([(layer, grant[1]) for layer, grant in needed if grant[1] is not None])
    )


def _any(rules: tuple[Rule, ...], request: Request, doubts: Doubts) -> _Grant:
    """Say how surely one of some statements allows the request, and which."""
    highest = _NOTHING
    for rule in rules:
        found = rule.about(request, doubts)
        if found > highest[0]:
            highest = (found, rule)
            if found == YES:
                break
    return highest


def _around(request: Request, bearing: Bearing, spared: frozenset[Layer], doubts: Doubts) -> _Granted:
    """Ask the layers that only narrow; in each, every level has to allow."""
    granted = []
    for layer, levels in bearing.around:
        if layer in spared:
            continue
        lowest = min([_any(level, request, doubts) for level in levels], key=_sureness)
        if layer is Layer.RESOURCE_CONTROL and lowest[0] != YES and not under_resource_control(request):
            doubts.append(_MAY_NOT_BIND.format(request.action))
            lowest = (MAYBE, lowest[1])
        granted.append((layer, lowest))
    return granted


def _both_sides(request: Request, bearing: Bearing, doubts: Doubts) -> _Granted:
    """Ask the policies of the principal and of the resource; within one account there are several ways in."""
    kind = request.principal.kind
    own: _Granted = []
    if kind is PrincipalKind.ROOT:
        own = [(Layer.IDENTITY, (YES, None))]
    elif request.principal.has_identity_policies:
        own = [(layer, _any(level, request, doubts)) for layer, (level,) in bearing.own]
    layer = resource_layer(request)
    granted = _by_resource(bearing.resource, request, doubts)
    if not own or not is_same_account(request):
        return [*own, (layer, max(granted.values(), key=_sureness))]
    identity, *limits = own
    through = [identity, *limits]
    if resource_decides(request):
        through.append((layer, granted[Bond.ACCOUNT]))
    if not bearing.resource:
        return through
    ways = [through, [*limits, (layer, granted[Bond.ISSUER])], [(layer, granted[Bond.ITSELF])]]
    return max(ways, key=lambda way: (min(grant[0] for _, grant in way), len(way)))


def _by_resource(rules: tuple[Rule, ...], request: Request, doubts: Doubts) -> dict[Bond, _Grant]:
    """Say how surely the resource's own policy allows the request, for each way of naming who asks."""
    granted: dict[Bond, _Grant] = dict.fromkeys(Bond, _NOTHING)
    for rule in rules:
        named, bond = rule.concerns(request, doubts)
        if named > granted[bond][0]:
            found = min(named, rule.applies(request, doubts))
            if found > granted[bond][0]:
                granted[bond] = (found, rule)
    return granted


def _sureness(grant: _Grant) -> Sureness:
    return grant[0]
