"""The hosts of a rehearsal: what EC2's state wants of machines is compared with what runs, and brought about.

Level-triggered: nothing is remembered of calls. So it doesn't matter whether a change was missed, the process was killed in
the middle, or a machine ended by itself: the next look sees what differs. Calls are never waited for, and never wait.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from range.errors import RangeError
from range.rehearsal.door import Cloud
from range.rehearsal.hosts import console, standings
from range.rehearsal.hosts.containers import Podman
from range.rehearsal.hosts.disks import Disks
from range.rehearsal.hosts.gates import Gates, settle, switched_off
from range.rehearsal.hosts.host import Ground, Host
from range.rehearsal.hosts.images import IMAGE_VARIABLE, image, is_named
from range.rehearsal.hosts.leavings import FOLDER, clean
from range.rehearsal.hosts.recipe import recipe
from range.rehearsal.hosts.wanted import wanted
from range.rehearsal.hosts.watch import BOOT_PATIENCE_S, Events, Watch
from range.rehearsal.hosts.wiring import Wiring
from range.rehearsal.hosts.wishes import Wishes
from range.rehearsal.network.namespaces import name_of
from range.rehearsal.network.opening import open_network

_AT_ONCE = 4
"""How many machines are worked on at once: more would only wait for one another."""
_DISKS = "disks"
_log = logging.getLogger(__name__)


class Hosts:
    """The machines of a rehearsal, from when it opens to when it closes."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        """Begin to follow a cloud. What an earlier process of this folder left running is found again."""
        self._cloud = cloud
        self._folder = folder
        self.name, home = name_of(folder), folder / FOLDER
        podman = Podman(self.name, home)
        wiring = Wiring(self.name, open_network(cloud, folder))
        self._ground = Ground(home, podman, Disks(home, based_on), wiring, lambda each: switched_off(cloud, each))
        self._lock = threading.Condition()
        self._at_work: set[str] = set()
        self._wake: threading.Timer | None = None
        self._closing = False
        self._pool = ThreadPoolExecutor(_AT_ONCE, "hosts")
        self._hosts = {machine: Host(machine, self._ground) for machine in self._ground.wiring.known()}
        self._hosts |= {machine: Host(machine, self._ground, each) for machine, each in podman.all().items()}
        self._wishes = Wishes(self._hosts, self._ground.disks)
        self._watch = Watch(Events(self._came_up, self._is_late, self._user_data_failed, self._ended))
        for host in list(self._hosts.values()):
            if host.pid:
                self._watch.add(host.id, host.pid)
        self._gates = Gates(self._hosts, self._ground.disks)
        self._gates.open()
        standings.tell(standings.Truth(self._standing, self._console, self.report, self._kill))
        self._follower = cloud.follow("hosts", self.look)

    def close(self) -> None:
        """Follow no more. Machines run on until `clean`, when the cloud is closed and nobody needs them any more."""
        with self._lock:
            self._closing = True
            if self._wake is not None:
                self._wake.cancel()
        self._follower.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._watch.close()
        self._gates.close()
        standings.tell(None)

    def clean(self) -> None:
        """Stop everything that runs; what is on the disks is kept, and there again after the next start."""
        clean(self._folder)

    def report(self) -> dict[str, dict[str, str]]:
        """Tell how each machine stands, by instance, with the end of its console where something is wrong."""
        report = {}
        for machine, host in sorted(self._hosts.items()):
            stands = host.standing
            report[machine] = {"state": stands.state, "why": stands.why}
            if stands.why:
                report[machine]["console"] = console.tail(self._console(machine))
        return report

    def await_settled(self, patience_s: float = 60.0) -> bool:
        """Wait until everything that is wanted is carried out, or has failed; say whether it was in time."""
        deadline = time.monotonic() + patience_s
        while (left_s := deadline - time.monotonic()) > 0:
            if self._follower.await_done(self._follower.changed(), left_s):
                with self._lock:
                    if not self._at_work:
                        return True
                    self._lock.wait(left_s)
        return False

    def look(self) -> None:
        """Compare what is wanted with what is there, and have what differs worked on."""
        wait_s = settle(self._cloud)
        with self._cloud.lock:
            want = wanted()
        with self._lock:
            self._wishes.want(want)
            for machine in want.machines.keys() - self._hosts.keys():
                self._hosts[machine] = Host(machine, self._ground)
            if not self._closing:
                self._hand_out([] if wait_s is None else [wait_s])

    def _hand_out(self, waits_s: list[float]) -> None:
        """Have every machine and disk worked on that lacks something, unless somebody is at it. Called under the lock.

        `waits_s` is in how many seconds something else is due; then it is looked again, as when what failed is due.
        """
        for machine, host in self._hosts.items():
            if machine in self._at_work:
                continue
            if host.lacks(self._wishes.of(machine)):
                self._at_work.add(machine)
                self._pool.submit(self._work, machine, partial(self._on_machine, host))
            elif host.again_in_s is not None:
                waits_s.append(host.again_in_s)
        if _DISKS not in self._at_work and self._wishes.disks_lack(self._at_work):
            self._at_work.add(_DISKS)
            self._pool.submit(self._work, _DISKS, self._on_disks)
        if waits_s:
            self._look_again(min(waits_s))

    def _look_again(self, wait_s: float) -> None:
        """Look again after a while, to try again what failed."""
        if self._wake is not None:
            self._wake.cancel()
        self._wake = threading.Timer(wait_s + 0.01, self._follower.changed)
        self._wake.daemon = True
        self._wake.start()

    def _work(self, name: str, work: Callable[[], None]) -> None:
        """Work on a machine, or on disks; then look what is left to do, and let states go on that waited for it."""
        try:
            work()
        except Exception:  # noqa: BLE001 -- whatever it is, the others must go on
            _log.exception("the work on %s failed", name)
        with self._lock:
            self._at_work.discard(name)
            self._lock.notify_all()
        self._follower.changed()

    def _on_machine(self, host: Host) -> None:
        """Bring a machine to what is wished."""
        with self._lock:
            wish = self._wishes.of(host.id)
            self._wishes.in_hand[host.id] = wish
        pid = host.pid
        try:
            host.carry_out(wish)
        finally:
            with self._lock:
                self._wishes.in_hand.pop(host.id, None)
                if host.is_gone:
                    self._hosts.pop(host.id, None)
        if host.pid and host.pid != pid:
            self._watch.add(host.id, host.pid)

    def _on_disks(self) -> None:
        """Freeze what no machine has in hand, and delete what nothing needs any more."""
        with self._lock:
            loose, kept, frozen = self._wishes.loose(self._at_work), self._wishes.volumes(), self._wishes.snapshots()
        for each, disk in loose:
            try:
                self._ground.disks.freeze(each, disk)
            except (RangeError, OSError) as error:
                _log.error("snapshot %s: %s", each.id, error)
        self._ground.disks.tidy(kept, frozen)

    def _standing(self, id: str) -> standings.Standing | None:
        """Tell how the machine of an instance stands."""
        host = self._hosts.get(id)
        return None if host is None else host.standing

    def _kill(self, id: str) -> None:
        """Kill the first process of a machine, and with it all others; it is noticed as any other end is."""
        host = self._hosts.get(id)
        if host is not None and host.pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(host.pid, signal.SIGKILL)

    def _console(self, id: str) -> Path:
        """Tell where the console of a machine is kept."""
        return self._ground.of(id) / "console.log"

    def _came_up(self, id: str) -> None:
        if host := self._hosts.get(id):
            host.booted, host.note = True, ""

    def _is_late(self, id: str) -> None:
        if host := self._hosts.get(id):
            host.note = f"it did not come up within {BOOT_PATIENCE_S:.0f} s"
            _log.error("%s: %s; its console ends:\n%s", id, host.note, console.tail(self._console(id)))

    def _user_data_failed(self, id: str) -> None:
        if host := self._hosts.get(id):
            host.note = "its user data failed, as its console says"
            _log.error("%s: %s:\n%s", id, host.note, console.tail(self._console(id)))

    def _ended(self, id: str, pid: int) -> None:
        if host := self._hosts.get(id):
            host.ended_as(pid)
            self._follower.changed()


def based_on(name: str) -> Path:
    """Give the file tree of a public image.

    Raises:
        RangeError: the rehearsal has none of that name.
    """
    known = recipe().stands_for
    if not is_named() and not any(fnmatch(name, pattern) for pattern in known):
        raise RangeError(
            f"the rehearsal has no machine image for {name}, only for {', '.join(known)}",
            hint=f"set {IMAGE_VARIABLE} to a tar file or a folder of one",
        )
    return image()
