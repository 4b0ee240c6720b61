"""The proof that several enclaves need at the same time: one snapshot serves all who asked before it began."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeVar

from range.records.plan import INTERNET, Plan
from range.records.proof import SNAPSHOT, Finding, Proof

T = TypeVar("T")


class Shared(Generic[T]):
    """Does something once for all who ask for it; who asks while it is being done waits for the next time.

    So nobody is given what was seen before they asked.
    """

    def __init__(self, make: Callable[[frozenset[str]], T]) -> None:
        """Keep what is done, given whom to leave out."""
        self._make = make
        self._turn = threading.Lock()
        self._latest: tuple[float, T] | None = None
        """With when it was begun."""

    def get(self, since: float | None = None, without: Callable[[], frozenset[str]] = frozenset) -> T:
        """Give what is seen from now on, or what was begun to be seen after a moment of the monotonic clock.

        `without` says at the moment when that begins whom it is to leave out.
        """
        wanted = time.monotonic() if since is None else since
        with self._turn:
            if self._latest is None or self._latest[0] < wanted:
                began = time.monotonic()
                self._latest = began, self._make(without())
            return self._latest[1]


def left_out(proof: Proof, plan: Plan) -> frozenset[str]:
    """Name the enclaves whose accounts nobody looked at for a proof: nothing that it says of them counts."""
    return frozenset(each.name for each in plan.enclaves if each.account not in proof.accounts)


def is_unsteady(proof: Proof) -> bool:
    """Say whether something changed while everything was looked at, so that nothing is proven."""
    return any(finding.kind == "unknown" and finding.resource == SNAPSHOT for finding in proof.findings)


def judged(
    proof: Proof,
    enclave: str,
    missing: AbstractSet[str],
    strangers: AbstractSet[str] = frozenset(),
    *,
    frozen: AbstractSet[str] = frozenset(),
) -> tuple[Finding, ...]:
    """Give what a proof has against an enclave: not what is cut, or not guarded yet, because the other end isn't there.

    `missing` are enclaves that aren't up: what can't be told of one, because its account doesn't answer, is its own affair,
    too, as what its own people could undo is. What is `frozen` is cut. Flows with `strangers`, who left the file, may be cut
    at one end already.
    """
    ends = _Ends(missing - {enclave}, frozen, strangers)
    return tuple(each for each in proof.findings if _concerns(each, enclave) and not ends.make_early(each))


def overlooked(proof: Proof, passed: AbstractSet[str]) -> tuple[Finding, ...]:
    """Give what a proof has against enclaves that `passed` an earlier one: who was left out of that makes the difference."""
    return tuple(
        finding for finding in proof.findings if (named := _ends(finding) - {INTERNET, "*"}) and named <= passed
    )


@dataclass(frozen=True)
class _Ends:
    """Enclaves of which not everything is as it should be, and everybody knows why."""

    missing: AbstractSet[str]
    frozen: AbstractSet[str]
    strangers: AbstractSet[str]

    def make_early(self, finding: Finding) -> bool:
        """Say whether a finding is there only because somebody isn't up yet, is cut, or is on their way out."""
        ends = _ends(finding)
        if finding.kind == "cut":
            return bool((self.missing | self.frozen | self.strangers) & ends)
        if finding.part == "identity" and self.frozen & ends:
            return True
        return (finding.part == "identity" or finding.kind == "unknown") and bool(self.missing & ends)


def _concerns(finding: Finding, enclave: str) -> bool:
    ends = _ends(finding)
    return enclave in ends or (ends == {"*"} if finding.part == "identity" else "*" in ends)


def _ends(finding: Finding) -> set[str]:
    return {finding.source.partition(".")[0], finding.to.partition(".")[0]}
