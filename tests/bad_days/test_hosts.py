"""Kills while real hosts are configured: at every boundary of it and of a disk's replacement, and at random moments.

By `configure`, and by `up` and `reset`, which configure hosts on their way. Typed again, each host is what it was.
"""

from __future__ import annotations

import random
import shlex
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.bad_days.crash import WHENS
from tests.bad_days.place import ALLY, errors
from tests.bad_days.quick import Quick
from tests.bad_days.test_short import a_seed, killed
from tests.rehearsal.hosts.conftest import means
from tests.reset.eyes import seen

__all__ = ["means"]
pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]

WEB = {"role": "target_web", "zone": "targets", "image": "debian-13", "size": "t3.micro"}
HOST = f"{ALLY}/web-1"
HOSTS = (HOST, "hub/collector-1", "hub/intel-1", "hub/bastion-1")
SPOILING = "echo '#' >> /etc/nginx/nginx.conf; rm -f /etc/syslog-ng/host.pem; systemctl disable --now syslog-ng"
"""What a configuration puts right."""
VANDALISM = f"{SPOILING}; useradd -m -G sudo mallory; touch /usr/lib/mallory.so; echo root:mallory | chpasswd"
"""What takes another disk."""


@dataclass(frozen=True)
class Trial:
    """A command that is killed."""

    words: tuple[str, ...]
    boundaries: tuple[str, ...]
    kills: int
    """At random moments, once the command has come to its first boundary that is about hosts."""
    spoiling: str
    """What is done to the ally's host before. Where a reset goes on it is not done again: that looks at the host once, and
    what comes later is DIRTY, rightly."""
    by_ansible: bool = True
    """Whether Ansible is at work then; a disk that was configured before needs none."""
    own: tuple[str, ...] = ()
    """What a host has of its own, and another in its place hasn't."""


def boundaries(direction: str, *acts: str) -> tuple[str, ...]:
    """Name every boundary of acts of the ally, in the order in which they are met."""
    return tuple(f"{direction}:{ALLY}:{act}:{when}" for act in acts for when in WHENS)


RESET = ("reset", "--ally", ALLY, "--yes")
KEYS = ("ssh_host_", "syslog-ng/host.")
TRIALS = {
    "configure": Trial(("configure", "--ally", ALLY), boundaries("up", "configure"), 4, SPOILING),
    "up": Trial(("up", "--ally", ALLY), boundaries("up", "configure"), 2, SPOILING),
    "reset": Trial(RESET, boundaries("reset", "replace-disks", "configure-again"), 2, VANDALISM, by_ansible=False),
    "reset anew": Trial((*RESET, "--level", "enclave"), boundaries("reset", "configure-again"), 2, VANDALISM, own=KEYS),
}
VICTIMS = ("controller", "controller", "engine", "rehearsal", "everything")
"""Whom random kills hit; the engine is Ansible here."""
LIVES = 5
EVENTS = 90
"""Ansible tells of a run over one host in somewhat more; a random kill hits after some of them."""
LATEST_S = 1.0
"""A fast machine replaces a disk in about so long; a random kill hits before that."""
POLL_S = 0.02


class Ground(Quick):
    """An exercise whose hosts are machines."""

    def __init__(self, folder: Path) -> None:
        """Write the file; the ally has one host, and the hub has its own."""
        super().__init__(folder, {"web": WEB})

    def as_root(self, host: str, script: str) -> str:
        """Run a script on a host as root; gives what it printed."""
        words = [sys.executable, "-m", "range.cli.main", "ssh", str(self.spec), host]
        answer = self.run([*words, "sudo", "sh", "-c", shlex.quote(script)])
        assert answer.code == 0, (host, script, answer)
        return answer.stdout

    def hosts(self) -> set[str]:
        """Give what is on all hosts, line by line."""
        return seen(self.as_root, HOSTS)

    def runs(self) -> set[Path]:
        """Find the runs of Ansible over the ally that something is kept of."""
        return {*(self.home / "tiny" / "configure" / ALLY / "artifacts").glob("*")}

    def told(self, before: set[Path]) -> int:
        """Count what a run has told that wasn't there before."""
        return sum(len([*run.glob("job_events/*.json")]) for run in self.runs() - before)


@pytest.fixture(scope="module")
def ground(means: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """The exercise, up with its hosts configured; all gone at the end."""
    place = Ground(tmp_path_factory.mktemp("hosts"))
    try:
        assert errors(place.typed(TRIALS["up"].words)) == []
        yield place
    finally:
        place.stop()


@pytest.mark.parametrize("name", TRIALS)
@pytest.mark.parametrize("life", [0, *(pytest.param(life, marks=pytest.mark.prove) for life in range(1, LIVES))])
def test_killed_while_it_configures_hosts_it_leaves_them_as_they_were(
    ground: Ground, life: int, name: str, record_property: Any
) -> None:
    trial, seed = TRIALS[name], a_seed()
    dice = random.Random(seed)
    digest, before = ground.digest(), ground.hosts()
    ground.as_root(HOST, trial.spoiling)
    died, struck = [], []
    for boundary in trial.boundaries:
        if killed(ground, trial.words, boundary, "", 0)[0].code == -signal.SIGKILL:
            died.append(boundary)
        if boundary == trial.boundaries[0]:
            struck = [struck_at_work(ground, trial, dice) for _ in [None] * trial.kills]

    again = ground.typed(trial.words)

    told = (seed, died, struck, again)
    assert (again.code, errors(again)) == (0, []), told
    assert len(died) >= len(trial.boundaries) - (0 if trial.by_ansible else trial.kills), told
    assert all(struck), told
    differing = sorted(ground.hosts() ^ before)
    assert [each for each in differing if not any(word in each for word in trial.own)] == [], told
    assert ground.digest() == digest, told
    assert {row["updated"] for row in ground.typed(TRIALS["configure"].words).document["enclaves"]} == {0}, told
    record_property("counted", f"seed {seed}: {len(died)} kills at boundaries, then {', '.join(struck)}")


def struck_at_work(ground: Ground, trial: Trial, dice: random.Random) -> str:
    """Type a command, and kill somebody at a moment of the work on hosts; gives who it was, if it came to that."""
    if trial.spoiling is SPOILING:
        ground.as_root(HOST, SPOILING)
    victim = dice.choice(VICTIMS)
    if not trial.by_ansible:
        return killed(ground, trial.words, "", victim, dice.uniform(0, LATEST_S))[1]
    events, before = dice.randrange(EVENTS), ground.runs()
    command = ground.forked(trial.words)
    while ground.told(before) <= events:
        if command.wait(POLL_S) is not None:
            return ground.strike(command, "")
    return ground.strike(command, victim)
