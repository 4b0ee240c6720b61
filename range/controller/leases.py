"""Who is alive, told by PostgreSQL: locks of a session, which the server drops with its connection.

A controller holds one connection for as long as it lives, and on it a lock for itself and one for each enclave that it walks.
It asks the server every second: one that gets no answer has lost its lease, and ends at once, before the server gives its
locks to another; what it was about to write is never written.

Source: PostgreSQL 15, "Advisory Locks" and "Connections and Authentication" (tcp_keepalives_*), read 2026-11-28.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg

from range.errors import Busy, EnvironmentMissing, RangeError

BEAT_S = 1.0
ANSWERS_WITHIN_S = 4.0
"""How long the server may take to answer before the lease counts as lost; well below what follows."""
GIVEN_UP_AFTER_S = 7
"""When the server gives up a client that it doesn't hear from, and with it all of its locks."""
_SETTINGS = (
    "-c tcp_keepalives_idle=3 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2 "
    f"-c tcp_user_timeout={GIVEN_UP_AFTER_S}000"
)
LOST_EXIT_CODE = RangeError.exit_code


class Lease:
    """One controller's own connection, and the locks that say that it lives."""

    def __init__(self, url: str, holder: str, *, lost: Callable[[str], None] | None = None) -> None:
        """Connect, and hold the lock of `holder`; `lost` is called when the lease is gone, and ends this process if not given.

        Raises:
            EnvironmentMissing: the server isn't there, or is none.
        """
        self.holder = holder
        self._lost = lost or _end
        self._guard = threading.Lock()
        self._over = threading.Event()
        self._connection = connected(url, name=f"range {holder}", options=_SETTINGS)
        self._ask("SELECT pg_advisory_lock(%s, hashtext(%s))", _ALIVE, holder)
        self._beat = threading.Thread(target=self._beating, name="lease", daemon=True)
        self._beat.start()

    def lives(self, holder: str) -> bool:
        """Say whether another controller lives: its lock can't be had."""
        if holder == self.holder:
            return True
        if self._ask("SELECT pg_try_advisory_lock(%s, hashtext(%s))", _ALIVE, holder):
            self._ask("SELECT pg_advisory_unlock(%s, hashtext(%s))", _ALIVE, holder)
            return False
        return True

    @contextlib.contextmanager
    def claim(self, name: str) -> Iterator[None]:
        """Hold an enclave for the length of the block, against every controller that shares the database.

        Raises:
            Busy: another one holds it.
        """
        if not self._ask("SELECT pg_try_advisory_lock(%s, hashtext(%s))", _WALKS, name):
            raise Busy(
                f"{name} is busy: another controller walks it", hint="wait until it has ended, then type it again"
            )
        try:
            yield
        finally:
            with contextlib.suppress(RangeError):
                self._ask("SELECT pg_advisory_unlock(%s, hashtext(%s))", _WALKS, name)

    def check(self) -> None:
        """Make sure that the lease still holds, before something is written that only its holder may write.

        Raises:
            RangeError: it is lost.
        """
        self._ask("SELECT true")

    def close(self) -> None:
        """Give up all locks."""
        self._over.set()
        self._beat.join()
        self._connection.close()

    def _ask(self, query: str, *values: Any) -> Any:
        try:
            with self._guard:
                row = self._connection.execute(query, values).fetchone()
        except psycopg.Error as error:
            told = " ".join(str(error).split())
            raise RangeError(f"the controllers' database can't be asked: {told}", hint=_BACK) from error
        return row[0] if row else None

    def _beating(self) -> None:
        """Ask the server again and again; an answer that doesn't come in time means that the lease is lost."""
        while not self._over.wait(BEAT_S):
            watch = threading.Timer(ANSWERS_WITHIN_S, self._lost, ["the database didn't answer in time"])
            watch.daemon = True
            watch.start()
            try:
                self.check()
            except RangeError as error:
                if not self._over.is_set():
                    self._lost(error.message)
                return
            finally:
                watch.cancel()


_ALIVE, _WALKS = 7401, 7402
"""Advisory locks have two numbers: what kind of lock, and whose."""
_BACK = "see that the server named by RANGE_DATABASE runs; typed again when it is back, the command goes on from here"


def connected(url: str, *, name: str, options: str) -> psycopg.Connection[tuple[Any, ...]]:
    """Connect to the controllers' database, under a name that its administrator sees.

    Raises:
        EnvironmentMissing: nobody answers there.
    """
    try:
        return psycopg.connect(
            url, autocommit=True, connect_timeout=5, application_name=name, options=options, keepalives_idle=3
        )
    except psycopg.Error as error:
        told = " ".join(str(error).split())
        raise EnvironmentMissing(f"the controllers' database can't be used: {told}", hint=_BACK) from error


def _end(why: str) -> None:
    """End this process at once: from now on another one may be at work on what it had in hand."""
    os.write(2, f"range: this controller lost its lease and ends: {why}\n  → {_BACK}\n".encode())
    os._exit(LOST_EXIT_CODE)
