"""Enclaves that gather before a step, side by side."""

from __future__ import annotations

import threading

from range.controller.turns import Gathered, Turns


class Threads:
    """Enclaves that gather, each in a thread of its own."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self._came: dict[str, Gathered] = {}
        self._threads: dict[str, threading.Thread] = {}

    def begin(self, enclave: str) -> None:
        """Have one more come."""

        def come() -> None:
            self._came[enclave] = self._turns.gather(enclave, "verify")

        self._threads[enclave] = threading.Thread(target=come, daemon=True)
        self._threads[enclave].start()

    def result(self, enclave: str, timeout_s: float) -> Gathered | None:
        """Give with whom one goes on; None if it still waits by then."""
        self._threads[enclave].join(timeout_s)
        return self._came.get(enclave)


def gathered_in_threads(turns: Turns, *enclaves: str) -> Threads:
    """Have enclaves gather."""
    threads = Threads(turns)
    for enclave in enclaves:
        threads.begin(enclave)
    return threads
