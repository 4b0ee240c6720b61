"""A PostgreSQL server of a test's own: in a folder of its own, on a free port of loopback, run by the user that may."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

USER = "postgres"


@dataclass(frozen=True)
class Server:
    """A running server, which a test may stop and start."""

    programs: Path
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """Where controllers find it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{USER}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self.run(
            "pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-o", options, "-w", "start"
        )

    def stop(self) -> None:
        """Stop it at once, connections and all."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Ask it something."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            return list(connection.execute(query.encode()).fetchall())

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs, as the user that it belongs to: root may not."""
        command = [str(self.programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


def programs() -> Path | None:
    """Find PostgreSQL's programs: Debian keeps them apart, by version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """Make and start a server; skip the test where there is none to be had."""
    where = programs()
    if where is None:
        pytest.skip("PostgreSQL isn't installed: apt-get install postgresql")
    with tempfile.TemporaryDirectory() as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, USER, USER)
        made = Server(where, folder, port)
        made.run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", USER, "--no-sync")
        made.start()
        try:
            yield made
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):
                made.stop()
