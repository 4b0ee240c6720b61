"""Starting, finding and stopping the rehearsal process that belongs to a folder."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from range.errors import EnvironmentMissing, InputError, RangeError
from range.rehearsal.record import Rehearsal, birth, read

START_S = 60.0
"""How long a rehearsal may take to come up."""
STOP_S, STOP_HOSTS_S = 10.0, 60.0
"""How long one may take to stop before it is killed, without hosts and with; nothing is lost by that, since it saves before
it answers."""
_POLL_S = 0.05
_ERRORS = 2
_LOG_TAIL_BYTES = 4096
_FOREIGN = ("AWS_", "MOTO_", "PULUMI_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
"""Settings of the user's shell that the rehearsal must not take for its own."""


def start(home: Path, *, hosts: bool | None = None) -> Rehearsal:
    """Start the rehearsal of a folder and wait until it answers, or find the one that runs. `home` is `.range`.

    `hosts` says whether instances are machines; None is what it was before, and yes for a new one, unless RANGE_NO_HOSTS
    is set. The first start with hosts makes their image, which takes a minute or two.

    Raises:
        EnvironmentMissing: hosts can't run on this machine.
        InputError: it runs already, and with hosts where none are wanted, or the other way round.
        RangeError: it did not come up; the message ends with what its log says.
    """
    folder = _folder(home)
    with _one_at_a_time(folder):
        known = read(folder)
        found = _answering(folder, known.pid) if known is not None and known.is_alive else _left_starting(folder)
        if found is not None and hosts not in (None, found.hosts):
            runs = "with hosts" if found.hosts else "without hosts"
            raise InputError(f"this rehearsal runs {runs}", hint="range rehearsal stop, then start it the other way")
        if found is None:
            hosts = with_hosts(hosts, known)
        # one that was just killed may still have been there a moment ago
        started = found or _answering(folder, _spawn(folder, known, hosts=bool(hosts))) or _left_starting(folder)
    if started is None:
        raise RangeError(f"the rehearsal cloud did not start; its log ends:\n{_log_tail(folder)}", hint=_hint(folder))
    return started


def status(home: Path) -> Rehearsal | None:
    """Give the rehearsal that runs for a folder, or None."""
    folder = home / "rehearsal"
    known = read(folder) if folder.is_dir() else None
    return known if known is not None and known.is_alive else None


def stop(home: Path) -> bool:
    """Stop the rehearsal of a folder; say whether there was one. What it was told is kept for the next start.

    What hosts a killed one left running is stopped as well.
    """
    folder = _folder(home)
    with _one_at_a_time(folder):
        known = status(home) or _left_starting(folder)
        if known is not None:
            _end(known)
        if (folder / "hosts").is_dir():
            from range.rehearsal.hosts.leavings import clean

            clean(folder)
    return known is not None


def _end(known: Rehearsal) -> None:
    """End a rehearsal's process."""
    for number, patience_s in ((signal.SIGTERM, STOP_HOSTS_S if known.hosts else STOP_S), (signal.SIGKILL, STOP_S)):
        os.kill(known.pid, number)
        if _until(lambda: not known.is_alive, patience_s):
            return
    raise RangeError(f"process {known.pid} can't be killed", hint=f"see `ps -o pid,state,cmd -p {known.pid}`")


def _folder(home: Path) -> Path:
    """Make the folder that keeps the rehearsal."""
    folder = home / "rehearsal"
    folder.mkdir(parents=True, exist_ok=True)
    return folder.absolute()


@contextlib.contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: of two that start at once, the second finds what the first started."""
    with (folder / "start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def with_hosts(asked: bool | None, known: Rehearsal | None = None) -> bool:
    """Say whether a rehearsal that is about to start has hosts; if so, see to it that it can, and make their image.

    Raises:
        EnvironmentMissing: something is missing for them.
    """
    from range.rehearsal.hosts.images import image
    from range.rehearsal.hosts.means import lacking, left_out

    if not (asked if asked is not None else not left_out() and (known is None or known.hosts)):
        return False
    lacks = lacking()
    if lacks:
        hint = "`range doctor` says how to mend it; --no-hosts does without hosts"
        raise EnvironmentMissing(f"hosts can't run on this machine: {'; '.join(lack.why for lack in lacks)}", hint=hint)
    image()
    return True


def _spawn(folder: Path, known: Rehearsal | None, *, hosts: bool) -> int:
    """Start the process, in a session of its own, at the ports that it had before; give its id."""
    arguments = [sys.executable, "-m", "range.rehearsal", "--home", str(folder)]
    if known is not None:
        arguments += ["--port", str(known.port), "--provider-port", str(known.provider_port)]
    if not hosts:
        arguments.append("--no-hosts")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    root = str(Path(__file__).parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, environment.get("PYTHONPATH"))))
    output = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(folder / "log"), output, 0o600),
        (os.POSIX_SPAWN_DUP2, 1, 2),
        *((os.POSIX_SPAWN_CLOSE, descriptor) for descriptor in _handed_down()),
    ]
    return os.posix_spawn(sys.executable, arguments, environment, file_actions=files, setsid=True)


def _handed_down() -> Iterator[int]:
    """Give what whoever started this process left open for it: a lock, for example, which the rehearsal would keep for ever."""
    for descriptor in [int(each.name) for each in Path("/dev/fd").iterdir()]:
        with contextlib.suppress(OSError):  # the listing's own, closed by now
            if descriptor > _ERRORS and os.get_inheritable(descriptor):
                yield descriptor


def _answering(folder: Path, pid: int) -> Rehearsal | None:
    """Wait until the process has written where it is, and answers there; None if it ended instead.

    Raises:
        RangeError: it neither answered nor ended; it is killed.
    """
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        known = read(folder)
        if known is not None and known.pid == pid and _is_healthy(known):
            return known
        if not _is_running(pid):
            return None
        time.sleep(_POLL_S)
    os.kill(pid, signal.SIGKILL)
    raise RangeError(f"the rehearsal cloud did not answer within {START_S:.0f} s; its log ends:\n{_log_tail(folder)}")


def _left_starting(folder: Path) -> Rehearsal | None:
    """Wait for a rehearsal that holds the folder, and that nobody knows: who started it was killed before it answered."""
    holder = _holder(folder)
    return _answering(folder, holder) if holder is not None else None


def _holder(folder: Path) -> int | None:
    """Give the process that has a rehearsal's state open; None where nobody has."""
    path = folder / "state.lock"
    if not path.exists():
        return None
    with path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            written = lock.read()
            return int(written) if written.isdigit() else None
    return None


def _is_running(pid: int) -> bool:
    """Say whether a process runs; one of ours that ended is also laid to rest."""
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return birth(pid) is not None


def _is_healthy(known: Rehearsal) -> bool:
    """Ask the rehearsal whether it is up."""
    connection = http.client.HTTPConnection("127.0.0.1", known.port, timeout=5)
    try:
        connection.request("GET", "/_range/health")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _log_tail(folder: Path) -> str:
    """Give the end of the rehearsal's log."""
    path = folder / "log"
    return path.read_bytes()[-_LOG_TAIL_BYTES:].decode(errors="replace") if path.exists() else "(no log)"


def _hint(folder: Path) -> str:
    """Say what to do about the likeliest reason that it did not start."""
    if "Address already in use" in _log_tail(folder):
        return f"free the port, or delete {folder / 'rehearsal.json'} to take others"
    return f"see {folder / 'log'}, then `range rehearsal start`"


def _until(holds: Callable[[], bool], patience_s: float) -> bool:
    """Wait until something holds; say whether it did in time."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(_POLL_S)
    return holds()
