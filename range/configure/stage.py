"""Configures the hosts of one enclave: a look at each, one run over those that aren't known to be right, what it came to."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from range.cloud.ssh import HostName, Ways
from range.configure.authority import Authority, Subject
from range.configure.inventory import Files, inventory
from range.configure.known import Known, Memory, digest
from range.configure.made import Made, Shelf
from range.configure.runs import Play, play
from range.configure.survey import Seen, survey
from range.configure.tally import Tally
from range.errors import ConfigureError, Interrupted
from range.plan.golden import PER_HOST_TAG, PLAYBOOKS, golden_name
from range.records.configured import Configured, HostConfigured
from range.records.plan import Enclave, Host, Plan
from range.records.results import Progress


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


@dataclass(frozen=True)
class _Work:
    """One enclave's hosts, with what is known of them."""

    tools: Tools
    enclave: Enclave
    told: dict[str, Any]
    """The inventory."""
    digests: dict[str, str]
    """By host: of everything that it is configured by."""
    memory: Memory
    tally: Tally
    stop: threading.Event

    def name(self, host: str) -> HostName:
        return HostName(self.enclave.name, host)


def configure(
    tools: Tools,
    plan: Plan,
    enclave: Enclave,
    *,
    on_progress: Callable[[Progress], None],
    stop: threading.Event,
) -> Configured:
    """Make every host of an enclave what its role says, and give how each fared.

    Every host is looked at. One that was configured by the very same inputs and playbooks, and on which every file, unit,
    user and answer that the tasks look at is as they left it, has nothing to be done; Ansible goes over all others. Services
    of a host that a run left half done are restarted, since what was changed may not have been taken up.

    Raises:
        ConfigureError: nothing could be played, or the enclave has a host of a role that there is none of.
        CloudError: the bastion can't be come by.
        Interrupted: the user stopped it.
    """
    _refuse_unknown_roles(tools, enclave)
    began = time.monotonic()
    folder = _folder(tools.records, enclave.name)
    memory = Memory(folder / "hosts")
    names = [HostName(enclave.name, host.name).alias for host in enclave.hosts]
    tally = Tally(plan.stack(enclave.name), names, on_progress, _expected(memory, enclave))
    told = _inventory(tools, plan, enclave)
    work = _Work(tools, enclave, told, _digests(tools, enclave, told), memory, tally, stop)
    looked_at = _looked_at(work, enclave.hosts)
    left = {
        host: _golden(work, plan, host, seen) for host, seen in looked_at.items() if not _is_right(work, host, seen)
    }
    artifacts = _configured(work, left, folder)
    seconds = round(time.monotonic() - began, 1)
    return Configured(enclave=enclave.name, hosts=tally.hosts(), artifacts=str(artifacts), seconds=seconds)


def forget(records: Path, enclave: str) -> None:
    """Forget what an enclave's hosts were configured with: they are gone."""
    Memory(_folder(records, enclave) / "hosts").forget()
    if (records / "authority").exists():
        Authority(records / "authority", records.name).forget(enclave)


def failure_of(configured: Configured) -> str | None:
    """Say which hosts aren't done, each with the task and what Ansible said; None where all are."""
    if not configured.failed:
        return None
    return "; ".join(_told(host) for host in configured.failed)


def _expected(memory: Memory, enclave: Enclave) -> int | None:
    """Say how many tasks there were the last time; None where that isn't known of all hosts."""
    known = [memory.of(host.name) for host in enclave.hosts]
    return sum(each.tasks for each in known if each is not None) if all(each and each.done for each in known) else None


def _is_right(work: _Work, host: Host, seen: Seen) -> bool:
    """Say whether a host is known to be what its role says; then its tasks are counted as done before."""
    known = work.memory.of(host.name)
    if known is None or not known.done or known.traits is None or known.digest != work.digests[host.name]:
        return False
    if seen.blind or seen.otherwise:
        return False
    work.tally.same(work.name(host.name).alias, known.tasks, known.skipped)
    return True


def _looked_at(work: _Work, hosts: Iterable[Host]) -> dict[Host, Seen]:
    """Log in to hosts side by side and look at each; those that can't be come by are counted as such, and left out."""
    work.tools.ways.open(work.tools.patience_s, work.stop)

    def look(host: Host) -> Seen | None:
        name = work.name(host.name)
        why = work.tools.ways.log_in(name, work.tools.patience_s, work.stop)
        if why is not None:
            work.tally.take({"event": "unreachable", "host": name.alias, "task": "Log in", "message": why})
            return None
        known = work.memory.of(host.name)
        return survey(work.tools.ways, name, (known.traits if known is not None else None) or ())

    with ThreadPoolExecutor(work.tools.forks, thread_name_prefix="look") as threads:
        found = dict(zip(hosts, threads.map(look, hosts), strict=True))
    if work.stop.is_set():
        raise Interrupted("the run was not begun", hint="type the same command again")
    return {host: seen for host, seen in found.items() if seen is not None}


def _golden(work: _Work, plan: Plan, host: Host, seen: Seen) -> Made | None:
    """Give the record of the golden image that a host was made of, if that is the one that serves it; else None."""
    known = work.memory.of(host.name)
    if seen.image != golden_name(plan, work.enclave, host, work.tools.playbooks) or (known and not known.done):
        return None
    made = Shelf(work.tools.records).of(seen.image)
    return None if made is None or made.traits is None else made


def _configured(work: _Work, hosts: Mapping[Host, Made | None], folder: Path) -> Path:
    """Let Ansible go over hosts: what is their own, where they are made of a golden image, and else everything.

    A host whose image isn't what it was remembered to be is gone over whole.
    """
    artifacts = folder
    golden = {host: made for host, made in hosts.items() if made is not None}
    whole = [host for host, made in hosts.items() if made is None]
    if golden:
        artifacts = _played(work, list(golden), folder, tags=PER_HOST_TAG)
        with ThreadPoolExecutor(work.tools.forks, thread_name_prefix="look") as threads:
            right = threads.map(lambda each: _is_golden(work, *each), golden.items())
            whole += [host for host, is_right in zip(golden, right, strict=True) if is_right is False]
    if whole:
        artifacts = _played(work, whole, folder)
        for host in whole:
            _remember(work, host)
    return artifacts


def _is_golden(work: _Work, host: Host, made: Made) -> bool | None:
    """Say whether a host is what its image and the tasks of its own make it; None where those failed."""
    name = work.name(host.name)
    if not work.tally.has_done(name.alias):
        return None
    own = work.tally.traits(name.alias)
    if own is None or made.traits is None:
        return False
    traits = {(each.kind, each.name): each for each in (*made.traits, *own)}
    seen = survey(work.tools.ways, name, tuple(traits.values()))
    if seen.blind or seen.otherwise:
        return False
    known = Known(
        digest=work.digests[host.name],
        done=True,
        tasks=made.tasks + work.tally.count(name.alias),
        traits=tuple(traits.values()),
        skipped=made.skipped,
    )
    work.memory.keep(host.name, known)
    work.tally.same(name.alias, made.tasks, made.skipped)
    return True


def _played(work: _Work, hosts: list[Host], folder: Path, *, tags: str = "") -> Path:
    """Play on hosts; give the folder of the run's artifacts.

    When the user stops it, what its tasks are still at on the hosts is ended too.
    """
    names = {host: work.name(host.name).alias for host in hosts}
    for host in hosts:
        before = work.memory.of(host.name)
        if before is not None and not before.done:
            work.told["all"]["children"][host.role]["hosts"][names[host]]["range_service_state"] = "restarted"
        work.memory.keep(host.name, Known(digest=work.digests[host.name]))
    each = Play(
        playbooks=work.tools.playbooks,
        playbook="site.yml",
        folder=folder,
        inventory=work.told,
        limit=tuple(names.values()),
        tags=tags,
        forks=work.tools.forks,
    )
    work.tally.begin(names.values())
    try:
        return play(each, work.tally.take, work.stop, run=name_of_run())
    except Interrupted:
        with ThreadPoolExecutor(work.tools.forks, thread_name_prefix="end") as threads:
            list(threads.map(lambda host: survey(work.tools.ways, work.name(host.name)), hosts))
        raise


def _remember(work: _Work, host: Host) -> None:
    """Remember a host that was gone over, if that came to its end."""
    tally, name = work.tally, work.name(host.name).alias
    if not tally.has_done(name):
        return
    known = Known(
        digest=work.digests[host.name],
        done=True,
        tasks=tally.count(name),
        traits=tally.traits(name),
        skipped=tally.skipped(name),
    )
    work.memory.keep(host.name, known)


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


def _digests(tools: Tools, enclave: Enclave, told: dict[str, Any]) -> dict[str, str]:
    everything = told["all"]
    return {
        host.name: digest(
            everything["children"][host.role]["hosts"][HostName(enclave.name, host.name).alias],
            everything["vars"],
            tools.playbooks,
        )
        for host in enclave.hosts
    }


def _refuse_unknown_roles(tools: Tools, enclave: Enclave) -> None:
    known = sorted(path.parent.parent.name for path in tools.playbooks.glob("roles/*/tasks/main.yml"))
    unknown = sorted({host.role for host in enclave.hosts} - set(known))
    if unknown:
        raise ConfigureError(
            f"{enclave.name} has hosts of the role {', '.join(unknown)}, and there is no such role",
            hint=f"valid in the exercise file: {', '.join(name for name in known if name != 'foundation')}",
        )


def _folder(records: Path, enclave: str) -> Path:
    folder = records / "configure" / enclave
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def name_of_run() -> str:
    """Name a run by when it began; runs of the same second differ."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
