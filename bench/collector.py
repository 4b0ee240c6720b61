"""How many events a second the collector takes: syslog-ng with the role's own configuration, on one core, over TLS.

Both ends are counted. Needs root, unshare, and the hosts' image.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.figures import Figure
from range.rehearsal.hosts.images import is_made
from tests.configure.collecting import ADDRESSES, Running, collecting

RATE_PER_S, STEADY_S = 5_000, 20
AT_ONCE = 60_000
"""Events that are sent as fast as they are taken."""
SIZE = 200
"""Bytes that each event has beside its number: a short alert has some 600, a line of a log 100."""
CORE = 0


def collector() -> list[Figure]:
    """Send at a steady rate, then as fast as the collector takes it, from two clients of each of two allies."""
    if os.getuid() != 0 or not shutil.which("unshare") or not is_made():
        print("collector: not measured: it needs root, unshare, and the hosts' image", file=sys.stderr)
        return []
    with tempfile.TemporaryDirectory(prefix="bench-collector-") as folder:
        with collecting(Path(folder) / "steady", core=CORE) as running:
            steady = _sent(running, RATE_PER_S * STEADY_S, per_s=RATE_PER_S)
        with collecting(Path(folder) / "flood", core=CORE) as running:
            flood = _sent(running, AT_ONCE)
    return [
        Figure("events sent at 5,000 a second", steady.sent, ""),
        Figure("of them lost", steady.sent - steady.held, "", 0),
        Figure("from the last one's sending until all are on disk", steady.behind_s, "s"),
        Figure("processor time for one second of them", steady.cpu_s / STEADY_S, "s", 1),
        Figure("events sent as fast as they are taken", flood.sent, ""),
        Figure("of them lost, too", flood.sent - flood.held, "", 0),
        Figure("taken a second", flood.held / flood.seconds, ""),
        Figure("taken a second of processor time", flood.held / flood.cpu_s, ""),
    ]


class _Took:
    """What came of sending."""

    sent = held = 0
    seconds = behind_s = cpu_s = 0.0


def _sent(running: Running, events: int, *, per_s: int | None = None) -> _Took:
    """Send events from several clients at once, and wait until all are held, or no more come."""
    took, clients = _Took(), [ally for ally in ADDRESSES for _ in (1, 2)]
    began, cpu_s = time.monotonic(), _cpu_s(running.pid)
    share = None if per_s is None else per_s / len(clients)

    def ship(ally: str) -> int:
        told = running.ship(ally, text="event", lines=events // len(clients), size=SIZE, per_s=share)
        return int(told["sent"])

    with ThreadPoolExecutor(len(clients)) as threads:
        took.sent = sum(threads.map(ship, clients))
    sent = time.monotonic()
    held = -1
    while (now := _held(running)) < took.sent and now > held:
        held = now
        time.sleep(0.5)
    took.held, ended = now, time.monotonic()
    took.seconds, took.behind_s, took.cpu_s = ended - began, ended - sent, _cpu_s(running.pid) - cpu_s
    return took


def _held(running: Running) -> int:
    """Count the lines that are on disk."""
    files = [running.logs / ally / "events.log" for ally in ADDRESSES]
    return sum(file.read_bytes().count(b"\n") for file in files if file.exists())


def _cpu_s(pid: int) -> float:
    """Give the processor time that a process took so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
