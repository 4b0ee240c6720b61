"""What a step works on: the exercise at hand with the tools that every step uses, and one enclave of it."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from range.controller.proving import Shared
from range.controller.turns import Gathered
from range.controller.witness import Witness
from range.files import write_whole
from range.plan.names import state_id
from range.records.plan import Plan
from range.records.reset import Options
from range.records.results import Progress

if TYPE_CHECKING:
    from range.cloud.sessions import Sessions
    from range.cloud.ssh import Ways
    from range.provision.engine import Engine
    from range.records.proof import Proof


@dataclass(frozen=True)
class Setting:
    """One exercise as a command finds it: its file, its plan, its directory, and the doors to the engine and to AWS."""

    spec: Path
    plan: Plan
    home: Path
    """`.range`, absolute."""
    backend_url: str
    engine: Engine
    sessions: Sessions
    strangers: Mapping[str, str] = field(default_factory=dict)
    """Enclaves that the state knows and the file doesn't (any more), each with its account."""
    standing: Plan | None = None
    """The plan with those strangers in it of whom enough is known; None where there are none."""
    ways: Ways | None = None
    """The ways to the hosts; None where there are none to log in to."""
    hostless: str = "no way in was named"
    """Why there are none."""
    who: str = ""
    """Who typed the command."""
    reset: Options | None = None
    """How a reset was asked for."""
    resets: tuple[str, ...] = ()
    """Which enclaves it is for."""
    trail_patience_s: float | None = None
    """How long a reset waits for the trail; None for as long as AWS may take."""
    database: str | None = None
    """Where several controllers share their work: PostgreSQL's URL; None for one controller and its SQLite file."""

    @property
    def state_id(self) -> str:
        """The id of the state backend, which every resource carries as a tag."""
        return state_id(self.backend_url)

    @property
    def digest(self) -> str:
        """Tell this plan on this backend, worked on from this home, from any other; steps work from nothing else."""
        options = self.reset.model_dump_json() if self.reset else ""
        text = f"{self.backend_url} {options} {self.place} {self.plan.model_dump_json()}"
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def place(self) -> str:
        """Name the home itself, wherever it is seen: a controller with another one would keep there what nobody looks for."""
        path = self.home / "place"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            write_whole(path, secrets.token_hex(16), anew=True)
        return path.read_text(encoding="utf-8")

    @property
    def records(self) -> Path:
        """The folder of what is recorded of this exercise."""
        return self.home / self.plan.exercise

    @property
    def locks(self) -> Path:
        """The folder of the claims."""
        return self.home / "locks"

    @cached_property
    def witness(self) -> Witness:
        """Who looks at accounts without knowing what was done there."""
        return Witness(self.plan, self.sessions.models)

    @cached_property
    def proof(self) -> Shared[Proof]:
        """The proof, taken once for all enclaves that need it at the same time; some may be left out of it."""

        def take_and_prove(without: frozenset[str]) -> Proof:
            from range.verify.decision import prove
            from range.verify.taking import take

            plan = self.standing or self.plan
            return prove(plan, take(plan, self.sessions, without=without))

        return Shared(take_and_prove)

    @cached_property
    def tried_proof(self) -> Shared[Proof]:
        """The proof with what packets from and to the enclaves of a reset say beside it, for all of them at once."""
        from range.controller.trying import tried

        return Shared(lambda without: tried(self, lambda: self.proof.get(without=lambda: without), without))

    def stands(self, enclave: str) -> bool:
        """Say whether the state knows anything of an enclave."""
        return bool(self.engine.state(self.plan.stack(enclave)).resources)


@dataclass(frozen=True)
class Site:
    """One enclave, or the hub, for the length of one step."""

    setting: Setting
    enclave: str
    stop: threading.Event
    """Set when the user wants everything to stop."""
    on_progress: Callable[[Progress], None]
    gathered: Gathered | None = None
    """With whom it goes on from here, for steps that begin together."""

    @property
    def account(self) -> str:
        """The enclave's account."""
        if self.enclave in self.setting.strangers:
            return self.setting.strangers[self.enclave]
        return self.setting.plan.enclave(self.enclave).account

    @property
    def stack(self) -> str:
        """Name the enclave's stack: `steadfast.est`."""
        return self.setting.plan.stack(self.enclave)
