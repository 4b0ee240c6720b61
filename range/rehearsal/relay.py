"""`python -m range.rehearsal.relay`: a connection from a host of the rehearsal to an address and port, over stdin and stdout.

For SSH as a ProxyCommand: the connection begins at the host that stands at the entry, with its address, and is let through or not
like any other of that host.
"""

from __future__ import annotations

import argparse
import os
import selectors
import socket
import sys
from pathlib import Path

from range.errors import EnvironmentMissing, RangeError
from range.rehearsal.network.hosts import Place, read
from range.rehearsal.network.namespaces import enter

_AT_ONCE = 1 << 16
CONNECT_S = 10.0
"""How long a connection may take to be made: what is filtered is never answered."""


def main(arguments: list[str] | None = None) -> int:
    """Connect, and carry bytes both ways until both sides have ended; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m range.rehearsal.relay", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the folder that keeps the rehearsal")
    parser.add_argument("--from", dest="entry", required=True, help="the private address of the host to connect from")
    parser.add_argument("host", help="the address to connect to")
    parser.add_argument("port", type=int)
    options = parser.parse_args(arguments)
    try:
        enter(Path(_entry(options.home, options.entry).namespace))
        carry(_connected(options.host, options.port, options.entry))
    except RangeError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def _entry(folder: Path, address: str) -> Place:
    """Find the host to connect from."""
    found = read(folder).get(address)
    if found is None or not found.is_there:
        raise EnvironmentMissing(
            f"no host of this rehearsal is at {address}, where connections begin",
            hint="range rehearsal status, then range up SPEC",
        )
    return found


def _connected(host: str, port: int, entry: str) -> socket.socket:
    """Connect.

    Raises:
        RangeError: nobody answered, or the connection was refused.
    """
    try:
        connection = socket.create_connection((host, port), timeout=CONNECT_S)
    except OSError as error:
        raise RangeError(f"no connection from {entry} to {host} port {port}: {error}") from error
    connection.settimeout(None)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def carry(connection: socket.socket, source: int = 0, sink: int = 1) -> None:
    """Carry bytes from a file to a connection and back; an end of either is passed on."""
    with connection, selectors.DefaultSelector() as selector:
        selector.register(source, selectors.EVENT_READ)
        selector.register(connection, selectors.EVENT_READ)
        while connection in selector.get_map():
            for key, _ in selector.select():
                if key.fileobj is connection:
                    taken = _received(connection)
                    if not taken:
                        return
                    _write(sink, taken)
                elif taken := os.read(source, _AT_ONCE):
                    connection.sendall(taken)
                else:
                    selector.unregister(source)
                    connection.shutdown(socket.SHUT_WR)


def _received(connection: socket.socket) -> bytes:
    """Receive; a connection that was reset has ended."""
    try:
        return connection.recv(_AT_ONCE)
    except ConnectionError:
        return b""


def _write(sink: int, content: bytes) -> None:
    """Write all of it."""
    while content:
        content = content[os.write(sink, content) :]


if __name__ == "__main__":
    sys.exit(main())
