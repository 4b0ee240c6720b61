"""ARNs against patterns: the Resource element, and the conditions that compare ARNs.

AWS matches part by part, and lets the last star of a part "expand to match beyond the colon boundaries". What matches
part by part matches; what matches only where wildcards cross colons can't be told.

Source: IAM User Guide, "IAM JSON policy elements: Resource", "Amazon Resource Name (ARN) condition operators" (read
2026-11-22).
"""

from __future__ import annotations

from collections.abc import Sequence

from range.policy.document import Named
from range.policy.match import MAYBE, NO, YES, Doubts, Sureness
from range.policy.patterns import Tokens, Variable, bound, by_parts, crosses, glob, template
from range.policy.request import Check, Request


class Arns:
    """Several patterns, of which one has to match."""

    __slots__ = ("_narrow", "_texts", "_wide")

    def __init__(self, wanted: Sequence[Tokens], *, last_expands: bool) -> None:
        """Make the patterns ready; with `last_expands`, a star that ends a short one stands for all that follows."""
        texts = [each for each in wanted if all(isinstance(token, str) for token in each)]
        self._texts = frozenset("".join(str(token) for token in each) for each in texts)
        patterns = [each for each in wanted if each not in texts]
        self._narrow = tuple(by_parts(each, last_expands=last_expands) for each in patterns)
        self._wide = tuple(glob(each) for each in patterns if crosses(each))

    def sureness(self, arn: str, doubts: Doubts) -> Sureness:
        """Say how surely an ARN matches."""
        if arn in self._texts:
            return YES
        for test in self._narrow:
            if test(arn):
                return YES
        for test in self._wide:
            if test(arn):
                doubts.append(f"{arn} fits a pattern only across the parts of an ARN")
                return MAYBE
        return NO


def resource_check(named: Named, *, variables: bool) -> Check | None:
    """Make the check of a Resource or NotResource element; None if every resource passes."""
    if "*" in named.values and not named.negated:
        return None
    templates = [template(value, variables=variables) for value in named.values]
    fixed, open_ones = [], []
    for each in templates:
        if each is not None and any(isinstance(part, Variable) for part in each):
            open_ones.append(each)
        elif each is not None:
            fixed.append(tuple(part for part in each if not isinstance(part, Variable)))
    arns = Arns(fixed, last_expands=True)
    unread = None in templates
    negated = named.negated

    def varied(request: Request, doubts: Doubts) -> Sureness:
        """Judge the patterns with variables; one that is missing fits nothing, but what does that spare?"""
        sureness = NO
        for each in open_ones:
            tokens = bound(each, request.context)
            if not isinstance(tokens, str):
                sureness = max(sureness, Arns([tokens], last_expands=True).sureness(request.resource, doubts))
            elif negated or not request.lacks(tokens):
                doubts.append(f"what ${{{tokens}}} stands for can't be told")
                sureness = max(sureness, MAYBE)
        return sureness

    def checked(request: Request, doubts: Doubts) -> Sureness:
        sureness = arns.sureness(request.resource, doubts)
        if open_ones and sureness != YES:
            sureness = max(sureness, varied(request, doubts))
        if unread and sureness == NO:
            doubts.append("a resource has a variable that isn't one")
            sureness = MAYBE
        return 2 - sureness if negated else sureness

    return checked
