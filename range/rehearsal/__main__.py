"""`python -m range.rehearsal`: the rehearsal cloud as a process, until it is told to stop."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from range.errors import RangeError
from range.heap import share_arenas
from range.rehearsal.door import Cloud
from range.rehearsal.enabled import enabled
from range.rehearsal.record import Rehearsal, write
from range.rehearsal.server import Front

if TYPE_CHECKING:
    from range.rehearsal.hosts.hosts import Hosts

_log = logging.getLogger("range.rehearsal")


class _Stoppable(Protocol):
    """What the provider's server promises."""

    def stop(self, grace: float | None) -> object:
        """Stop taking calls; let those under way finish within the grace, in seconds."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; give the exit code."""
    options = _options(arguments)
    share_arenas()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        _serve(options.home, options.port, options.provider_port, hosts=not options.no_hosts)
    except RangeError as error:
        _log.error("%s", error)
        return error.exit_code
    except OSError as error:
        _log.error("can't serve: %s", error)
        return 1
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m range.rehearsal", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the folder that keeps this rehearsal")
    parser.add_argument("--port", type=int, default=0, help="for AWS clients; a free one if not given")
    parser.add_argument("--provider-port", type=int, default=0, help="for the Pulumi engine; a free one if not given")
    parser.add_argument("--no-hosts", action="store_true", help="instances are records only, and no machines")
    return parser.parse_args(arguments)


def _serve(home: Path, port: int, provider_port: int, *, hosts: bool) -> None:
    """Open the cloud, both fronts, and say where they are; close everything when a signal comes."""
    told_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told_to_stop.set())
    enabled()
    cloud = Cloud(home)
    machines = _hosts(cloud, home) if hosts else None
    front = Front(cloud, port)
    provider, provider_port = _provider(cloud, provider_port)
    threading.Thread(target=front.serve_forever, args=(0.05,), name="front", daemon=True).start()
    write(home, Rehearsal.of_this_process(port=front.port, provider_port=provider_port, hosts=hosts))
    _log.info("serving at http://127.0.0.1:%d, provider at port %d", front.port, provider_port)
    told_to_stop.wait()
    front.shutdown()
    provider.stop(1.0)
    if machines is not None:
        machines.close()
    cloud.close()
    if machines is not None:
        machines.clean()


def _hosts(cloud: Cloud, home: Path) -> Hosts:
    """Let instances be machines."""
    from range.rehearsal.hosts.hosts import Hosts

    return Hosts(cloud, home)


def _provider(cloud: Cloud, port: int) -> tuple[_Stoppable, int]:
    """Start the Pulumi resource provider in this process."""
    from range.rehearsal.provider.server import serve

    return serve(cloud, port)


if __name__ == "__main__":
    sys.exit(main())
