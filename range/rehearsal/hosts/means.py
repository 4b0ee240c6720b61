"""What a machine needs to have hosts, what it lacks of that, and the command that installs it.

`python -m range.rehearsal.hosts.means` installs what it can where it may; `make setup` calls that.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from range.rehearsal.hosts.images import is_made

NO_HOSTS_VARIABLE = "RANGE_NO_HOSTS"
"""Set to anything, rehearsals begin without hosts."""
_PROGRAMS = {
    "podman": "podman",
    "runc": "runc",
    "mmdebstrap": "mmdebstrap",
    "nft": "nftables",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "mount": "mount",
    "ssh": "openssh-client",
}
"""Programs by the packages that they come in, in Debian and Ubuntu."""
_DEBIAN_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_SYS_ADMIN, _NET_ADMIN = 21, 12
"""Source: linux/capability.h, read 2026-11-28."""
_SYSTEMD = Path("/run/systemd/system")
_PROCESSES = Path("/proc")
_INOTIFY_MOST = Path("/proc/sys/fs/inotify/max_user_instances")
INOTIFY_EACH = 5
"""What a configured machine takes: systemd and the log shipper two each, the bus one. Measured 2026-11-28."""


@dataclass(frozen=True)
class Lack:
    """Something that is missing."""

    name: str
    why: str
    mend: str


def left_out() -> bool:
    """Say whether the user's shell asks for rehearsals without hosts."""
    return bool(os.environ.get(NO_HOSTS_VARIABLE))


def lacking() -> list[Lack]:
    """Give what is missing for hosts; nothing if they can run here."""
    programs = [name for name in _needed() if shutil.which(name, path=_path()) is None]
    install = f"apt-get install {' '.join(_packages(programs))}"
    lacks = [Lack(name, f"hosts need it, and it isn't installed: {name}", install) for name in programs]
    if os.geteuid() != 0:
        lacks.append(Lack("root", "hosts need root, for mounts and networks of their own", "sudo -E range COMMAND"))
    elif not _may_mount():
        why = "hosts need mounts and networks of their own, which root may not make here: is this a container?"
        lacks.append(Lack("rights", why, "use a machine of its own, or one started with --privileged"))
    return lacks


def inotify_left() -> tuple[int, int]:
    """Give how many inotify instances are free, and how many there may be, for a user who may look at everybody's."""
    most = int(_INOTIFY_MOST.read_text())
    used = sum(_watching(descriptor) for descriptor in _PROCESSES.glob("[0-9]*/fd/*"))
    return max(0, most - used), most


def _watching(descriptor: Path) -> bool:
    """Say whether a descriptor is an instance of inotify."""
    try:
        return str(descriptor.readlink()) == "anon_inode:inotify"
    except OSError:  # it was closed meanwhile
        return False


def _needed() -> Iterator[str]:
    """Name the programs that are needed: whether some are depends on the machine."""
    for name in _PROGRAMS:
        unneeded = (name == "runc" and _SYSTEMD.is_dir()) or (name == "mmdebstrap" and is_made())
        if not unneeded:
            yield name


def _packages(programs: Sequence[str]) -> list[str]:
    """Name the packages that programs come in."""
    keys = ["debian-archive-keyring"] if "mmdebstrap" in programs and not _DEBIAN_KEYS.exists() else []
    return sorted({_PROGRAMS[name] for name in programs} | set(keys))


def _path() -> str:
    """Give where programs are looked for: root's own folders aren't on everybody's PATH."""
    return os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"))


def _may_mount() -> bool:
    """Say whether this process may mount and make networks, as root on a machine of its own may."""
    status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    effective = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapEff:"))
    return all(effective >> capability & 1 for capability in (_SYS_ADMIN, _NET_ADMIN))


def install() -> None:
    """Install what is missing where that is possible without a question, and say so; silent where nothing is missing."""
    missing = [name for name in _needed() if shutil.which(name, path=_path()) is None]
    if not missing or left_out():
        return
    packages = _packages(missing)
    prefix = _prefix()
    if prefix is None or shutil.which("apt-get") is None:
        _say(f"{', '.join(missing)}: missing, and not installed for want of rights; `range doctor` says how to")
        _say("all but the rehearsal's hosts works without: --no-hosts")
        return
    _say(f"installing {' '.join(packages)}, for the rehearsal's hosts")
    wanted = [*prefix, "apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends", *packages]
    if not _done(wanted) and not (_done([*prefix, "apt-get", "update", "--quiet=2"]) and _done(wanted)):
        _say(f"could not install {' '.join(packages)}; all but the rehearsal's hosts works without: --no-hosts")


def _prefix() -> list[str] | None:
    """Give what makes a command root's; None where that would ask for a password."""
    if os.geteuid() == 0:
        return ["env", "DEBIAN_FRONTEND=noninteractive"]
    if shutil.which("sudo") and _done(["sudo", "--non-interactive", "true"]):
        return ["sudo", "--non-interactive", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


def _done(command: Sequence[str]) -> bool:
    """Run a command; say whether it went well."""
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    install()
