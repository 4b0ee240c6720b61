"""What the identity proof found: one thing that somebody may do who shouldn't, or that can't be told."""

from __future__ import annotations

from dataclasses import dataclass, replace

from range.policy.decision import Verdict
from range.verify.identity.asking import Told

EVERYBODY = "*"


@dataclass(frozen=True)
class Leak:
    """From whom to whom, by what."""

    source: str
    to: str
    means: str
    resource: str
    why: str
    chain: tuple[str, ...] = ()
    sure: bool = True
    resources: tuple[str, ...] = ()

    def in_doubt(self, why: str) -> Leak:
        """Give it as one that can't be told, for a reason."""
        return replace(self, sure=False, why=f"{self.why}; but {why}")


def leak(source: str, to: str, means: str, resource: str, answer: Told) -> Leak:
    """Make one of an answer."""
    sure = answer.verdict is Verdict.ALLOWED
    by = f", by {'; '.join(answer.chain)}" if answer.chain else ""
    return Leak(source, to, means, resource, f"{answer.words}{by}", answer.chain, sure)
