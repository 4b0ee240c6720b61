"""What a network leaves: the machine as it was, nothing when it is closed, nothing of a killed one when it is made anew."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from ipaddress import IPv4Address
from pathlib import Path

from range.rehearsal.network.namespaces import name_of, path_of, remove
from range.rehearsal.network.network import Network, internet_of, remove_network
from range.rehearsal.network.wires import Interface
from tests.rehearsal.network.bare import Bare, inside, needs_namespaces
from tests.rehearsal.network.life import WIRE
from tests.rehearsal.network.test_relay import ENTRY, TARGET, world

pytestmark = needs_namespaces

ROOT = Path(__file__).parents[3]
SHOW = (
    "ip -json address; ip route show table all; ip -6 route show table all; ip rule; nft list ruleset; "
    "sysctl -a --pattern '^net'"
)
VOLATILE = ("nf_conntrack_count", "valid_lft", "preferred_lft")


def life(folder: Path, host: str, what: str) -> list[str]:
    """Give the command of a network's life."""
    return [sys.executable, "-m", "tests.rehearsal.network.life", str(folder), host, what]


def left(folder: Path) -> list[str]:
    """Name what is left of the network of a folder."""
    name = name_of(folder)
    return [each.name for each in (path_of(name), path_of(internet_of(name)), folder / "hosts.json") if each.exists()]


def test_the_machines_interfaces_routes_firewall_and_sysctls_stay_as_they_are(tmp_path: Path) -> None:
    """In a namespace that stands for the machine's own, so that nobody else's work is taken for this."""
    host = f"range-m{os.getpid()}"
    while_up = (
        f"{' '.join(life(tmp_path, host, 'stay'))} > made & child=$!; until grep -q made made; do sleep 0.05; done"
    )
    script = f"({SHOW}) > before; {while_up}; ({SHOW}) > during; kill -9 $child; ({SHOW}) > after; true"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        subprocess.run(
            ["unshare", "--net", "sh", "-c", f"ip link set lo up; cd {tmp_path}; {script}"],
            env=environment,
            check=True,
            capture_output=True,
            timeout=120,
        )
        before, during, after = (_steady((tmp_path / each).read_text()) for each in ("before", "during", "after"))
        assert before == during == after
        assert any("ip_forward" in line for line in before)
        assert left(tmp_path) != []
    finally:
        remove_network(tmp_path)
        remove(host)


def _steady(text: str) -> list[str]:
    """Give what doesn't change by itself."""
    return [line for line in text.splitlines() if not any(word in line for word in VOLATILE)]


def test_nothing_is_left_of_a_network_that_is_closed(tmp_path: Path) -> None:
    host = f"range-c{os.getpid()}"
    try:
        subprocess.run(life(tmp_path, host, "end"), cwd=ROOT, check=True, capture_output=True, timeout=120)

        assert left(tmp_path) == []
        links = json.loads(subprocess.run(["ip", "-n", host, "-json", "link"], capture_output=True, check=True).stdout)
        assert [link["ifname"] for link in links] == ["lo"]
    finally:
        remove(host)


def test_a_network_that_is_made_after_a_kill_has_nothing_of_the_one_before(tmp_path: Path) -> None:
    host = f"range-k{os.getpid()}"
    try:
        with subprocess.Popen(life(tmp_path, host, "stay"), cwd=ROOT, stdout=subprocess.PIPE) as killed:
            assert killed.stdout is not None
            assert killed.stdout.readline() == b"made\n"
            killed.send_signal(signal.SIGKILL)
        assert left(tmp_path) != []

        network = Network(tmp_path, world)
        assert network.attached() == frozenset()
        network.attach(path_of(host), "i-1", WIRE)
        network.close()

        assert left(tmp_path) == []
    finally:
        remove(host)


def test_two_rehearsals_with_the_same_addresses_do_not_meet(tmp_path: Path, bare: Bare) -> None:
    networks = {}
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        networks[name] = Network(folder, world)
        for number, address in enumerate((ENTRY, TARGET), 1):
            wire = Interface(f"eni-{number}", 0, IPv4Address(address), f"02:00:00:00:06:0{number}")
            networks[name].attach(bare(f"{name}-{number}"), f"i-{number}", wire)
    servers = {name: inside(bare(f"{name}-2"), lambda: socket.create_server((TARGET, 22))) for name in networks}

    with inside(bare("one-1"), lambda: socket.create_connection((TARGET, 22), timeout=20)):
        connection, _ = servers["one"].accept()
        connection.close()
        servers["two"].settimeout(0.3)
        try:
            servers["two"].accept()
            met = True
        except TimeoutError:
            met = False
    assert not met
    networks["one"].close()
    with inside(bare("two-1"), lambda: socket.create_connection((TARGET, 22), timeout=20)):
        pass
    networks["two"].close()
    for server in servers.values():
        server.close()
