"""A made-up range in which some enclaves come to their proof later than others."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from range.controller.proving import Shared
from range.controller.site import Site
from range.controller.turns import Gathered
from range.records.proof import SNAPSHOT, Finding, Probes, Proof
from tests.controller.findings import finding

NAMES = ("est", "pol", "fra")
UNSTEADY = finding("*", "*", resource=SNAPSHOT, verdict="UNKNOWN")


class Range:
    """A range of three enclaves whose proofs find what a test says, one after the other."""

    def __init__(self, folder: Path, *found: Iterable[Finding]) -> None:
        self._found = iter(found)
        self.without: list[frozenset[str]] = []
        enclaves = [SimpleNamespace(name=name, account=name) for name in NAMES]
        self._setting = SimpleNamespace(
            plan=SimpleNamespace(hub=SimpleNamespace(name="hub"), enclaves=enclaves, exercise="steadfast",
                                 enclave=lambda name: SimpleNamespace(account=name)),
            stands=lambda name: True, strangers={}, spec=Path("x.yaml"), records=folder,
            proof=Shared(self._prove), tried_proof=Shared(self._prove), sessions=SimpleNamespace(account=str),
        )  # fmt: skip

    def _prove(self, without: frozenset[str]) -> Proof:
        self.without.append(without)
        names = tuple(name for name in NAMES if name not in without)
        return cast(Proof, SimpleNamespace(findings=tuple(next(self._found)), accounts=names, probes=Probes()))

    def site(self, enclave: str, gathered: Gathered | None) -> Site:
        return Site(cast(Any, self._setting), enclave, threading.Event(), lambda _: None, gathered)


def absent(*names: str, moving: bool = True, again: Callable[[], Gathered] | None = None) -> Gathered:
    return Gathered(0.0, absent=lambda: frozenset(names), moving=lambda: moving, again=again)
