"""Network namespaces: one for the network of each rehearsal, one beside it for what stands in for the internet.

A namespace is a property of a thread: whoever enters one takes no other thread along, and programs started meanwhile run in it.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path

from range.errors import RangeError
from range.rehearsal.network.commands import ip, run

ROUTER = IPv4Address("169.254.0.1")
"""Where hosts send everything; the namespace has it on its loopback."""
_NAMED = Path("/run/netns")
_CLONE_NEWNET = 0x40000000
"""Source: linux/sched.h, read 2026-11-28."""
_ROUTER = {
    "net/ipv4/ip_forward": "1",
    "net/ipv4/conf/all/rp_filter": "0",
    "net/ipv4/conf/default/rp_filter": "0",
    "net/ipv4/conf/default/proxy_arp": "1",
    "net/ipv4/conf/all/send_redirects": "0",
    "net/ipv4/conf/default/send_redirects": "0",
    "net/ipv4/conf/all/accept_redirects": "0",
    "net/ipv4/neigh/default/proxy_delay": "0",
    "net/ipv6/conf/all/forwarding": "1",
    "net/ipv6/conf/default/accept_ra": "0",
    "net/ipv6/conf/default/accept_dad": "0",
    "net/ipv6/conf/default/dad_transmits": "0",
}
"""What makes a namespace a router. What an interface may send is up to nftables: hosts may have several, hence no rp_filter."""


def name_of(folder: Path) -> str:
    """Name the namespace of the rehearsal that a folder keeps."""
    return "range-" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]


def path_of(name: str) -> Path:
    """Give the file by which a namespace is entered: `nsenter --net=PATH`."""
    return _NAMED / name


def make(name: str) -> Path:
    """Make a namespace with nothing but its loopback; one that is there stays as it is."""
    path = path_of(name)
    if not is_namespace(path):
        path.unlink(missing_ok=True)
        run("ip", "netns", "add", name)
    with within(path):
        ip(["link set dev lo up"])
    return path


def make_router(name: str) -> Path:
    """Make a namespace that passes packets on, at the address that hosts send them to."""
    path = make(name)
    with within(path):
        settings(_ROUTER)
        ip([f"address replace {ROUTER}/32 dev lo"])
    return path


def remove(name: str) -> None:
    """Remove a namespace with everything in it; nothing if there is none."""
    path = path_of(name)
    if is_namespace(path):
        run("ip", "netns", "delete", name)
    else:
        path.unlink(missing_ok=True)


def is_namespace(path: Path) -> bool:
    """Say whether a file still stands for a namespace: after a crash of the machine only its name is left."""
    return path.exists() and path.stat().st_dev != path.parent.stat().st_dev


def settings(values: Mapping[str, str]) -> None:
    """Set sysctls of the namespace that the calling thread is in."""
    for name, value in values.items():
        place = Path("/proc/sys", name)
        if place.exists():
            place.write_text(value)


@contextmanager
def within(namespace: Path) -> Iterator[None]:
    """Let the calling thread be in a network namespace for a while, given by a file such as `/proc/PID/ns/net`.

    Raises:
        RangeError: it isn't there, or there is no right to enter it.
    """
    own = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter(namespace)
        try:
            yield
        finally:
            _set(own)
    finally:
        os.close(own)


def enter(namespace: Path) -> None:
    """Move the calling thread into a network namespace for good; threads that it starts are there too.

    Raises:
        RangeError: it isn't there, or there is no right to enter it.
    """
    try:
        descriptor = os.open(namespace, os.O_RDONLY | os.O_CLOEXEC)
        try:
            _set(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise RangeError(f"can't enter the network namespace {namespace}: {error.strerror}") from error


def _set(descriptor: int) -> None:
    """Move the calling thread; Python has os.setns from 3.12 on."""
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, _CLONE_NEWNET) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
