"""One round of probes: an agent on each host, all ready before any sends, all heard after the last has sent."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, Self, TypeVar

from range.errors import CloudError
from range.verify.probes.choice import Probe, Station

Command = Callable[[str, str, Sequence[str]], list[str]]
"""Gives what is typed here to run words as root on a host, which is named by its enclave and its name there."""

T = TypeVar("T")

_AGENT = Path(__file__).with_name("agent.py")
_PATIENCE_S = 60.0
"""How long a host may take for one step of a round."""
_WAIT_S = 3.0
"""How long an answer is waited for; the first packet of a connection is sent again after one second."""


class Outcome(NamedTuple):
    """What became of a probe."""

    arrived: bool
    answered: bool


class Round(NamedTuple):
    """What a round of probes showed."""

    outcomes: dict[Probe, Outcome]
    """What became of each probe between two hosts that both answered."""
    silent: dict[Station, str]
    """The hosts that could not be come by, and why: nothing is said of probes from or to them."""


def sent(probes: Iterable[Probe], command: Command) -> Round:
    """Send probes between hosts, and say what became of each; hosts that can't be come by leave the others to go on."""
    by_host: dict[Station, list[Probe]] = {}
    for probe in probes:
        by_host.setdefault(probe.source, []).append(probe)
        by_host.setdefault(probe.target, [])
    silent: dict[Station, str] = {}
    with ExitStack() as stack, ThreadPoolExecutor(max_workers=max(1, len(by_host))) as pool:
        agents = {station: stack.enter_context(_Agent(station, command)) for station in by_host}

        def asked(act: Callable[[Station], T]) -> dict[Station, T]:
            """Have every host that still answers do something."""

            def one(station: Station) -> tuple[Station, T] | None:
                try:
                    return station, act(station)
                except CloudError as error:
                    silent[station] = error.message
                    return None

            return dict(each for each in pool.map(one, [each for each in by_host if each not in silent]) if each)

        asked(lambda station: agents[station].begin(by_host[station]))
        answered = asked(lambda station: agents[station].go())
        heard = asked(lambda station: agents[station].stop())
    both = {
        station: [(number, probe) for number, probe in enumerate(by_host[station]) if probe.target in heard]
        for station in heard
    }
    return Round(dict(_outcomes(both, answered, heard)), silent)


def _outcomes(
    by_host: Mapping[Station, list[tuple[int, Probe]]],
    answered: Mapping[Station, set[int]],
    heard: Mapping[Station, set[tuple[str, str, int]]],
) -> Iterator[tuple[Probe, Outcome]]:
    """Put together what both ends say."""
    for station, probes in by_host.items():
        for number, probe in probes:
            arrival = (str(station.host.address), probe.protocol, probe.port)
            yield probe, Outcome(arrival in heard[probe.target], number in answered[station])


class _Agent:
    """The agent on one host."""

    def __init__(self, station: Station, command: Command) -> None:
        self._name = f"{station.zone.enclave}/{station.host.name}"
        self._address = str(station.host.address)
        words = command(
            station.zone.enclave, station.host.name, ("python3", "-u", "-c", _AGENT.read_text(encoding="utf-8"))
        )
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what runs here; the agent ends with its input."""
        self._process.kill()
        self._process.communicate()

    def begin(self, probes: list[Probe]) -> None:
        """Tell what to send, and wait until it listens."""
        listed = [(str(probe.target.host.address), probe.protocol, probe.port) for probe in probes]
        self._ask({"address": self._address, "probes": listed, "wait_s": _WAIT_S})

    def go(self) -> set[int]:
        """Have everything sent; give the numbers of what was answered."""
        return set(self._ask("go")["answered"])

    def stop(self) -> set[tuple[str, str, int]]:
        """Have what arrived told."""
        return {(source, protocol, port) for source, protocol, port in self._ask("stop")["heard"]}

    def _ask(self, document: object) -> dict[str, Any]:
        """Say a line and read one.

        Raises:
            CloudError: there is nobody to read it.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        too_late = threading.Timer(_PATIENCE_S, self._process.kill)
        too_late.start()
        try:
            self._process.stdin.write(json.dumps(document) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
            said: dict[str, Any] = json.loads(line)
        except (OSError, ValueError) as error:
            self._process.kill()
            told = self._process.communicate()[1].strip()[-500:]
            raise CloudError(
                f"{self._name} can't be probed from: {told or 'its agent ended without a word'}",
                hint=f"range ssh {self._name} python3 --version",
            ) from error
        finally:
            too_late.cancel()
        return said
