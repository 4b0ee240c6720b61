"""What stands in for the internet: a namespace where every address is there, answers pings, and says who it was that asked.

Nothing leads on from here. TCP and UDP at any port are answered with the address that the packet came from, DNS as by a name
server that knows the exercise's public zones and no other name.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterable
from pathlib import Path

from range.rehearsal.network.commands import ip, nft
from range.rehearsal.network.compiler.filters import OUTSIDE
from range.rehearsal.network.names import Names
from range.rehearsal.network.namespaces import make, remove, settings, within
from range.rehearsal.network.resolver import Resolver
from range.rehearsal.network.world import Network

_INSIDE = "169.254.1.2"
"""The router's address on the way there."""
_BEYOND = "169.254.1.1"
_INSIDE_6, _BEYOND_6 = "fe80::2", "fe80::1"
_GATE = {4: _INSIDE, 6: _INSIDE_6}
_TABLE = {4: "local", 6: "main"}
"""The routing tables that say which addresses are here, by IP's version."""
_WIRE = "up0"
_ECHO = 7
_SETTINGS = {
    "net/ipv4/ip_forward": "1",
    "net/ipv4/conf/all/rp_filter": "0",
    "net/ipv4/conf/default/rp_filter": "0",
    "net/ipv4/conf/all/send_redirects": "0",
    "net/ipv4/conf/default/send_redirects": "0",
    "net/ipv6/conf/all/forwarding": "1",
    "net/ipv6/conf/default/accept_dad": "0",
}
_RULES = f"""
add table inet internet
delete table inet internet
add table inet internet
add chain inet internet answered {{ type nat hook prerouting priority dstnat; policy accept; }}
add rule inet internet answered iifname "{_WIRE}" fib daddr type != local accept
add rule inet internet answered iifname "{_WIRE}" meta l4proto {{ tcp, udp }} th dport != 53 redirect to :{_ECHO}
add rule inet internet answered iifname "{_WIRE}" meta l4proto {{ tcp, udp }} redirect
"""


class Internet:
    """The namespace, wired to a router's."""

    def __init__(self, router: Path, name: str) -> None:
        """Make it anew and answer in it."""
        remove(name)
        self.name = name
        self.path = make(name)
        self._known: frozenset[Network] = frozenset()
        self.names = Names(for_anybody=True)
        with within(self.path):
            settings(_SETTINGS)
        with within(router):
            ip([f"link delete dev {OUTSIDE}"], force=True)
            ip([f"link add {OUTSIDE} type veth peer name {_WIRE} netns {self.path}"])
        with within(self.path):
            ip(_far_side())
            nft(_RULES)
            self._servers = (
                _Streams(("::", _ECHO), _Stream),
                _Datagrams(("::", _ECHO), _Datagram),
            )
        with within(router):
            ip(_near_side())
        self._resolver = Resolver(self.path, _BEYOND, lambda: self.names)
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.1,), name="internet", daemon=True).start()

    def lead_back(self, public: Iterable[Network]) -> None:
        """Know which ranges are this rehearsal's own; all else is on the internet."""
        wanted = frozenset(public)
        if wanted == self._known:
            return
        with within(self.path):
            ip([f"route delete {each} table {_TABLE[each.version]}" for each in self._known - wanted], force=True)
            ip(
                f"route replace {each} via {_GATE[each.version]} dev {_WIRE} onlink table {_TABLE[each.version]}"
                for each in wanted - self._known
            )
        self._known = wanted

    def close(self) -> None:
        """Remove it."""
        self._resolver.close()
        for server in self._servers:
            server.shutdown()
            server.server_close()
        remove(self.name)


def _far_side() -> list[str]:
    """Give the lines for the internet's end: every address is local, but those that lead back."""
    return [
        f"address replace {_BEYOND}/32 dev {_WIRE}",
        f"address replace {_BEYOND_6}/64 dev {_WIRE} nodad",
        f"link set dev {_WIRE} up",
        f"route replace {_INSIDE}/32 dev {_WIRE}",
        "route replace local 0.0.0.0/0 dev lo table local",
        "route replace local ::/0 dev lo table main",
    ]


def _near_side() -> list[str]:
    """Give the lines for the router's end: what is nowhere here is there."""
    return [
        f"address replace {_INSIDE}/32 dev {OUTSIDE}",
        f"address replace {_INSIDE_6}/64 dev {OUTSIDE} nodad",
        f"link set dev {OUTSIDE} up",
        f"route replace default via {_BEYOND} dev {OUTSIDE} onlink",
        f"route replace default via {_BEYOND_6} dev {OUTSIDE}",
    ]


def _plain(address: str) -> str:
    """Give an address as it is; a socket for both versions has those of IPv4 inside IPv6's."""
    return address.removeprefix("::ffff:")


class _Stream(socketserver.BaseRequestHandler):
    """One connection: the caller hears its own address."""

    def handle(self) -> None:
        """Answer."""
        self.request.sendall(f"{_plain(self.client_address[0])}\n".encode())


class _Datagram(socketserver.BaseRequestHandler):
    """One datagram."""

    def handle(self) -> None:
        """Answer."""
        self.request[1].sendto(f"{_plain(self.client_address[0])}\n".encode(), self.client_address)


class _Streams(socketserver.ThreadingTCPServer):
    """Answers TCP."""

    address_family = socket.AF_INET6
    daemon_threads = True
    allow_reuse_address = True


class _Datagrams(socketserver.UDPServer):
    """Answers UDP."""

    address_family = socket.AF_INET6
