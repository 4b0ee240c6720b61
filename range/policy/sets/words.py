"""An answer in words, for whoever asked who can do what."""

from __future__ import annotations

from range.policy.decision import Verdict
from range.policy.request import Request, asked
from range.policy.sets.question import Answer


def in_words(answer: Answer) -> str:
    """Say what was found: who may do it, under which conditions, and by which statements; or what couldn't be told."""
    if answer.verdict is Verdict.DENIED:
        return "Nobody who was asked about can: no request of that kind passes."
    if answer.request is None or answer.decision is None:
        return f"Can't be told: {'; '.join(answer.doubts)}."
    request = answer.request
    where = "" if request.resource == "*" else f" on {request.resource}"
    by = "; ".join(f"{layer.value}: {rule.cited}" for layer, rule in answer.decision.chain)
    return f"{request.principal.arn} may {request.action}{where}{_conditions(request)}, by {by or 'being the account'}."


def _conditions(request: Request) -> str:
    """Name the keys that have to have a value, but those that follow from who asks for what."""
    implied = asked(request.principal, request.action, request.resource, request.resource_account).context
    needed = [
        f"{key} is {' and '.join(values)}"
        for key, values in sorted(request.context.items())
        if implied.get(key) != values
    ]
    return f", where {', '.join(needed)}" if needed else ""
