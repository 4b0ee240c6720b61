"""The way to a host: SSH through the bastion of the hub's management zone, with host keys pinned per exercise.

Everything about it is in one OpenSSH configuration file, which Ansible, `range ssh`, probes and resets use alike. How the
bastion itself is come by is the surroundings' to say: a ProxyCommand with `%h` and `%p`.

A host's key is trusted when it is first seen, and pinned: another key under the same name is refused from then on, until
the host is replaced (`forget`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shlex
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from range.errors import CloudError, EnvironmentMissing
from range.files import write_whole
from range.plan.layout import MANAGEMENT_ZONE
from range.records.plan import Host, Plan

USER = "admin"
"""The user that Debian's images let the key pair of an instance in as.

Source: Debian wiki, "Cloud/AmazonEC2Image" (read 2026-11-28).
"""
UNREACHABLE = 255
"""The exit code of ssh itself, when it got nowhere."""
CONNECT_S = 20
_PERSIST_S = 60

_EVERY_HOST = """\
Host *
    User {user}
    IdentityFile {key}
    IdentitiesOnly yes
    UserKnownHostsFile {pinned}
    StrictHostKeyChecking accept-new
    HashKnownHosts no
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    KexAlgorithms {kex}
    ConnectTimeout {connect_s}
    ServerAliveInterval 15
    ServerAliveCountMax 4
    ControlMaster auto
    ControlPath {sockets}/{digest}%C
    ControlPersist {persist_s}
    LogLevel ERROR
"""
_KEX = "^sntrup761x25519-sha512@openssh.com"
"""The first choice, which every OpenSSH since 9.0 knows; newer ones go on to mlkem768x25519-sha256 by themselves."""


@dataclass(frozen=True)
class HostName:
    """One host of one enclave."""

    enclave: str
    host: str

    def __str__(self) -> str:
        """Give the form that commands take: `est/web`."""
        return f"{self.enclave}/{self.host}"

    @property
    def alias(self) -> str:
        """The name that SSH and Ansible know it by."""
        return f"{self.host}.{self.enclave}"


@dataclass(frozen=True)
class Ran:
    """How a command on a host ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def unreachable(self) -> bool:
        """Say whether the host was never come by."""
        return self.code == UNREACHABLE


class Ways:
    """The ways to all hosts of an exercise."""

    def __init__(
        self,
        plan: Plan,
        *,
        folder: Path,
        key: Path,
        entry: str,
        sockets: Path | None = None,
        pinned: Path | None = None,
    ) -> None:
        """Write the configuration file; nothing is connected to yet.

        `entry` is a ProxyCommand that leads to the bastion. Sockets of shared connections are in a short path of their
        own: the kernel takes 107 bytes. Their names tell this folder from any other: two rehearsals of one exercise have
        hosts of the same names at the same addresses, and whoever shared a connection would be on the other's.

        Raises:
            EnvironmentMissing: nothing can be written there.
        """
        self._plan = plan
        self._folder = folder
        self._key = key
        self._entry = entry
        self.sockets = sockets or Path(tempfile.gettempdir(), f"range-{os.getuid()}")
        self.config = folder / "config"
        self._pinned = pinned or folder / "pinned"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._pinned.mkdir(mode=0o700, exist_ok=True)
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            if self.sockets.stat().st_uid != os.getuid():
                raise EnvironmentMissing(f"{self.sockets} belongs to somebody else", hint=f"remove {self.sockets}")
            self._write()
        except OSError as error:
            raise EnvironmentMissing(f"{folder} can't be written: {error.strerror}") from error

    @property
    def hosts(self) -> Mapping[HostName, Host]:
        """All hosts of the plan, by name."""
        enclaves = (self._plan.hub, *self._plan.enclaves)
        return {HostName(enclave.name, host.name): host for enclave in enclaves for host in enclave.hosts}

    @property
    def bastion(self) -> HostName:
        """The host that all others are come by.

        Raises:
            EnvironmentMissing: the hub has none.
        """
        hub = self._plan.hub
        for host in hub.hosts:
            if host.zone == MANAGEMENT_ZONE:
                return HostName(hub.name, host.name)
        raise EnvironmentMissing(
            f"the hub has no host in its zone {MANAGEMENT_ZONE}, and hosts are only come by through one",
            hint="put one into the exercise file below hub.hosts: {role: bastion, zone: management, ...}",
        )

    def command(self, name: HostName, *words: str, terminal: bool = False) -> list[str]:
        """Give the command line that runs something on a host, or a shell there."""
        return ["ssh", "-F", str(self.config), *(["-t"] if terminal else []), name.alias, *words]

    def as_root(self, enclave: str, host: str, words: Sequence[str]) -> list[str]:
        """Give the command line that runs words on a host as root."""
        return self.command(HostName(enclave, host), shlex.join(("sudo", "-n", *words)))

    def run(self, name: HostName, words: Sequence[str] | str, *, timeout_s: float = 60, stdin: str = "") -> Ran:
        """Run a command on a host and wait for its end; words are quoted, a string is the remote shell's to read.

        Raises:
            CloudError: it took too long.
        """
        remote = words if isinstance(words, str) else shlex.join(words)
        try:
            done = subprocess.run(
                self.command(name, remote),
                input=stdin,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=timeout_s,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CloudError(f"{name}: `{remote[:80]}` did not end within {timeout_s:g} s") from error
        return Ran(done.returncode, done.stdout, done.stderr)

    def log_in(self, name: HostName, patience_s: float, stop: threading.Event) -> str | None:
        """Connect to a host, as often as it takes while it starts; give None, or why it could not be done in time.

        Who comes next shares the connection.
        """
        until = time.monotonic() + patience_s
        while True:
            why = self._tried(name)
            if why is None or time.monotonic() >= until or stop.is_set():
                return why
            stop.wait(1)

    def _tried(self, name: HostName) -> str | None:
        """Connect to a host once; give None, or why it could not be done."""
        try:
            ran = self.run(name, ["true"], timeout_s=2 * CONNECT_S)
        except CloudError as late:
            return late.message
        return None if ran.code == 0 else ran.stderr.strip() or f"ssh ended with {ran.code}"

    def open(self, patience_s: float, stop: threading.Event) -> None:
        """Connect to the bastion, so that those who come next share that connection.

        Raises:
            CloudError: it can't be come by.
        """
        why = self.log_in(self.bastion, patience_s, stop)
        if why is not None:
            raise CloudError(
                f"the bastion {self.bastion} can't be come by: {why}",
                hint="`range status` says whether it stands; `range doctor` what is missing here",
            )

    def close(self) -> None:
        """End the shared connection to the bastion, and those through it."""
        with contextlib.suppress(EnvironmentMissing):
            subprocess.run(
                [*self.command(self.bastion)[:3], "-O", "exit", self.bastion.alias], capture_output=True, check=False
            )

    def of(self, plan: Plan, folder: Path) -> Ways:
        """Give the ways to the hosts of another plan of the same exercise: the same key, entry and pinned keys."""
        sockets = Path(tempfile.mkdtemp(prefix="range-"))
        return Ways(plan, folder=folder, key=self._key, entry=self._entry, sockets=sockets, pinned=self._pinned)

    def hang_up(self, names: Iterable[HostName]) -> None:
        """End the shared connections to hosts that were booted anew: they lead nowhere, and would be waited for."""
        for name in names:
            subprocess.run([*self.command(name)[:3], "-O", "exit", name.alias], capture_output=True, check=False)

    def forget(self, names: Iterable[HostName]) -> None:
        """Drop the pinned keys of hosts that were replaced; what they show next is pinned anew."""
        for name in names:
            (self._pinned / name.alias).unlink(missing_ok=True)

    def _write(self) -> None:
        """Write the configuration, in one piece: another command may be reading it."""
        blocks = [self._block(name, host) for name, host in self.hosts.items()]
        blocks.append(
            _EVERY_HOST.format(
                user=USER,
                key=_quoted(self._key),
                pinned=_quoted(self._pinned, "/%k"),
                kex=_KEX,
                connect_s=CONNECT_S,
                sockets=_quoted(self.sockets),
                digest=hashlib.sha256(str(self._folder.absolute()).encode()).hexdigest()[:12],
                persist_s=_PERSIST_S,
            )
        )
        write_whole(self.config, "\n".join(blocks), 0o600)

    def _block(self, name: HostName, host: Host) -> str:
        through = (
            self._entry if name == self.bastion else f"ssh -F {_quoted(self.config)} -W %h:%p {self.bastion.alias}"
        )
        return f"Host {name.alias}\n    HostName {host.address}\n    HostKeyAlias {name.alias}\n    ProxyCommand {through}\n"


def _quoted(path: Path, tokens: str = "") -> str:
    """Give a path, and tokens after it, as OpenSSH's configuration takes it; `%` in the path would begin a token."""
    return f'"{str(path).replace("%", "%%")}{tokens}"'
