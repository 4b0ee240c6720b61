"""Runs of a playbook, each in a process of its own: events come in as they happen, secrets never get near."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from range.configure.surveyor import PLAYER, end
from range.errors import ConfigureError, Interrupted

KEPT_RUNS = 10
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SSH_AUTH_SOCK")
"""All that a run gets of the operator's environment: the rest may hold credentials, and the runner writes it down."""

Event = dict[str, Any]


@dataclass(frozen=True)
class Play:
    """What is played, and where what it leaves is kept."""

    playbooks: Path
    """The folder of the playbooks and roles."""
    playbook: str
    folder: Path
    """The enclave's own: inventory and artifacts."""
    inventory: dict[str, Any]
    limit: tuple[str, ...] = ()
    """Hosts, as the inventory names them; empty means all."""
    variables: dict[str, Any] = field(default_factory=dict)
    tags: str = ""
    """Only tasks with this tag; empty means all."""
    skip_tags: str = ""
    forks: int = 8


def play(each: Play, on_event: Callable[[Event], None], stop: threading.Event, *, run: str) -> Path:
    """Play it, and give the folder of the run's artifacts; `run` names the run.

    A host that fails is told by events, and is no error here.

    Raises:
        ConfigureError: nothing could be played, since Ansible doesn't take the playbook or the inventory; or the run broke
            off, since something of it was killed.
        Interrupted: the user stopped it.
    """
    artifacts = each.folder / "artifacts" / run
    job = _job(each, run)
    with subprocess.Popen(
        [sys.executable, "-m", "range.configure.player", str(job)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=_environment(each) | {PLAYER: f"{artifacts}/"},
        start_new_session=True,
    ) as player:
        watched = threading.Thread(target=_stop_when_asked, args=(player, stop, artifacts), daemon=True)
        watched.start()
        heard = _listen(player.stdout or (), on_event)
        wrote = (player.stderr.read() if player.stderr else "").strip()
    if stop.is_set():
        raise Interrupted("the run was stopped", hint="the same command goes on with the hosts that aren't done")
    if heard.whole:
        return artifacts
    why = _told(artifacts) or wrote[-600:] or f"the player ended with {player.returncode}"
    hint = f"what Ansible wrote is in {artifacts}"
    if heard.hosts:
        raise ConfigureError(f"the run broke off: {why}", hint=f"the same command goes over these hosts again; {hint}")
    raise ConfigureError(f"nothing was played: {why}", hint=hint)


@dataclass
class _Heard:
    """What the events of a run told."""

    hosts: bool = False
    """Whether any was about a host."""
    counted: bool = False
    """Whether Ansible gave its counts, which it does when it has come to the end."""
    successful: bool = False
    """Whether the player called it so."""

    @property
    def whole(self) -> bool:
        """Whether the run came to its end; one without hosts has nothing to count."""
        return self.counted if self.hosts else self.successful


def _listen(lines: Any, on_event: Callable[[Event], None]) -> _Heard:
    """Pass every event on but the player's own last one; give what they told."""
    heard = _Heard()
    for line in lines:
        event = json.loads(line)
        if event["event"] == "ended":
            heard.successful = event["status"] == "successful"
            continue
        heard.hosts |= "host" in event
        heard.counted |= event["event"] == "stats"
        on_event(event)
    return heard


def _stop_when_asked(player: subprocess.Popen[str], stop: threading.Event, artifacts: Path) -> None:
    """End the player when the user says so, with all that it started: Ansible's workers and their connections."""
    while player.poll() is None:
        if stop.wait(0.2):
            end(f"{PLAYER}={artifacts}/".encode())
            return


def _job(each: Play, run: str) -> Path:
    """Write what the player is to do, with the inventory; both only name secrets, and where they are."""
    each.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    inventory = each.folder / "inventory.json"
    inventory.write_text(json.dumps(each.inventory, indent=2), encoding="utf-8")
    job: dict[str, Any] = {
        "private_data_dir": str(each.folder),
        "project_dir": str(each.playbooks),
        "playbook": each.playbook,
        "inventory": str(inventory),
        "ident": run,
        "rotate_artifacts": KEPT_RUNS,
        "forks": each.forks,
        "extravars": {"range_run": run, **each.variables},
    }
    job |= {name: tags for name, tags in (("tags", each.tags), ("skip_tags", each.skip_tags)) if tags}
    if each.limit:
        job["limit"] = ",".join(each.limit)
    path = each.folder / "job.json"
    path.write_text(json.dumps(job, indent=2), encoding="utf-8")
    return path


def _environment(each: Play) -> dict[str, str]:
    """Give the player's environment: what it needs, and nothing else."""
    programs = str(Path(sys.executable).parent)
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment["PATH"] = os.pathsep.join((programs, environment.get("PATH", os.defpath)))
    environment["ANSIBLE_CONFIG"] = str(each.playbooks / "ansible.cfg")
    environment["PYTHONUNBUFFERED"] = "1"
    environment["ANSIBLE_HOME"] = str(each.folder / "ansible")
    environment["ANSIBLE_STRATEGY"] = "mitogen_free"
    environment["ANSIBLE_STRATEGY_PLUGINS"] = str(_strategies())
    environment["ANSIBLE_ROLES_PATH"] = str(each.playbooks / "roles")
    environment.setdefault("LC_ALL", "C.UTF-8")
    return environment


def _strategies() -> Path:
    """Find Mitogen's strategies: one Python per host does all tasks there, instead of one that is started for each."""
    found = find_spec("ansible_mitogen")
    if found is None or found.origin is None:
        raise ConfigureError("Mitogen isn't installed", hint="make setup")
    return Path(found.origin).parent / "plugins" / "strategy"


def _told(artifacts: Path) -> str:
    """Give the end of what Ansible itself wrote, for an error that no event tells of."""
    parts: Sequence[str] = ("stderr", "stdout")
    for part in parts:
        path = artifacts / part
        if path.exists() and (text := path.read_text(encoding="utf-8", errors="replace").strip()):
            return text[-600:]
    return ""
