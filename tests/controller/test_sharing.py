"""Several controllers on one PostgreSQL: work is shared, done once, taken over from the dead, and fenced from the cut off."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from range.controller.leases import LOST_EXIT_CODE, Lease
from range.controller.walks import Walk, walker
from range.errors import Busy, EnvironmentMissing
from tests.controller.postgres import Server, server
from tests.waiting import until

ROOT = Path(__file__).parents[2]
PATIENCE_S = 100.0
CONTROLLER = """
import os, signal, sys, time
from pathlib import Path
from range.controller.sharing import Sharing
from range.controller.walks import Walk, walker, walk_under_way

url, log, role, does = sys.argv[1:5]
mine = []

def acting(digest, enclave, step):
    with open(log, "a") as file:
        file.write(f"{os.getpid()} {enclave} {step}\\n")
    if does == f"die in {step}":
        os.kill(os.getpid(), signal.SIGKILL)
    if does == f"stay in {step}":
        time.sleep(120)
    return {"by": os.getpid()}

def sharing(executor):
    mine.append(Sharing(url, executor, acting, ("digest",) if role != "asks" else ()))
    return mine[0]

def perform(enclave, step):
    return mine[0].carried_out(walk_under_way(), "digest", enclave, step)

with walker(url, perform, sharing) as walks:
    print("ready", flush=True)
    if role == "works":
        sys.stdin.read()
    else:
        started = [walks.begin(Walk("steadfast", name, ("first", "second", "third"), "digest")) for name in does.split()]
        for each in started:
            print(each.get_result(polling_interval_sec=0.05), flush=True)
"""

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    """A server for all tests of this file."""
    with server() as running:
        yield running


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Where steps are written down when they are done."""
    return tmp_path / "log"


Begin = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def controller(postgres: Server, log: Path) -> Iterator[Begin]:
    """Start controllers: `controller("works", "stay in second")`, or one that asks for walks."""
    begun: list[subprocess.Popen[str]] = []

    def begin(role: str, does: str = "nothing") -> subprocess.Popen[str]:
        command = [sys.executable, "-c", CONTROLLER, postgres.url, str(log), role, does]
        process = subprocess.Popen(
            command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        begun.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


def done(log: Path) -> list[str]:
    """List what was done: enclave and step."""
    return [line.partition(" ")[2] for line in log.read_text().splitlines()] if log.exists() else []


def steps_of(*enclaves: str) -> list[str]:
    """List all steps of some enclaves."""
    return sorted(f"{enclave} {step}" for enclave in enclaves for step in ("first", "second", "third"))


def test_work_is_shared_and_none_done_twice(controller: Begin, log: Path) -> None:
    controller("works")
    controller("works")
    asking = controller("asks", "est pol fra gbr")

    assert asking.wait(PATIENCE_S) == 0
    assert sorted(done(log)) == steps_of("est", "pol", "fra", "gbr")


def test_the_step_of_a_controller_that_died_is_taken_over(controller: Begin, log: Path) -> None:
    dying = controller("works", "die in second")
    asking = controller("asks", "lva")
    assert dying.wait(PATIENCE_S) == -signal.SIGKILL

    survivor = controller("works")

    assert asking.wait(PATIENCE_S) == 0
    assert sorted(done(log)) == sorted([*steps_of("lva"), "lva second"])
    assert f"{survivor.pid} lva second" in log.read_text()


def test_a_controller_that_lost_its_lease_ends_and_writes_nothing(
    controller: Begin, postgres: Server, log: Path
) -> None:
    cut_off = controller("works", "stay in second")
    asking = controller("asks", "ltu")
    until(lambda: "ltu second" in done(log), PATIENCE_S)

    survivor = controller("works")
    lease = (
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'range %-{cut_off.pid}-%'"
    )
    assert postgres.ask(lease) == [(True,)]

    assert cut_off.wait(PATIENCE_S) == LOST_EXIT_CODE
    assert asking.wait(PATIENCE_S) == 0
    assert str(survivor.pid) in asking.communicate()[0].rpartition("second")[2]


def test_two_controllers_never_walk_the_same_enclave(postgres: Server) -> None:
    first, second = (Lease(postgres.url, name, lost=lambda _: None) for name in ("first", "second"))
    with first.claim("steadfast.est"):
        with pytest.raises(Busy, match=r"steadfast\.est"), second.claim("steadfast.est"):
            pass
        with second.claim("steadfast.pol"):
            pass
    with second.claim("steadfast.est"):
        pass
    first.close()
    second.close()


def test_who_lives_is_told_by_the_server(postgres: Server) -> None:
    first, second = (Lease(postgres.url, name, lost=lambda _: None) for name in ("first", "second"))
    assert second.lives("first")

    first.close()

    until(lambda: not second.lives("first"), PATIENCE_S)
    second.close()


def test_a_database_that_is_cut_off_in_the_middle_ends_the_command_and_it_goes_on_when_it_is_back(
    controller: Begin, postgres: Server, log: Path
) -> None:
    worker = controller("works", "stay in second")
    asking = controller("asks", "svn")
    until(lambda: "svn second" in done(log), PATIENCE_S)
    postgres.stop()
    assert worker.wait(PATIENCE_S) == LOST_EXIT_CODE
    assert asking.wait(PATIENCE_S) == LOST_EXIT_CODE
    assert "lost its lease" in asking.communicate()[1]

    postgres.start()
    controller("works")
    again = controller("asks", "svn")

    assert again.wait(PATIENCE_S) == 0, again.communicate()[1]
    assert sorted(done(log)) == sorted([*steps_of("svn"), "svn second"])


def test_a_database_that_is_down_is_named_with_what_to_do() -> None:
    with pytest.raises(EnvironmentMissing, match=r"127\.0\.0\.1") as failed:
        Lease("postgresql://postgres@127.0.0.1:1/postgres", "me")
    assert "RANGE_DATABASE" in str(failed.value)


def test_a_password_is_never_shown() -> None:
    with (
        pytest.raises(EnvironmentMissing) as failed,
        walker("postgresql://range:hush@127.0.0.1:1/range", lambda *_: {}) as walks,
    ):
        walks.begin(Walk("steadfast", "est", ("first",), "digest"))
    assert "hush" not in str(failed.value)
