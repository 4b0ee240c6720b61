"""Configures the hosts of one enclave: inventory, one run, what it came to; and the next run goes on from there."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from range.cloud.ssh import HostName, Ways
from range.configure.authority import Authority, Subject
from range.configure.inventory import Files, inventory
from range.configure.runs import Play, play
from range.configure.tally import Tally
from range.errors import ConfigureError, Interrupted
from range.records.configured import Configured, HostConfigured
from range.records.plan import Enclave, Host, Plan, Record
from range.records.results import Progress

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"


class LastRun(Record):
    """What is remembered of an enclave's last run, so that the next one knows where to go on."""

    digest: str
    """Of everything that hosts are configured by."""
    done: tuple[str, ...] = ()
    """The hosts that are what their roles say."""
    whole: bool = False
    """Whether that was all of them."""
    tasks: int = 0
    """How many tasks were done."""


@dataclass(frozen=True)
class Tools:
    """What configuring works with."""

    records: Path
    """The folder of what is recorded of the exercise."""
    ways: Ways
    playbooks: Path = PLAYBOOKS
    forks: int = 8
    patience_s: float = 240
    """How long a host that was only just made may take until it lets us in."""


def configure(
    tools: Tools,
    plan: Plan,
    enclave: Enclave,
    *,
    on_progress: Callable[[Progress], None],
    stop: threading.Event,
) -> Configured:
    """Make every host of an enclave what its role says, and give how each fared.

    After a run that failed or was killed, only the hosts that weren't done are gone over, and their services are
    restarted, since what was changed may not have been taken up; after one that went well, all are gone over again.

    Raises:
        ConfigureError: nothing could be played, or the enclave has a host of a role that there is none of.
        CloudError: the bastion can't be come by.
        Interrupted: the user stopped it.
    """
    _refuse_unknown_roles(tools, enclave)
    began = time.monotonic()
    folder = tools.records / "configure" / enclave.name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = _inventory(tools, plan, enclave)
    digest = _digest(told, tools.playbooks)
    last = _last(folder)
    going_on = last is not None and not last.whole
    before = last.done if last is not None and going_on and last.digest == digest else ()
    wanted = [host.name for host in enclave.hosts if host.name not in before]
    tally = Tally(
        plan.stack(enclave.name),
        [f"{name}.{enclave.name}" for name in wanted],
        on_progress,
        last.tasks if last is not None and last.whole else None,
    )
    _remember(folder, LastRun(digest=digest, done=before))
    reached = _logged_in(tools, [HostName(enclave.name, name) for name in wanted], tally, stop)
    each = Play(
        playbooks=tools.playbooks,
        playbook="site.yml",
        folder=folder,
        inventory=told,
        limit=tuple(name.alias for name in reached) if len(reached) < len(enclave.hosts) else (),
        variables={"range_service_state": "restarted"} if going_on else {},
        forks=tools.forks,
    )
    artifacts = play(each, tally.take, stop, run=_name_of_run()) if reached else folder
    hosts = tally.hosts()
    _remember(folder, _ended(digest, before, hosts))
    seconds = round(time.monotonic() - began, 1)
    return Configured(enclave=enclave.name, hosts=hosts, artifacts=str(artifacts), seconds=seconds)


def forget(records: Path, enclave: str) -> None:
    """Forget what an enclave's hosts were configured with: they are gone."""
    (records / "configure" / enclave / "last.json").unlink(missing_ok=True)
    if (records / "authority").exists():
        Authority(records / "authority", records.name).forget(enclave)


def failure_of(configured: Configured) -> str | None:
    """Say which hosts aren't done, each with the task and what Ansible said; None where all are."""
    if not configured.failed:
        return None
    return "; ".join(_told(host) for host in configured.failed)


def _logged_in(tools: Tools, names: list[HostName], tally: Tally, stop: threading.Event) -> list[HostName]:
    """Connect to hosts side by side; those that can't be come by are counted as such, and left out of what is given."""
    tools.ways.open(tools.patience_s, stop)

    def log_in(name: HostName) -> str | None:
        return tools.ways.log_in(name, tools.patience_s, stop)

    with ThreadPoolExecutor(tools.forks, thread_name_prefix="log-in") as threads:
        refused = dict(zip(names, threads.map(log_in, names), strict=True))
    if stop.is_set():
        raise Interrupted("the run was not begun", hint="type the same command again")
    for name, why in refused.items():
        if why is not None:
            tally.take({"event": "unreachable", "host": name.alias, "task": "Log in", "message": why})
    return [name for name, why in refused.items() if why is None]


def _told(host: HostConfigured) -> str:
    if host.unreachable:
        return f"{host.name} can't be reached at `{host.task}`: {host.message}"
    if host.task is None:
        return f"{host.name} was not gone over"
    return f"{host.name}: `{host.task}`: {host.message}"


def _inventory(tools: Tools, plan: Plan, enclave: Enclave) -> dict[str, Any]:
    authority = Authority(tools.records / "authority", plan.exercise)

    def certificate(host: Host) -> Path:
        return authority.certificate(Subject(host.name, enclave.name, host.address))

    return inventory(plan, enclave, Files(authority.certificate_path, certificate, tools.ways.config))


def _refuse_unknown_roles(tools: Tools, enclave: Enclave) -> None:
    known = sorted(path.parent.parent.name for path in tools.playbooks.glob("roles/*/tasks/main.yml"))
    unknown = sorted({host.role for host in enclave.hosts} - set(known))
    if unknown:
        raise ConfigureError(
            f"{enclave.name} has hosts of the role {', '.join(unknown)}, and there is no such role",
            hint=f"valid in the exercise file: {', '.join(name for name in known if name != 'foundation')}",
        )


def _digest(told: dict[str, Any], playbooks: Path) -> str:
    """Tell everything that hosts are configured by from anything else."""
    found = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for path in sorted(playbooks.rglob("*")):
        if path.is_file():
            found.update(f"{path.relative_to(playbooks)} ".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def _ended(digest: str, before: tuple[str, ...], hosts: tuple[HostConfigured, ...]) -> LastRun:
    done = (*before, *(host.name for host in hosts if host.is_done))
    tasks = sum(host.ok + host.changed for host in hosts)
    return LastRun(digest=digest, done=done, whole=all(host.is_done for host in hosts), tasks=tasks)


def _last(folder: Path) -> LastRun | None:
    """Read what is remembered; what can't be read is forgotten, and all hosts are gone over again."""
    try:
        return LastRun.model_validate_json((folder / "last.json").read_bytes())
    except (OSError, ValueError):
        return None


def _remember(folder: Path, last: LastRun) -> None:
    draft = folder / "last.draft"
    draft.write_text(last.model_dump_json(indent=2), encoding="utf-8")
    draft.replace(folder / "last.json")


def _name_of_run() -> str:
    """Name a run by when it began; runs of the same second differ."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
