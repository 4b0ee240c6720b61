"""The resolver of every VPC, at one socket: who asks tells which VPC's it is. Nothing is ever asked of anybody else."""

from __future__ import annotations

import logging
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from range.rehearsal.network.names import Names, Reply, reply
from range.rehearsal.network.namespaces import within

_log = logging.getLogger(__name__)
_PORT = 53
_PLAIN_SIZE = 512
"""Source: RFC 1035, section 2.3.4, read 2026-11-28."""
_LARGEST = 65535
_NO_ANSWER_TTL_S = 60
_PATIENCE_S = 10.0


class Resolver:
    """Answers queries that come to an address of a namespace, until it is closed."""

    def __init__(self, namespace: Path, address: str, names: Callable[[], Names]) -> None:
        """Listen; `names` gives what is to be answered now."""
        with within(namespace):
            self._servers = (_Datagrams((address, _PORT), _Datagram), _Streams((address, _PORT), _Stream))
        for server in self._servers:
            server.names = names
            threading.Thread(target=server.serve_forever, args=(0.1,), name="resolver", daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        for server in self._servers:
            server.shutdown()
            server.server_close()


def answer(names: Names, asker: str, wire: bytes, largest: int) -> bytes | None:
    """Answer a message of DNS; None for what isn't one."""
    try:
        query = dns.message.from_wire(wire)
    except (dns.exception.DNSException, struct.error, ValueError):
        return None
    if query.flags & dns.flags.QR or len(query.question) != 1:
        return None
    response = dns.message.make_response(query, recursion_available=True)
    (question,) = query.question
    kind = dns.rdatatype.to_text(question.rdtype)
    said = reply(names, ip_address(asker), question.name.to_text().lower(), kind)
    _fill(response, said)
    size = min(largest, max(query.payload, _PLAIN_SIZE) if query.edns >= 0 else _PLAIN_SIZE)
    try:
        return bytes(response.to_wire(max_size=_LARGEST if largest == _LARGEST else size))
    except dns.exception.TooBig:
        short = dns.message.make_response(query, recursion_available=True)
        short.flags |= dns.flags.TC
        return bytes(short.to_wire())


def _fill(response: dns.message.Message, said: Reply) -> None:
    """Write what was found into a message; a value that is none is left out, and told in the log."""
    response.set_rcode(dns.rcode.from_text(said.code))
    for record in said.records:
        if not record.values:
            continue
        try:
            rrset = dns.rrset.from_text(record.name, record.ttl, "IN", record.type, *record.values)
        except (dns.exception.DNSException, ValueError) as error:
            _log.warning("the record %s %s can't be answered: %s", record.name, record.type, error)
            continue
        response.answer.append(rrset)
    if said.zone is not None:
        text = f"ns-0.awsdns-00.com. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 {_NO_ANSWER_TTL_S}"
        response.authority.append(dns.rrset.from_text(said.zone, _NO_ANSWER_TTL_S, "IN", "SOA", text))


class _Datagram(socketserver.BaseRequestHandler):
    """One query by UDP."""

    server: _Datagrams

    def handle(self) -> None:
        """Answer."""
        wire, bound = self.request
        said = answer(self.server.names(), self.client_address[0], wire, 4096)
        if said is not None:
            bound.sendto(said, self.client_address)


class _Stream(socketserver.StreamRequestHandler):
    """Queries by TCP."""

    server: _Streams
    timeout = _PATIENCE_S

    def handle(self) -> None:
        """Answer until the client goes, or says nothing for long."""
        with suppress(OSError):
            while head := self.rfile.read(2):
                wire = self.rfile.read(int.from_bytes(head, "big"))
                said = answer(self.server.names(), self.client_address[0], wire, _LARGEST)
                if said is None:
                    return
                self.wfile.write(len(said).to_bytes(2, "big") + said)


class _Datagrams(socketserver.UDPServer):
    """Listens by UDP."""

    names: Callable[[], Names]
    address_family = socket.AF_INET


class _Streams(socketserver.ThreadingTCPServer):
    """Listens by TCP."""

    names: Callable[[], Names]
    daemon_threads = True
    allow_reuse_address = True
