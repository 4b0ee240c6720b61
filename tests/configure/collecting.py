"""A collector, syslog-ng with the role's own configuration, in a namespace of its own; and who sends to it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import jinja2

from range.configure.authority import Authority, Subject
from range.rehearsal.hosts.images import image

ROLES = Path(__file__).parents[2] / "playbooks" / "roles"
SHIPPER = Path(__file__).with_name("shipper.py")
COLLECTOR, PORT = "10.64.0.4", 6514
ADDRESSES = {"est": "10.64.132.4", "pol": "10.64.136.4"}
CLIENTS = [{"name": "est", "cidr": "10.64.132.0/22"}, {"name": "pol", "cidr": "10.64.136.0/22"}]
MIB = 2**20


@dataclass
class Running:
    """A collector, its files, and who may send to it."""

    pid: int
    logs: Path
    authority: Authority
    stranger: Authority
    shippers: list[subprocess.Popen[str]] = field(default_factory=list)
    disk: Path = Path()
    """Where its events are, as its own namespace knows it."""

    def ship(self, ally: str, **more: Any) -> dict[str, Any]:
        """Send as an ally's sensor would, but for what is told otherwise; give how that went."""
        certificate = self.authority.certificate(Subject("sensor-1", ally, IPv4Address(ADDRESSES[ally])))
        told = {"source": ADDRESSES[ally], "certificate": str(certificate), "lines": 1, "text": "event", **more}
        told |= {"collector": COLLECTOR, "port": PORT, "authority": str(self.authority.certificate_path)}
        command = ["nsenter", f"--target={self.pid}", "--net", sys.executable, str(SHIPPER), json.dumps(told)]
        shipper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.shippers.append(shipper)
        assert shipper.stdout is not None
        return dict(json.loads(shipper.stdout.readline()))

    def held(self, ally: str, text: str) -> list[dict[str, Any]]:
        """Give what is kept of an ally with a text in it."""
        file = self.logs / ally / "events.log"
        lines = file.read_text(errors="replace").splitlines() if file.exists() else []
        return [told for line in lines if text in line and (told := _read(line))]

    def torn(self, ally: str) -> list[str]:
        """Give the lines of an ally that nobody can read."""
        lines = (self.logs / ally / "events.log").read_text(errors="replace").splitlines()
        return [line for line in lines if _read(line) is None]

    def refused(self) -> int:
        """Count the refusals."""
        file = self.logs / "refused.log"
        return len(file.read_text().splitlines()) if file.exists() else 0

    def make_room(self, disk_mib: int) -> None:
        """Give a small disk more room."""
        inside = ["nsenter", f"--target={self.pid}", "--mount"]
        subprocess.run([*inside, "mount", "-o", f"remount,size={disk_mib}m", str(self.disk)], check=True)

    def comes_to(self, reached: Callable[[], bool], patience_s: float = 60) -> bool:
        """Wait until something is so."""
        until = time.monotonic() + patience_s
        while not reached() and time.monotonic() < until:
            time.sleep(0.1)
        return reached()


def _read(line: str) -> dict[str, Any] | None:
    """Read a line; None for one that isn't whole."""
    try:
        return dict(json.loads(line))
    except ValueError:
        return None


def _rendered(role: str, template: str, **told: Any) -> str:
    text = (ROLES / role / "templates" / f"{template}.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=True)
    return environment.from_string(text).render(ansible_managed="a test", **told)


@contextmanager
def collecting(folder: Path, *, disk_mib: int | None = None, core: int | None = None) -> Iterator[Running]:
    """Run a collector for the length of the block; its events on a small disk, itself on one core, if so asked."""
    authority, stranger = Authority(folder / "ours", "steadfast"), Authority(folder / "theirs", "steadfast")
    root, changes, work = folder / "root", folder / "changes", folder / "work"
    etc = changes / "etc" / "syslog-ng"
    for each in (root, work, etc / "conf.d", changes / "var/log/range", changes / "run"):
        each.mkdir(parents=True)
    certificate = authority.certificate(Subject("collector-1", "hub", IPv4Address(COLLECTOR)))
    shutil.copy(certificate, etc / "host.pem")
    shutil.copy(authority.certificate_path, etc / "authority.pem")
    main = _rendered("foundation", "etc/syslog-ng/syslog-ng.conf", foundation_buffer_mib=1)
    (etc / "syslog-ng.conf").write_text(main.replace("systemd-journal();", ""))  # there is no systemd here
    told = {"collector_port": PORT, "collector_clients": CLIENTS}
    (etc / "conf.d/collector.conf").write_text(_rendered("collector", "etc/syslog-ng/conf.d/collector.conf", **told))
    addresses = " && ".join(f"ip address add {each}/32 dev lo" for each in (COLLECTOR, *ADDRESSES.values()))
    mount = f"mount -t overlay overlay -o lowerdir={image()},upperdir={changes},workdir={work} {root}"
    if disk_mib is not None:
        mount += f" && mount -t tmpfs -o size={disk_mib}m tmpfs {root}/var/log/range"
    pinned = "" if core is None else f"taskset --cpu-list {core} "
    script = (
        f"ip link set lo up && {addresses} && {mount} && mount -t proc proc {root}/proc && "
        f"mount --rbind /dev {root}/dev && exec {pinned}chroot {root} syslog-ng --foreground --no-caps"
    )
    command = ["unshare", "--net", "--mount", "--propagation=private", "sh", "-c", script]
    with (folder / "output").open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        running = Running(process.pid, Path(f"/proc/{process.pid}/root/var/log/range"), authority, stranger)
        running.disk = root / "var/log/range"
        listening = ["nsenter", f"--target={process.pid}", "--net", "ss", "-Hltn", f"sport = :{PORT}"]
        is_there = running.comes_to(lambda: bool(subprocess.run(listening, capture_output=True, check=False).stdout))
        assert is_there, (folder / "output").read_text()
        try:
            yield running
        finally:
            for shipper in running.shippers:
                shipper.kill()
                shipper.communicate()
            process.send_signal(signal.SIGTERM)
