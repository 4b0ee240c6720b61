"""Wires between hosts and the rehearsal's namespace: what a host finds, and that nothing of the machine is touched."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest

from range.errors import RangeError
from range.rehearsal.network.namespaces import make_router, name_of, path_of, remove
from range.rehearsal.network.wires import Interface, attach, attached, detach
from tests.rehearsal.network.bare import Bare, inside, needs_namespaces

pytestmark = needs_namespaces

FIRST = Interface("eni-00000000000000001", 0, IPv4Address("10.1.0.4"), "02:00:00:00:00:01", (IPv6Address("fd00::4"),))
SECOND = Interface("eni-00000000000000002", 1, IPv4Address("10.1.0.5"), "02:00:00:00:00:02")
OTHER = Interface("eni-00000000000000003", 0, IPv4Address("10.1.0.6"), "02:00:00:00:00:03", (IPv6Address("fd00::6"),))


def router(bare: Bare) -> Path:
    """Give a router's namespace that goes with the test's."""
    bare("router")
    return make_router(f"{bare.prefix}-router")


def show(what: str) -> list[dict[str, object]]:
    """Ask `ip`, in the namespace of the thread."""
    listed: list[dict[str, object]] = json.loads(
        subprocess.run(["ip", "-json", *what.split()], capture_output=True, check=True).stdout or b"[]"
    )
    return listed


def arrived(sender: Path, receiver: Path, address: str, family: int = socket.AF_INET) -> str:
    """Send a datagram from one host to another; give the address that the other saw."""
    server = inside(receiver, lambda: socket.socket(family, socket.SOCK_DGRAM))
    client = inside(sender, lambda: socket.socket(family, socket.SOCK_DGRAM))
    with server, client:
        server.settimeout(10)
        server.bind((address, 9))
        client.sendto(b"x", (address, 9))
        return str(server.recvfrom(10)[1][0])


def test_hosts_reach_each_other_by_the_router_with_their_own_addresses(bare: Bare) -> None:
    between = router(bare)
    attach(between, bare("a"), FIRST)
    attach(between, bare("b"), OTHER)

    assert arrived(bare("a"), bare("b"), "10.1.0.6") == "10.1.0.4"
    assert arrived(bare("a"), bare("b"), "fd00::6", socket.AF_INET6) == "fd00::4"


def test_a_host_has_its_interfaces_as_ec2_gave_them(bare: Bare) -> None:
    between = router(bare)
    attach(between, bare("a"), FIRST)
    attach(between, bare("a"), SECOND)

    links = {link["ifname"]: link["address"] for link in inside(bare("a"), lambda: show("link"))}
    assert (links["eth0"], links["eth1"]) == (FIRST.mac, SECOND.mac)
    first, *_ = inside(bare("a"), lambda: show("route show default"))
    assert (first["dev"], first["gateway"]) == ("eth0", "169.254.0.1")


def test_a_reply_leaves_by_the_interface_that_was_asked(bare: Bare) -> None:
    between = router(bare)
    attach(between, bare("a"), FIRST)
    attach(between, bare("a"), SECOND)

    taken = inside(bare("a"), lambda: show("route get 10.1.0.6 from 10.1.0.5"))

    assert taken[0]["dev"] == "eth1"


def test_an_interface_that_is_detached_is_gone_at_both_ends(bare: Bare) -> None:
    between = router(bare)
    attach(between, bare("a"), FIRST)
    attach(between, bare("a"), SECOND)

    detach(between, SECOND.id)
    detach(between, SECOND.id)

    assert attached(between) == {FIRST.id}
    assert [link["ifname"] for link in inside(bare("a"), lambda: show("link"))] == ["lo", "eth0"]


def test_attaching_again_wires_it_to_the_host_that_is_there_now(bare: Bare) -> None:
    between = router(bare)
    attach(between, bare("a"), FIRST)
    attach(between, bare("a"), FIRST)
    attach(between, bare("b"), OTHER)
    attach(between, bare("c"), FIRST)

    assert arrived(bare("b"), bare("c"), "10.1.0.4") == "10.1.0.6"
    assert [link["ifname"] for link in inside(bare("a"), lambda: show("link"))] == ["lo"]


def test_a_host_that_ends_takes_its_wires_along(bare: Bare) -> None:
    between = router(bare)
    attach(between, bare("a"), FIRST)

    remove(f"{bare.prefix}-a")

    deadline = 500
    while attached(between) and deadline:  # the kernel takes namespaces down in the background
        deadline -= 1
        os.sched_yield()
        subprocess.run(["sleep", "0.02"], check=True)
    assert attached(between) == frozenset()


def test_a_host_that_is_not_there_is_named(bare: Bare) -> None:
    between = router(bare)

    with pytest.raises(RangeError, match="/proc/0/ns/net"):
        attach(between, Path("/proc/0/ns/net"), FIRST)

    assert attached(between) == frozenset()


def test_a_folder_has_a_namespace_of_its_own(tmp_path: Path) -> None:
    assert name_of(tmp_path / "a") != name_of(tmp_path / "b")
    assert name_of(tmp_path / "a") == name_of(tmp_path / "a" / ".." / "a")
    assert not path_of(name_of(tmp_path)).exists()
