"""What configuring an enclave's hosts came to."""

from __future__ import annotations

from range.records.plan import Record


class HostConfigured(Record):
    """How one host fared: tasks by how they ended."""

    name: str
    ok: int = 0
    changed: int = 0
    failed: int = 0
    unreachable: bool = False
    task: str | None = None
    """The task that failed, or at which the host was lost."""
    message: str | None = None
    """What Ansible said of it."""
    known: bool = False
    """Whether it was seen to be as it was left, so that Ansible did not go over it."""
    skipped: dict[str, str] = {}
    """What was not done on this host, and why: `{"audit": "the kernel's audit belongs to the machine, …"}`."""

    @property
    def is_done(self) -> bool:
        """Say whether the host is what its role says."""
        return not self.failed and not self.unreachable and self.ok + self.changed > 0


class Configured(Record):
    """How one run on one enclave ended."""

    enclave: str
    hosts: tuple[HostConfigured, ...]
    artifacts: str = ""
    """The folder with everything that the runner wrote of this run."""
    error: str | None = None
    """Why the run as a whole failed, where no host is to blame."""
    seconds: float = 0.0

    @property
    def changed(self) -> int:
        """Count the tasks that changed something."""
        return sum(host.changed for host in self.hosts)

    @property
    def same(self) -> int:
        """Count the tasks that found everything as it should be."""
        return sum(host.ok for host in self.hosts)

    @property
    def failed(self) -> tuple[HostConfigured, ...]:
        """Give the hosts that aren't what their roles say."""
        return tuple(host for host in self.hosts if not host.is_done)
