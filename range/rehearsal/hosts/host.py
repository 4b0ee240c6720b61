"""One machine: what is there of it, and how it is brought to what is wanted, from wherever it is."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from range.errors import RangeError
from range.rehearsal.hosts import console
from range.rehearsal.hosts.containers import REBOOTED, Boot, Container, Podman
from range.rehearsal.hosts.disks import Disks
from range.rehearsal.hosts.machines import Disk, Frozen, Machine
from range.rehearsal.hosts.standings import Standing
from range.rehearsal.hosts.units import units
from range.rehearsal.hosts.wiring import Wiring

SHUTDOWN_S = 10
"""How long a machine may take to shut down before it is switched off."""
_AGAIN_S = (2.0, 5.0, 15.0, 60.0)
"""How long after a failure it is tried again; the last one from then on."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ground:
    """What machines stand on."""

    folder: Path
    podman: Podman
    disks: Disks
    wiring: Wiring
    switched_off: Callable[[Machine], None]
    """Tell EC2 that a machine switched itself off."""

    def of(self, machine: str) -> Path:
        """Give the folder of a machine."""
        return self.folder / "machines" / machine


@dataclass(frozen=True)
class Wish:
    """What a machine is to be now, and what of its disks is to be kept."""

    machine: Machine | None
    """None for none."""
    disk: Disk | None = None
    frozen: tuple[tuple[Frozen, Disk | None], ...] = ()
    """Snapshots that aren't kept yet, with the volumes that they are of."""
    claimed: str | None = None
    """Who has one of its addresses already, in words."""


class Host:
    """One machine of the rehearsal. One thread at a time carries out what is wished."""

    def __init__(self, id: str, ground: Ground, container: Container | None = None) -> None:
        """Begin with what is there of it. A container that ended while nobody looked is started anew."""
        self.id = id
        self.container = container if container is not None and container.pid else None
        self._stray = container is not None and not container.pid
        self.settled: Machine | None = None
        """What was carried out last, or failed last."""
        self.booted = False
        self.note = ""
        """What is wrong with it although it runs."""
        self.is_gone = False
        self._ground = ground
        self._problem = ""
        self._failures = 0
        self._again_at: float | None = None
        self._claimed = False
        self._ended = False

    @property
    def pid(self) -> int:
        """The first process of the machine; 0 if it doesn't run."""
        return 0 if self.container is None else self.container.pid

    @property
    def standing(self) -> Standing:
        """How it stands."""
        if self._problem:
            return Standing("failed", self._problem)
        if self.container is None:
            return Standing("off" if self.settled is not None and not self.settled.on else "starting")
        if self.booted:
            return Standing("up", self.note)
        return Standing("failed" if self.note else "starting", self.note)

    @property
    def again_in_s(self) -> float | None:
        """In how many seconds what failed is to be tried again; None if nothing failed."""
        return None if self._again_at is None else max(0.0, self._again_at - time.monotonic())

    def lacks(self, wish: Wish) -> bool:
        """Say whether there is something to do."""
        due = self._again_at is not None and self._again_at <= time.monotonic()
        freed = self._claimed and wish.claimed is None
        if self._again_at is not None and not due and not freed and self.settled == wish.machine:
            return False
        return wish.machine is None or bool(wish.frozen) or self._ended or due or freed or self.settled != wish.machine

    def ended_as(self, pid: int) -> None:
        """Note that the machine ended, if it is the one that had this first process."""
        if self.pid == pid:
            self._ended = True

    def carry_out(self, wish: Wish) -> None:
        """Bring the machine to what is wished; what fails is told by its standing, and tried again later."""
        try:
            if self._ended:
                self._lay_to_rest()
            self._clear(wish)
            if wish.machine is not None and wish.machine.on:
                self._start(wish.machine, wish)
        except RangeError as error:
            self._fail(f"{error.message} → {error.hint}" if error.hint else error.message)
        except OSError as error:
            self._fail(str(error))
        else:
            self._problem, self._failures, self._again_at = "", 0, None
            self.is_gone = wish.machine is None
        self._claimed = wish.claimed is not None
        self.settled = wish.machine

    def _fail(self, why: str) -> None:
        """Note that it could not be brought to what is wished."""
        wait_s = _AGAIN_S[min(self._failures, len(_AGAIN_S) - 1)]
        self._failures += 1
        self._again_at = time.monotonic() + wait_s
        if self._problem != why:
            _log.error("%s: %s", self.id, why)
            console.say(self._ground.of(self.id) / "console.log", f"{self.id} is not as it should be: {why}")
        self._problem = why

    def _lay_to_rest(self) -> None:
        """Look how a machine ended by itself: one that only boots again is started anew, another is off."""
        booted = self.settled
        code = self._ground.podman.exit_code(self.id)
        self._remove(patience_s=0)
        if code != REBOOTED and booted is not None and booted.on:
            self._ground.switched_off(booted)

    def _remove(self, *, patience_s: int) -> None:
        """Remove the container."""
        self._ground.podman.remove([self.id], patience_s=patience_s)
        self.container, self.booted, self.note, self._ended, self._stray = None, False, "", False, False

    def _clear(self, wish: Wish) -> None:
        """Take away what isn't wished: a machine that is to be off, gone, or booted again; and keep what is to be frozen."""
        want, ground = wish.machine, self._ground
        if self.container is not None and not (want is not None and want.on and self._runs_as(want)):
            same_disk = want is not None and self.container.booted_as.startswith(f"{want.volume}/")
            self._remove(patience_s=SHUTDOWN_S if same_disk else 0)
        elif self._stray:
            self._remove(patience_s=0)
        for frozen, disk in wish.frozen:
            ground.disks.freeze(frozen, disk)
        if want is None or not want.on:
            ground.wiring.unwire(self.id)
        if want is None:
            shutil.rmtree(ground.of(self.id), ignore_errors=True)

    def _runs_as(self, want: Machine) -> bool:
        """Say whether the machine runs, booted as is wished."""
        return self.container is not None and self.container.booted_as == want.booted_as

    def _start(self, want: Machine, wish: Wish) -> None:
        """Boot the machine, unless it runs; see to its wires in any case."""
        ground, own = self._ground, self._ground.of(want.id)
        if wish.claimed is not None:
            raise RangeError(wish.claimed)
        if self.container is not None:
            ground.wiring.wire(want)
            return
        if wish.disk is None:
            raise RangeError(f"{want.id} has no root volume", hint="attach one, then start the instance")
        root = ground.disks.mounted(wish.disk)
        boot = Boot(
            machine=want.id,
            booted_as=want.booted_as,
            hostname=want.hostname,
            root=root,
            console=own / "console.log",
            pid_file=own / "pid",
            network=ground.wiring.wire(want),
            mounts=units(want, own),
            memory_mib=want.memory_mib,
        )
        self.container = ground.podman.run(boot)
