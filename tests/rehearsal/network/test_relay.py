"""The relay: a connection from a host, as SSH makes one."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, ip_network
from pathlib import Path

import pytest

from range.rehearsal.network.hosts import read
from range.rehearsal.network.network import Network
from range.rehearsal.network.wires import Interface
from range.rehearsal.network.world import Acl, AclEntry, Group, GroupRule, Match, Route, Subnet, Vpc, World
from range.rehearsal.network.world import Interface as Nic
from tests.rehearsal.network.bare import Bare, inside, needs_namespaces

pytestmark = needs_namespaces

EVERYWHERE = ip_network("0.0.0.0/0")
ALL = AclEntry(1, True, EVERYWHERE, Match())
ENTRY, TARGET = "10.9.0.4", "10.9.0.5"


def world() -> World:
    """Two hosts in one subnet, of which the second may be asked at port 22 only."""
    return World(
        vpcs={"vpc-1": Vpc("vpc-1", (ip_network("10.9.0.0/24"),))},
        subnets={"subnet-1": Subnet("subnet-1", "vpc-1", "az1", "rtb-1", "acl-1")},
        tables={"rtb-1": (Route(ip_network("10.9.0.0/24"), "local"),)},
        acls={"acl-1": Acl("acl-1", (ALL,), (ALL,))},
        groups={
            "sg-out": Group("sg-out", (), (GroupRule(Match(), (EVERYWHERE,)),)),
            "sg-in": Group("sg-in", (GroupRule(Match(6, (22, 22)), (EVERYWHERE,)),), ()),
        },
        interfaces={
            "eni-1": Nic("eni-1", "subnet-1", (IPv4Address(ENTRY),), ("sg-out",)),
            "eni-2": Nic("eni-2", "subnet-1", (IPv4Address(TARGET),), ("sg-in",)),
        },
    )


@pytest.fixture
def folder(bare: Bare, tmp_path: Path) -> Iterator[Path]:
    """The folder of a rehearsal whose network has the two hosts."""
    network = Network(tmp_path, world)
    network.follow()
    network.attach(bare("entry"), "i-1", Interface("eni-1", 0, IPv4Address(ENTRY), "02:00:00:00:09:01"))
    network.attach(bare("target"), "i-2", Interface("eni-2", 0, IPv4Address(TARGET), "02:00:00:00:09:02"))
    yield tmp_path
    network.close()


def relay(folder: Path, port: int, said: bytes = b"", entry: str = ENTRY) -> subprocess.CompletedProcess[bytes]:
    """Run the relay as SSH does."""
    command = [sys.executable, "-m", "range.rehearsal.relay", "--home", str(folder), "--from", entry, TARGET, str(port)]
    return subprocess.run(command, input=said, capture_output=True, check=False, timeout=60)


def test_bytes_go_both_ways_from_the_entry_and_ends_are_passed_on(folder: Path, bare: Bare) -> None:
    server = inside(bare("target"), lambda: socket.create_server((TARGET, 22)))

    def serve() -> tuple[str, bytes]:
        connection, (address, _) = server.accept()
        with connection:
            heard = b""
            while taken := connection.recv(1 << 16):
                heard += taken
            connection.sendall(heard[::-1])
        return address, heard

    said = b"hello" + bytes(300_000)
    with server, ThreadPoolExecutor() as pool:
        served = pool.submit(serve)
        done = relay(folder, 22, said)

        assert done.returncode == 0
        assert done.stdout == said[::-1]
        assert served.result() == (ENTRY, said)


def test_a_port_that_nobody_listens_at_is_told(folder: Path) -> None:
    done = relay(folder, 22)

    assert done.returncode == 1
    assert f"no connection from {ENTRY} to {TARGET} port 22" in done.stderr.decode()


def test_an_entry_that_is_not_there_is_told_with_what_to_type(folder: Path) -> None:
    done = relay(folder, 22, entry="10.9.0.99")

    assert done.returncode == 2
    assert "no host of this rehearsal is at 10.9.0.99" in done.stderr.decode()
    assert "range up" in done.stderr.decode()


def test_hosts_are_written_down_by_their_addresses(folder: Path) -> None:
    assert {address: place.instance for address, place in read(folder).items()} == {ENTRY: "i-1", TARGET: "i-2"}
    assert all(place.is_there for place in read(folder).values())
