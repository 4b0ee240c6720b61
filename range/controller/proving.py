"""The network proof that several enclaves need at the same time: one snapshot serves all who asked before it began."""

from __future__ import annotations

import threading
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Generic, TypeVar

from range.records.proof import Finding, Proof

T = TypeVar("T")


class Shared(Generic[T]):
    """Does something once for all who ask for it; who asks while it is being done waits for the next time.

    So nobody is given what was seen before they asked.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        """Keep what is done."""
        self._make = make
        self._turn = threading.Lock()
        self._guard = threading.Lock()
        self._begun = 0
        self._done = 0
        self._latest: T | None = None

    def get(self) -> T:
        """Give what is seen from now on."""
        with self._guard:
            wanted = self._begun + 1
        with self._turn:
            if self._done < wanted or self._latest is None:
                with self._guard:
                    self._begun += 1
                    number = self._begun
                self._latest = self._make()
                self._done = number
            return self._latest


def judged(
    proof: Proof, enclave: str, missing: AbstractSet[str], strangers: AbstractSet[str] = frozenset()
) -> tuple[Finding, ...]:
    """Give what a proof has against an enclave: not what is cut, or not guarded yet, because the other end isn't there.

    `missing` are enclaves that aren't up; flows with `strangers`, who left the file, may be cut at one end already. What
    another enclave's own people could undo is held against that one.
    """
    return tuple(
        each for each in proof.findings if _concerns(each, enclave) and not _is_early(each, missing, strangers)
    )


def _concerns(finding: Finding, enclave: str) -> bool:
    ends = _ends(finding)
    return enclave in ends or (ends == {"*"} if finding.part == "identity" else "*" in ends)


def _is_early(finding: Finding, missing: AbstractSet[str], strangers: AbstractSet[str]) -> bool:
    """Say whether a finding is there only because somebody isn't up yet, or is on their way out."""
    if finding.kind == "cut":
        return bool((missing | strangers) & _ends(finding))
    return finding.part == "identity" and bool(missing & _ends(finding))


def _ends(finding: Finding) -> set[str]:
    return {finding.source.partition(".")[0], finding.to.partition(".")[0]}
