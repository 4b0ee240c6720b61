"""A client of the collector, run inside its network: sends what a test tells it to, and says how that went.

python shipper.py JSON    with: collector, port, source, certificate (or null), authority, lines, raw (hex, null), per_s (or none)
"""

from __future__ import annotations

import json
import socket
import ssl
import sys
import time
from typing import Any

BURST = 20
"""Messages that are sent at once where there is a rate to keep."""


def context_of(told: dict[str, Any]) -> ssl.SSLContext:
    """Believe the collector's authority, and show the certificate that was given, if any."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(told["authority"])
    if told["certificate"]:
        context.load_cert_chain(told["certificate"])
    return context


def frame(text: str, number: int, told: dict[str, Any]) -> bytes:
    """Frame a message as RFC 5425 has it."""
    host, size = told.get("claims", "host"), told.get("size", 0)
    body = f"<14>1 2026-01-01T00:00:00Z {host} test - - - {text} {number}{'x' * size}".encode()
    return f"{len(body)} ".encode() + body


def main() -> None:
    """Send it all, and print how many messages were written."""
    told = json.loads(sys.argv[1])
    plain = socket.create_connection((told["collector"], told["port"]), source_address=(told["source"], 0), timeout=60)
    sent = 0
    try:
        if told.get("raw") and told["certificate"] is None:
            plain.sendall(bytes.fromhex(told["raw"]))
            plain.recv(1)
        else:
            with context_of(told).wrap_socket(plain) as wrapped:
                if told.get("raw"):
                    wrapped.sendall(bytes.fromhex(told["raw"]))
                began, per_s = time.monotonic(), told.get("per_s")
                for number in range(told["lines"]):
                    wrapped.sendall(frame(told["text"], number, told))
                    sent += 1
                    if per_s and sent % BURST == 0:
                        time.sleep(max(0.0, began + sent / per_s - time.monotonic()))
                print(json.dumps({"sent": sent, "error": None}), flush=True)
                sys.stdin.read()  # stays connected until the test has seen enough, as a shipper does
                return
    except (ssl.SSLError, OSError) as error:
        print(json.dumps({"sent": sent, "error": str(error)}))
        return
    print(json.dumps({"sent": sent, "error": None}))


if __name__ == "__main__":
    main()
