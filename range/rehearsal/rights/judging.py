"""The judgement at the door: refused, as AWS would refuse it, or let in.

Most callers of a rehearsal may do anything; those are told from their policies once, and not judged call by call. What
can't be told is refused: a rehearsal that lets in what AWS refuses would rehearse nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from range.policy.decision import Decision, Verdict
from range.policy.evaluation import decide
from range.policy.kinds import Kind
from range.policy.layers import Layer, Layers
from range.policy.request import Request, asked
from range.policy.rules import Rules
from range.rehearsal.call import Call
from range.rehearsal.refusals import Refusal
from range.rehearsal.rights.context import context_of
from range.rehearsal.rights.holders import Holder, holder_of, organisation_levels, ready
from range.rehearsal.rights.names import action_of, prefix_of
from range.rehearsal.rights.needs import Need, needs
from range.rehearsal.rights.things import Thing, thing_of
from range.rehearsal.rights.words import denied

_WITH_POLICIES = frozenset({"kms", "s3", "secretsmanager", "sns", "sqs", "sts"})
"""Services whose things may refuse, or let in, by a policy of their own; their calls are judged one by one."""
_TO_ITS_ACCOUNT = (
    '{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Principal":{{"AWS":"{}"}},"Action":"*","Resource":"*"}}}}'
)
"""What a thing without a policy of its own leaves to the policies of who asks."""
_CODES_OF_ITS_OWN = frozenset({"sts:AssumeRole"})
"""What the area that answers refuses by the trust policy itself."""


def forbidden(call: Call) -> Refusal | None:
    """Say how AWS refuses a call for who makes it; None where it is allowed."""
    holder = holder_of(call.caller)
    prefix = prefix_of(call.service)
    if (
        prefix not in _WITH_POLICIES
        and holder.may_anyway(action_of(call).lower())
        and holder.may_anyway("iam:passrole")
    ):
        return None
    context, unknown = context_of(call)
    for need in needs(call):
        request, decision = _judged(call, holder, need, context, unknown)
        if decision.verdict is not Verdict.ALLOWED and not _is_told_elsewhere(request, decision):
            return denied(call, request, decision)
    return None


def permits(call: Call, action: str, arn: str) -> bool:
    """Say whether who calls may do one thing among several that a call asks for."""
    context, unknown = context_of(call)
    return _judged(call, holder_of(call.caller), Need(action, arn), context, unknown)[1].verdict is Verdict.ALLOWED


def _is_told_elsewhere(request: Request, decision: Decision) -> bool:
    return request.action in _CODES_OF_ITS_OWN and decision.layer is Layer.TRUST


def _judged(
    call: Call, holder: Holder, need: Need, context: dict[str, tuple[str, ...]], unknown: Sequence[str]
) -> tuple[Request, Decision]:
    thing = thing_of(call, need.resource)
    tags = {f"{name}{key.lower()}": (value,) for key, value in thing.tags.items() for name in _TAG_KEYS}
    request = asked(
        holder.principal,
        need.action,
        need.resource,
        thing.account,
        {**context, **tags, **need.context},
        unknown=unknown,
    )
    decision = decide(request, _layers(holder, thing, need.action))
    if decision.verdict is Verdict.ALLOWED and need.vague and _names_things(holder, request.lowered):
        doubt = f"what {need.action} is about isn't known here, and a policy denies it on some things"
        decision = Decision(Verdict.UNKNOWN, doubts=(doubt,))
    return request, decision


_TAG_KEYS = ("aws:resourcetag/", "ec2:resourcetag/", "iam:resourcetag/", "secretsmanager:resourcetag/")


def _names_things(holder: Holder, action: str) -> bool:
    """Say whether a statement that denies an action is only about some things."""
    denies = (rule.statement.resources for _, rule in holder.layers.about(action).denies)
    return any(named is not None and "*" not in named.values for named in denies)


def _layers(holder: Holder, thing: Thing, action: str) -> Layers:
    """Add what the thing itself says. A thing of others that has no such policy was shared in another way, or is nobody's."""
    by_trust = action.startswith("sts:")
    if thing.has_policies and (by_trust or not action.startswith("iam:")):
        own = None if thing.policy is None else ready("", thing.policy, Kind.RESOURCE)
        control = _resource_control(thing.account)
        if own is None and not control:
            return holder.layers
        return replace(holder.layers, resource=own, resource_control=control)
    if thing.account == holder.principal.account and not action.startswith("kms:"):
        return holder.layers
    return replace(holder.layers, resource=ready("", _TO_ITS_ACCOUNT.format(holder.principal.account), Kind.RESOURCE))


def _resource_control(account: str) -> tuple[tuple[Rules, ...], ...]:
    levels = organisation_levels(account, "RESOURCE_CONTROL_POLICY") if account else ()
    return tuple(tuple(ready(*each, Kind.RESOURCE_CONTROL) for each in level) for level in levels)
