"""Cuts what leaves by a device down to a length: a program of nine instructions for the kernel, since nftables can't."""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import struct

from range.errors import RangeError
from range.rehearsal.network.commands import run

_SYSCALL = {"x86_64": 321, "aarch64": 280}
"""bpf(2). Source: Linux, arch/*/entry/syscalls, read 2026-11-28."""
_LOAD, _CLASSIFIER = 5, 3
_CHANGE_TAIL = 38
"""bpf_skb_change_tail. Source: linux/bpf.h, read 2026-11-28."""
_NEW_FILTER = 44
_REQUEST, _ACK, _CREATE, _EXCLUSIVE = 0x1, 0x4, 0x400, 0x200
_LEAVING = 0xFFFFFFF3
"""The egress of a device's clsact. Source: linux/pkt_sched.h, read 2026-11-28."""
_EVERY_PROTOCOL = 0x0003
_KIND, _OPTIONS, _FD, _NAME, _FLAGS = 1, 2, 6, 7, 8
_ERROR = 2


def cut(device: str, length: int) -> None:
    """Let no frame leave by a device of the calling thread's namespace that is longer; the rest of it is cut off.

    Raises:
        RangeError: the kernel refused.
    """
    run("tc", "qdisc", "replace", "dev", device, "clsact")
    program = _loaded(length)
    try:
        _attach(device, program)
    finally:
        os.close(program)


def _instructions(length: int) -> bytes:
    """Give the program: if the frame is longer, change its tail; let it go on."""
    steps = (
        (0xBF, 6, 1, 0, 0),  # r6 = the frame
        (0x61, 2, 1, 0, 0),  # r2 = its length
        (0xB5, 2, 0, 4, length),  # if it isn't longer, go to the end
        (0xBF, 1, 6, 0, 0),
        (0xB7, 2, 0, 0, length),
        (0xB7, 3, 0, 0, 0),
        (0x85, 0, 0, 0, _CHANGE_TAIL),
        (0xB7, 0, 0, 0, 0),  # whatever came of it, send it
        (0x95, 0, 0, 0, 0),
    )
    return b"".join(
        struct.pack("<BBhi", code, source << 4 | target, offset, value) for code, target, source, offset, value in steps
    )


def _loaded(length: int) -> int:
    """Load the program; give its descriptor."""
    number = _SYSCALL.get(platform.machine())
    if number is None:
        raise RangeError(f"frames can't be cut on {platform.machine()}: its call for loading programs isn't known here")
    code = ctypes.create_string_buffer(_instructions(length))
    licence = ctypes.create_string_buffer(b"GPL")
    attributes = struct.pack(
        "<IIQQIIQII", _CLASSIFIER, 9, ctypes.addressof(code), ctypes.addressof(licence), 0, 0, 0, 0, 0
    )
    kept = ctypes.create_string_buffer(attributes, 128)
    library = ctypes.CDLL(None, use_errno=True)
    descriptor: int = library.syscall(number, _LOAD, ctypes.byref(kept), len(attributes))
    if descriptor < 0:
        raise RangeError(f"frames can't be cut: the kernel loads no program: {os.strerror(ctypes.get_errno())}")
    return descriptor


def _attach(device: str, program: int) -> None:
    """Have the program see what leaves by a device."""
    options = (
        _attribute(_FD, struct.pack("<I", program))
        + _attribute(_NAME, b"length\0")
        + _attribute(_FLAGS, struct.pack("<I", 1))
    )
    info = 1 << 16 | socket.htons(_EVERY_PROTOCOL)
    body = struct.pack("<BBHiIII", 0, 0, 0, socket.if_nametoindex(device), 1, _LEAVING, info)
    body += _attribute(_KIND, b"bpf\0") + _attribute(_OPTIONS, options)
    flags = _REQUEST | _ACK | _CREATE | _EXCLUSIVE
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as netlink:
        netlink.send(struct.pack("<IHHII", 16 + len(body), _NEW_FILTER, flags, 1, 0) + body)
        answer = netlink.recv(4096)
    kind, code = struct.unpack("<H", answer[4:6])[0], struct.unpack("<i", answer[16:20])[0]
    if kind != _ERROR or code != 0:
        raise RangeError(f"frames that leave by {device} can't be cut: {os.strerror(-code)}")


def _attribute(kind: int, content: bytes) -> bytes:
    """Write an attribute of a message."""
    return struct.pack("<HH", 4 + len(content), kind) + content + bytes(-len(content) % 4)
