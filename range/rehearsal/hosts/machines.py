"""What machines, disks and snapshots are to be, whoever says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from range.rehearsal.network.wires import Interface


@dataclass(frozen=True)
class Machine:
    """A machine as an instance wants it."""

    id: str
    on: bool
    boot: int
    """Raised by whatever has the machine boot again: a start, a reboot."""
    volume: str | None
    """The root volume."""
    hostname: str
    interfaces: tuple[Interface, ...]
    domain: str
    keys: tuple[str, ...] = ()
    """Public SSH keys of whoever launched it."""
    user_data: bytes = b""
    memory_mib: int | None = None
    stops_by_itself: str = "stop"
    """What becomes of the instance when the machine switches itself off: stop or terminate."""

    @property
    def booted_as(self) -> str:
        """Name the boot that is wanted: a machine that was booted as anything else must boot again."""
        return f"{self.volume}/{self.boot}"


@dataclass(frozen=True)
class Disk:
    """A volume, and what its content began as."""

    id: str
    snapshot: str | None
    image: str | None = None
    """The name of the public image that the snapshot is of, where it is of one."""


@dataclass(frozen=True)
class Frozen:
    """A snapshot, and what it froze: a volume, or another snapshot, which may be that of a public image."""

    id: str
    volume: str | None
    snapshot: str | None = None
    image: str | None = None


@dataclass(frozen=True)
class Wanted:
    """Everything that EC2's state wants."""

    machines: dict[str, Machine] = field(default_factory=dict)
    """In the order in which they were launched: of two that want one address, the first has it."""
    disks: dict[str, Disk] = field(default_factory=dict)
    frozen: dict[str, Frozen] = field(default_factory=dict)
