"""Podman, as the machines need it: containers with systemd as their first process, labelled with whose they are."""

from __future__ import annotations

import json
import os
import resource
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from range.errors import RangeError

_LABEL, _MACHINE, _BOOT = "range.rehearsal", "range.instance", "range.boot"
_SETTINGS = """\
[containers]
default_ulimits = ["nofile={files}:{files}", "nproc={processes}:{processes}"]
log_driver = "k8s-file"
[engine]
cgroup_manager = "{cgroups}"
events_logger = "none"
{runtime}
"""
_FILES, _PROCESSES = 16384, 8192
_CAPABILITIES = "NET_RAW,NET_ADMIN,SYS_BOOT,AUDIT_WRITE"
"""Beyond Podman's own: a sensor listens, a host has rules of its own, and one that reboots says so when it ends."""
_PATIENCE_S = 120.0
_TRIES = 3
"""How often Podman is asked to remove what it could not at first."""
REBOOTED = 128 + 1
"""How a machine ends that wants to boot again: SIGHUP, and SIGINT where it switched itself off.

Source: reboot(2), "Behavior inside PID namespaces", read 2026-11-28.
"""


@dataclass(frozen=True)
class Container:
    """A container of this rehearsal."""

    id: str
    machine: str
    booted_as: str
    pid: int
    """0 where it has ended."""


@dataclass(frozen=True)
class Boot:
    """What a container is to be made of."""

    machine: str
    booted_as: str
    hostname: str
    root: Path
    console: Path
    pid_file: Path
    network: Path
    """Its network namespace."""
    mounts: Sequence[tuple[Path, str]]
    """What of this machine's files it sees, and where; it can't write to them."""
    memory_mib: int | None


class Podman:
    """The containers of one rehearsal, named and labelled with its id."""

    def __init__(self, id: str, folder: Path) -> None:
        """Speak to Podman with settings of our own, whatever the machine's are."""
        self._id = id
        self._folder = folder
        settings = folder / "containers.conf"
        folder.mkdir(parents=True, exist_ok=True)
        settings.write_text(_settings())
        self._environment = {**os.environ, "CONTAINERS_CONF": str(settings)}

    def run(self, boot: Boot) -> Container:
        """Start a machine; whatever had its name before is removed first.

        Raises:
            RangeError: Podman could not; the message is its own.
        """
        name = self.name(boot.machine)
        labels = {_LABEL: self._id, _MACHINE: boot.machine, _BOOT: boot.booted_as}
        options = ["--detach", "--tty", "--systemd=always", "--env=TERM=dumb", "--stop-signal=SIGRTMIN+3"]
        options += [f"--name={name}", f"--hostname={boot.hostname}", "--no-hosts", "--dns=none", "--replace"]
        options += [f"--network=ns:{boot.network}", f"--cap-add={_CAPABILITIES}", "--pids-limit=4096"]
        options += [f"--log-opt=path={boot.console}", *(f"--label={key}={value}" for key, value in labels.items())]
        options += [f"--volume={source}:{target}:ro" for source, target in boot.mounts]
        options += [f"--memory={boot.memory_mib}m"] if boot.memory_mib else []
        options += [f"--pidfile={boot.pid_file}"]
        made = self._podman("run", *options, "--rootfs", str(boot.root), "/sbin/init").strip()
        return Container(made, boot.machine, boot.booted_as, int(boot.pid_file.read_text()))

    def exit_code(self, machine: str) -> int:
        """Give the exit code of a machine that has ended, as soon as Podman knows it."""
        return int(self._podman("wait", self.name(machine)).split()[-1])

    def all(self) -> dict[str, Container]:
        """Give the containers of this rehearsal, ended ones too, by machine."""
        listed = json.loads(self._podman("ps", "--all", f"--filter=label={_LABEL}={self._id}", "--format=json") or "[]")
        return {container.machine: container for container in map(_container, listed)}

    def remove(self, machines: Iterable[str], *, patience_s: int = 0) -> None:
        """Remove machines, if they are there: told to shut down first, and killed after so many seconds; at once for 0."""
        names = [self.name(machine) for machine in machines]
        for tries_left in reversed(range(_TRIES)) if names else ():
            try:
                self._podman("rm", "--force", "--ignore", f"--time={patience_s}", *names)
            except RangeError:  # its own clean-up of one that ended just then is in the way
                if not tries_left:
                    raise
            else:
                return

    def name(self, machine: str) -> str:
        """Name the container of a machine."""
        return f"{self._id}-{machine}"

    def _podman(self, *arguments: str) -> str:
        """Run Podman and give what it prints.

        Raises:
            RangeError: it failed, isn't there, or did not end.
        """
        command = ["podman", "--log-level=error", *arguments]
        try:
            ended = subprocess.run(
                command,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                env=self._environment,
                timeout=_PATIENCE_S,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RangeError(f"podman {arguments[0]}: {error}", hint="range doctor") from error
        if ended.returncode:
            raise RangeError(f"podman {arguments[0]} failed: {ended.stderr.strip()[-500:]}", hint="range doctor")
        return ended.stdout


def _container(listed: Mapping[str, Any]) -> Container:
    """Read one container of Podman's list."""
    labels, ended = listed["Labels"], bool(listed["Exited"]) or listed["State"] not in ("running", "stopping")
    return Container(listed["Id"], labels[_MACHINE], labels[_BOOT], 0 if ended else listed["Pid"])


def _settings() -> str:
    """Write Podman's settings: limits that this process may set, and the runtime that starts systemd on this machine."""
    files, processes = (
        min(most, limit if limit != resource.RLIM_INFINITY else most)
        for most, (_, limit) in (
            (_FILES, resource.getrlimit(resource.RLIMIT_NOFILE)),
            (_PROCESSES, resource.getrlimit(resource.RLIMIT_NPROC)),
        )
    )
    with_systemd = Path("/run/systemd/system").is_dir()
    cgroups, runtime = ("systemd", "") if with_systemd else ("cgroupfs", 'runtime = "runc"')
    return _SETTINGS.format(files=files, processes=processes, cgroups=cgroups, runtime=runtime)
