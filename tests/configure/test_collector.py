"""The collector itself, syslog-ng with the role's own configuration, in a namespace of its own: bad clients and bad days.

Both ends are counted: what was sent by whom, and what is kept under whose name.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import jinja2
import pytest

from range.configure.authority import Authority, Subject
from range.rehearsal.hosts.images import image, is_made

ROLES = Path(__file__).parents[2] / "playbooks" / "roles"
SHIPPER = Path(__file__).with_name("shipper.py")
COLLECTOR, PORT = "10.64.0.4", 6514
ADDRESSES = {"est": "10.64.132.4", "pol": "10.64.136.4"}
CLIENTS = [{"name": "est", "cidr": "10.64.132.0/22"}, {"name": "pol", "cidr": "10.64.136.0/22"}]
MIB = 2**20

needs_an_image = pytest.mark.skipif(
    os.getuid() != 0 or not shutil.which("unshare") or not is_made(),
    reason="needs root, unshare, and the hosts' image: `range rehearsal start` makes it",
)
pytestmark = needs_an_image


@dataclass
class Running:
    """A collector, its files, and who may send to it."""

    pid: int
    logs: Path
    authority: Authority
    stranger: Authority
    shippers: list[subprocess.Popen[str]] = field(default_factory=list)

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
        return [told for line in lines if text in line and (told := json.loads(line))]

    def refused(self) -> int:
        """Count the refusals."""
        file = self.logs / "refused.log"
        return len(file.read_text().splitlines()) if file.exists() else 0

    def comes_to(self, reached: Callable[[], bool], patience_s: float = 60) -> bool:
        """Wait until something is so."""
        until = time.monotonic() + patience_s
        while not reached() and time.monotonic() < until:
            time.sleep(0.1)
        return reached()


def _rendered(role: str, template: str, **told: Any) -> str:
    text = (ROLES / role / "templates" / f"{template}.j2").read_text(encoding="utf-8")
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=True)
    return environment.from_string(text).render(ansible_managed="a test", **told)


@pytest.fixture(scope="module")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("collector")
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
    script = (
        f"ip link set lo up && {addresses} && {mount} && mount -t proc proc {root}/proc && "
        f"mount --rbind /dev {root}/dev && exec chroot {root} syslog-ng --foreground --no-caps"
    )
    command = ["unshare", "--net", "--mount", "--propagation=private", "sh", "-c", script]
    with (folder / "output").open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        running = Running(process.pid, changes / "var/log/range", authority, stranger)
        listening = ["nsenter", f"--target={process.pid}", "--net", "ss", "-Hltn", f"sport = :{PORT}"]
        is_there = running.comes_to(lambda: bool(subprocess.run(listening, capture_output=True, check=False).stdout))
        assert is_there, (folder / "output").read_text()
        yield running
        for shipper in running.shippers:
            shipper.communicate()
        process.send_signal(signal.SIGTERM)


def test_an_event_is_kept_under_the_ally_of_the_certificate_whatever_it_claims(collector: Running) -> None:
    assert collector.ship("est", text="honest")["error"] is None
    assert collector.ship("est", text="liar", claims="sensor-1.pol")["error"] is None

    assert collector.comes_to(lambda: len(collector.held("est", "liar")) == 1)
    (liar,) = collector.held("est", "liar")
    assert (liar["ally"], liar["address"]) == ("est", ADDRESSES["est"])
    assert liar["host"] in ("sensor-1.est", ADDRESSES["est"])
    assert liar["claims"] == "sensor-1.pol"
    assert collector.held("pol", "liar") == []


def test_an_allys_certificate_from_another_allys_address_is_refused_and_counted(collector: Running) -> None:
    before = collector.refused()

    collector.ship("pol", text="stolen", source=ADDRESSES["est"], lines=20)

    assert collector.comes_to(lambda: collector.refused() >= before + 19)
    assert collector.held("pol", "stolen") == []
    # of the first message syslog-ng may not yet know the certificate: it counts as its address's, never as the other's
    assert len(collector.held("est", "stolen")) <= 1


@pytest.mark.parametrize("who", ["nobody", "a stranger", "noise"])
def test_unknown_clients_and_noise_are_refused_and_counted(collector: Running, who: str) -> None:
    before = collector.refused()
    theirs = collector.stranger.certificate(Subject("sensor-1", "est", IPv4Address(ADDRESSES["est"])))

    match who:
        case "nobody":
            collector.ship("est", text="unknown", certificate=None)
        case "a stranger":
            collector.ship("est", text="unknown", certificate=str(theirs))
        case _:
            collector.ship("est", text="unknown", certificate=None, raw=os.urandom(4096).hex())

    assert collector.comes_to(lambda: collector.refused() > before)
    assert collector.held("est", "unknown") == []


def test_noise_from_a_known_client_and_a_line_of_ten_mib_lose_nothing_of_the_others(collector: Running) -> None:
    with ThreadPoolExecutor(3) as threads:
        steady = threads.submit(collector.ship, "pol", text="steady", lines=500)
        collector.ship("est", text="afternoise", raw=os.urandom(4096).hex())
        long = threads.submit(collector.ship, "est", text="verylong", size=10 * MIB)
        assert steady.result()["sent"] == 500
        long.result()

    assert collector.comes_to(lambda: len(collector.held("pol", "steady")) == 500)
    assert all(len(json.dumps(event)) < MIB for event in collector.held("est", "verylong"))
    assert collector.ship("est", text="stillhere")["error"] is None
    assert collector.comes_to(lambda: len(collector.held("est", "stillhere")) == 1)


def test_a_flood_from_one_ally_loses_nothing_of_the_others(collector: Running) -> None:
    with ThreadPoolExecutor(3) as threads:
        floods = [threads.submit(collector.ship, "est", text="flood", lines=10_000) for _ in (1, 2)]
        steady = threads.submit(collector.ship, "pol", text="beside", lines=1_000)
        flooded = sum(flood.result()["sent"] for flood in floods)
        assert steady.result()["sent"] == 1_000

    assert collector.comes_to(lambda: len(collector.held("pol", "beside")) == 1_000)
    assert collector.comes_to(lambda: len(collector.held("est", "flood")) == flooded)
    assert collector.held("pol", "flood") == []
