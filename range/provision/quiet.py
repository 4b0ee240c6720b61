"""What the SDK does in every program for nothing, left out: messages that nobody reads, and counting while it waits."""

from __future__ import annotations

import asyncio
from typing import Any

from pulumi import log
from pulumi.runtime import stack


def leave_out_debugging() -> None:
    """Let the SDK send the engine no messages that it shows only with `--debug`, which we never ask for. Once is enough.

    It sends five for each resource, each in a gRPC call of its own that the program waits for: a third of a program's time.
    Measured with pulumi 3.250.0; there is no setting for it.
    """
    log.debug = _nothing


def wait_for_all_at_once() -> None:
    """Let the SDK wait for a program's outputs until all are there or one has failed. Once is enough.

    It waits until any one is there, and then turns to all that are left again, which grows with their square: more than a
    third of a program's time. What it does when one fails, and with those that were added meanwhile, stays as it is.
    Measured with pulumi 3.250.0; there is no setting for it.
    """
    vars(stack)["asyncio"] = _Patient()


class _Patient:
    """asyncio, as the SDK's module for stacks finds it."""

    FIRST_COMPLETED = asyncio.FIRST_EXCEPTION

    def __getattr__(self, name: str) -> Any:
        """Give everything else as it is."""
        return getattr(asyncio, name)


def _nothing(*_: object, **__: object) -> None:
    """Say nothing."""
