"""What came out for one request: allowed, denied by whom, or unknown and why; and AWS's words for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from range.policy.layers import Layer
from range.policy.request import PrincipalKind, Request
from range.policy.rules import Rule


class Verdict(StrEnum):
    """May the request pass? UNKNOWN is never "yes"."""

    ALLOWED = "ALLOWED"
    DENIED = "DENIED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True)
class Decision:
    """The answer to one request."""

    verdict: Verdict
    layer: Layer | None = None
    """Which denies."""
    denier: Rule | None = None
    """The statement that denies; None where a layer merely doesn't allow."""
    chain: tuple[tuple[Layer, Rule], ...] = ()
    """The statements that allow, one for each layer that has to."""
    doubts: tuple[str, ...] = ()
    """What made it UNKNOWN."""
    unsure: Rule | None = None
    """A statement that may or may not deny."""

    @property
    def explicit(self) -> bool:
        """Whether a statement denies, and not the lack of one that allows."""
        return self.denier is not None

    def __bool__(self) -> bool:
        """Refuse to be asked whether it is true: an UNKNOWN is neither."""
        raise TypeError("ask for the verdict of a decision, which has three values")


def wording(request: Request, decision: Decision) -> str:
    """Say that access is denied, as AWS says it.

    Some services, S3 before all, keep the reason to themselves in answers to strangers.

    Source: IAM User Guide, "Troubleshoot access denied error messages" (read 2026-11-22).
    """
    who = "anonymous" if request.principal.kind is PrincipalKind.ANONYMOUS else request.principal.arn
    what = f"User: {who} is not authorized to perform: {request.action}"
    on = "" if request.resource == "*" else f" on resource: {request.resource}"
    if decision.layer is None:
        return f"{what}{on}"
    if decision.explicit:
        return f"{what}{on} with an explicit deny in {decision.layer.with_article}"
    return f"{what}{on} because no {decision.layer.value} allows the {request.action} action"
