"""Who is at the other end of a connection, to be killed at the worst moment."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from range.rehearsal.hosts.standings import kill as kill_hosts
from range.rehearsal.weather.sight import Origin, Sight

_INSTANCE = re.compile(rb"\bi-(?:[0-9a-f]{17}|[0-9a-f]{8})\b")


def kill(target: str, sight: Sight, origin: Origin) -> None:
    """Kill with SIGKILL: this process, the engine that asks, the controller behind it, or hosts whose instances a call names.

    A client that isn't an engine is a controller; an engine's controller is the process that started it. Where there is
    nobody to be found, as for a call made in this process, nobody is killed.
    """
    if target in ("rehearsal", "provider"):
        os.kill(os.getpid(), signal.SIGKILL)
    if target == "host":
        kill_hosts(sorted({found.decode() for found in _INSTANCE.findall(sight.request.body)}))
        return
    pid = _owner(origin.port) if origin.port else None
    if pid is None or pid == os.getpid():
        return
    if target == "controller" and origin.by == "provider":
        pid = _parent(pid)
    elif target == "engine" and origin.by != "provider":
        return
    os.kill(pid, signal.SIGKILL)


def _owner(port: int) -> int | None:
    """Find the process of this user whose end of a loopback connection has a port."""
    socket = _socket(port)
    for folder in Path("/proc").glob("[0-9]*/fd") if socket else ():
        try:
            if any(str(each.readlink()) == f"socket:[{socket}]" for each in folder.iterdir()):
                return int(folder.parent.name)
        except OSError:
            continue  # it has ended, or is somebody else's
    return None


def _socket(port: int) -> str | None:
    """Find the inode of the socket that has a port, in the kernel's tables.

    Source: proc_net(5), /proc/net/tcp: local address and port in hexadecimal second, the inode tenth; read 2026-11-28.
    """
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if int(fields[1].rpartition(":")[2], 16) == port and fields[9] != "0":
                return fields[9]
    return None


def _parent(pid: int) -> int:
    """Give the process that started another."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
