"""The network proof that several enclaves need at the same time: one snapshot serves all who asked before it began."""

from __future__ import annotations

import threading
import time
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
        self._latest: tuple[float, T] | None = None
        """With when it was begun."""

    def get(self, since: float | None = None) -> T:
        """Give what is seen from now on, or what was begun to be seen after a moment of the monotonic clock."""
        wanted = time.monotonic() if since is None else since
        with self._turn:
            if self._latest is None or self._latest[0] < wanted:
                began = time.monotonic()
                self._latest = began, self._make()
            return self._latest[1]


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
