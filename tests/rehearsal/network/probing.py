"""Sends packets from hosts to hosts, all at once, and tells which came through and whom the receiver saw."""

from __future__ import annotations

import os
import selectors
import socket
import struct
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from range.rehearsal.network.namespaces import within

PATIENCE_S = 20.0
"""How long what must come through is waited for."""
GRACE_S = 0.3
"""How long is listened on when everything that must come through has: a late packet would only hide what is wrong."""
_ECHO_REQUEST, _ECHO_REPLY = 8, 0


class Probe(NamedTuple):
    """A packet, or the first of a connection: from a host to a host, by name."""

    source: str
    target: str
    protocol: str
    port: int = 0


class Host(NamedTuple):
    """Where a host is."""

    namespace: Path
    address: str


def come_through(hosts: Mapping[str, Host], probes: Iterable[Probe], expected: Iterable[Probe]) -> dict[Probe, str]:
    """Give the probes that were answered, with the address that the receiver saw (or, for ICMP, that answered).

    It ends when all that are expected have come through, or never do.
    """
    with ExitStack() as stack:
        return _Round(stack, hosts, list(probes)).run(set(expected))


class _Round:
    """One round of probes."""

    def __init__(self, stack: ExitStack, hosts: Mapping[str, Host], probes: list[Probe]) -> None:
        self.stack, self.hosts, self.probes = stack, hosts, probes
        self.selector = stack.enter_context(selectors.DefaultSelector())
        self.seen: dict[Probe, str] = {}
        self._identifier = int.from_bytes(os.urandom(2), "big")
        self._echoes: dict[tuple[str, str], Probe] = {}

    def run(self, expected: set[Probe]) -> dict[Probe, str]:
        """Listen, send, and wait."""
        for name in {probe.target for probe in self.probes}:
            self._listen(name)
        for name in {probe.source for probe in self.probes}:
            self._send(name)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and not expected <= self.seen.keys():
            self._take(0.1)
        deadline = time.monotonic() + GRACE_S
        while (left := deadline - time.monotonic()) > 0:
            self._take(left)
        return self.seen

    def _take(self, wait_s: float) -> None:
        """Do what is to be done for sockets that are ready."""
        for key, _ in self.selector.select(wait_s):
            act: Callable[[], None] = key.data
            act()

    def _watch(self, opened: socket.socket, events: int, act: Callable[[], None]) -> None:
        """Keep a socket until the round ends."""
        opened.setblocking(False)
        self.selector.register(opened, events, act)

    def _opened(self, kind: int, protocol: int = 0) -> socket.socket:
        """Open a socket in the namespace of the thread."""
        return self.stack.enter_context(socket.socket(socket.AF_INET, kind, protocol))

    def _listen(self, name: str) -> None:
        """Listen at every port that is probed at a host."""
        host = self.hosts[name]
        ports = {(probe.protocol, probe.port) for probe in self.probes if probe.target == name}
        with within(host.namespace):
            for protocol, port in sorted(ports):
                if protocol == "tcp":
                    listening = self._opened(socket.SOCK_STREAM)
                    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    listening.bind((host.address, port))
                    listening.listen(100)
                    self._watch(listening, selectors.EVENT_READ, lambda at=listening: self._accept(at))  # type: ignore[misc]
                elif protocol == "udp":
                    bound = self._opened(socket.SOCK_DGRAM)
                    bound.bind((host.address, port))
                    self._watch(bound, selectors.EVENT_READ, lambda at=bound: self._echo(at))  # type: ignore[misc]

    def _accept(self, listening: socket.socket) -> None:
        """Tell whoever connects which address it has."""
        connection, (address, _) = listening.accept()
        with connection:
            connection.sendall(address.encode())

    def _echo(self, bound: socket.socket) -> None:
        """Tell the sender which address it has."""
        try:
            _, sender = bound.recvfrom(100)
        except BlockingIOError:
            return  # what came was damaged, and was thrown away
        bound.sendto(sender[0].encode(), sender)

    def _send(self, name: str) -> None:
        """Send all probes of a host."""
        own = [probe for probe in self.probes if probe.source == name]
        with within(self.hosts[name].namespace):
            if any(probe.protocol == "icmp" for probe in own):
                raw = self._opened(socket.SOCK_RAW, socket.IPPROTO_ICMP)
                self._watch(raw, selectors.EVENT_READ, lambda: self._replied(raw, name))
            for probe in own:
                target = self.hosts[probe.target].address
                if probe.protocol == "tcp":
                    client = self._opened(socket.SOCK_STREAM)
                    self._watch(client, selectors.EVENT_READ, lambda at=client, of=probe: self._told(at, of))  # type: ignore[misc]
                    client.connect_ex((target, probe.port))
                elif probe.protocol == "udp":
                    client = self._opened(socket.SOCK_DGRAM)
                    self._watch(client, selectors.EVENT_READ, lambda at=client, of=probe: self._told(at, of))  # type: ignore[misc]
                    client.connect((target, probe.port))
                    client.send(b"who")
                else:
                    self._echoes[name, target] = probe
                    raw.sendto(self._request(), (target, 0))

    def _told(self, client: socket.socket, probe: Probe) -> None:
        """Hear which address the receiver saw."""
        try:
            said = client.recv(100).decode()
        except OSError:
            said = ""
        if said:
            self.seen[probe] = said
        self.selector.unregister(client)

    def _request(self) -> bytes:
        """Make a ping."""
        head = struct.pack("!BBHHH", _ECHO_REQUEST, 0, 0, self._identifier, 1)
        words = struct.unpack(f"!{len(head) // 2}H", head)
        total = sum(words)
        total = (total >> 16) + (total & 0xFFFF)
        return struct.pack("!BBHHH", _ECHO_REQUEST, 0, ~total & 0xFFFF, self._identifier, 1)

    def _replied(self, raw: socket.socket, name: str) -> None:
        """Hear the answer to a ping."""
        packet, (address, _) = raw.recvfrom(200)
        kind, _, _, identifier, _ = struct.unpack("!BBHHH", packet[20:28])
        probe = self._echoes.get((name, address))
        if (kind, identifier) == (_ECHO_REPLY, self._identifier) and probe is not None:
            self.seen[probe] = self.hosts[name].address
