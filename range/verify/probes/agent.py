"""What runs on a host while it is probed: it sends what it is told to, and notes what arrives. Standard library only.

It speaks lines of JSON: it reads what to send and says that it is ready; at `go` it sends, and says what was answered; at `stop`
it says what arrived, and ends. Arrivals are taken from the wire, before any filter of the host's own.
"""

from __future__ import annotations

import errno
import json
import os
import selectors
import socket
import struct
import sys
import threading
import time

_IPV4 = 0x0800
_OUTGOING = 4
_TCP, _UDP, _ICMP = 6, 17, 1
_SYN, _SYN_ACK = 0x02, 0x12
_ECHO, _ECHO_REPLY = 8, 0


def main() -> None:
    """Do one round."""
    told = json.loads(sys.stdin.readline())
    heard: set[tuple[str, str, int]] = set()
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_IPV4))
    threading.Thread(target=_listen, args=(wire, told["address"], heard), daemon=True).start()
    _say({"ready": True})
    sys.stdin.readline()
    _say({"answered": _sent(told["probes"], told["wait_s"])})
    sys.stdin.readline()
    _say({"heard": sorted(heard)})


def _say(document: object) -> None:
    """Say something."""
    print(json.dumps(document), flush=True)


def _listen(wire: socket.socket, own: str, heard: set[tuple[str, str, int]]) -> None:
    """Note what begins something: the first packet of a connection, datagrams, pings."""
    wanted = socket.inet_aton(own)
    while True:
        packet, (_, _, kind, *_) = wire.recvfrom(2048)
        if kind == _OUTGOING or packet[16:20] != wanted:
            continue
        head = (packet[0] & 0x0F) * 4
        source, protocol, rest = socket.inet_ntoa(packet[12:16]), packet[9], packet[head:]
        if protocol == _TCP and rest[13] & _SYN_ACK == _SYN:
            heard.add((source, "tcp", struct.unpack("!H", rest[2:4])[0]))
        elif protocol == _UDP:
            heard.add((source, "udp", struct.unpack("!H", rest[2:4])[0]))
        elif protocol == _ICMP and rest[0] == _ECHO:
            heard.add((source, "icmp", 0))


def _sent(probes: list[tuple[str, str, int]], wait_s: float) -> list[int]:
    """Send everything; give which were answered: a connection made or refused, a ping that came back."""
    answered: set[int] = set()
    waiting = selectors.DefaultSelector()
    opened: dict[int, socket.socket] = {}
    pings: dict[str, int] = {}
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, _ICMP)
    raw.setblocking(False)
    waiting.register(raw, selectors.EVENT_READ, -1)
    for number, (address, protocol, port) in enumerate(probes):
        if protocol == "tcp":
            opened[number] = socket.socket()
            opened[number].setblocking(False)
            opened[number].connect_ex((address, port))
            waiting.register(opened[number], selectors.EVENT_WRITE, number)
        elif protocol == "udp":
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
                datagrams.sendto(b"range probe", (address, port))
        else:
            pings[address] = number
            raw.sendto(_ping(), (address, 0))
    deadline = time.monotonic() + wait_s
    while (left := deadline - time.monotonic()) > 0:
        for key, _ in waiting.select(left):
            if key.data >= 0:
                if opened[key.data].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) in (0, errno.ECONNREFUSED):
                    answered.add(key.data)
                waiting.unregister(opened[key.data])
                opened[key.data].close()
            else:
                packet, (address, _) = raw.recvfrom(2048)
                if packet[(packet[0] & 0x0F) * 4] == _ECHO_REPLY and address in pings:
                    answered.add(pings[address])
    return sorted(answered)


def _ping() -> bytes:
    """Make a ping."""
    number = os.getpid() & 0xFFFF
    total = (_ECHO << 8) + number + 1
    total = (total >> 16) + (total & 0xFFFF)
    return struct.pack("!BBHHH", _ECHO, 0, ~total & 0xFFFF, number, 1)


if __name__ == "__main__":
    main()
