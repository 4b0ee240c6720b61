"""Two workers and the command that was typed share a life by a real database: one is killed, the database is stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from tests.bad_days.place import ALLY, PATIENCE_S, errors
from tests.bad_days.quick import Quick
from tests.bad_days.warm import Begun
from tests.controller.postgres import Server, server
from tests.waiting import POLL_S, until

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

UP, DOWN = ("up", "--ally", ALLY), ("down", "--yes")


@pytest.fixture(scope="module")
def database() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, database: Server) -> Iterator[Quick]:
    place = Quick(tmp_path_factory.mktemp("workers"), RANGE_DATABASE=database.url)
    yield place
    place.stop()


@pytest.fixture
def workers(place: Quick) -> Iterator[list[Begun]]:
    """Two workers; both are gone in the end."""
    place.weather()
    begun = [place.forked(("worker",)) for _ in [None] * 2]
    try:
        until(lambda: all("working" in each.stderr for each in begun), PATIENCE_S)
        yield begun
    finally:
        for worker in begun:
            if worker.wait(0) is None:
                os.killpg(worker.pid, signal.SIGKILL)
                worker.wait(PATIENCE_S)


def at_work(workers: list[Begun], on: str) -> list[Begun]:
    """Give the workers that have begun a step and not ended it."""
    return [each for each in workers if each.stderr.count(f"{on} …") > each.stderr.count(f"{on} done")]


def killed_at_work(place: Quick, workers: list[Begun]) -> tuple[Begun, Begun | None]:
    """Type `up`, and kill a worker that brings a stack up; none may: it is whoever comes first that takes a step."""
    up = place.forked(UP)
    while up.wait(POLL_S) is None:
        for worker in at_work(workers, "provision"):
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait(PATIENCE_S)
            return up, worker
    return up, None


def test_workers_that_were_there_before_take_what_came_later_down_and_leave_no_state_behind(
    place: Quick, workers: list[Begun]
) -> None:
    assert errors(place.typed(UP)) == []
    down = place.typed(DOWN)
    done = {row["name"]: row["deleted"] for row in down.document["enclaves"] if row["name"] in ("hub", ALLY)}
    taken = sum(each.stderr.count("destroy …") for each in workers)
    again = place.typed(UP)

    assert (down.code, errors(down), down.document["left"]) == (0, [], [])
    assert min(done.values()) > 50, (done, taken)
    assert errors(again) == []
    assert min(row["created"] for row in again.document["enclaves"]) > 50


def test_what_a_killed_worker_had_in_hand_is_done_by_another_controller_and_nothing_twice(
    place: Quick, workers: list[Begun]
) -> None:
    for _ in [None] * 10:
        up, killed = killed_at_work(place, workers)
        assert up.wait(PATIENCE_S) == 0, up.stderr
        if killed is not None:
            break

    assert killed is not None
    assert killed.code == -signal.SIGKILL
    again = place.typed(UP).document
    assert {row["name"]: row["phase"] for row in again["enclaves"]} == {"hub": "ready", ALLY: "ready"}
    assert [row["created"] + row["updated"] + row["deleted"] for row in again["enclaves"]] == [0, 0]


def test_a_database_that_is_stopped_ends_everybody_with_an_error_and_when_it_is_back_the_command_goes_on(
    place: Quick, workers: list[Begun], database: Server
) -> None:
    down = place.forked(DOWN)
    until(lambda: "destroy …" in down.stderr + workers[0].stderr + workers[1].stderr, PATIENCE_S)

    database.stop()
    codes = [each.wait(PATIENCE_S) for each in (down, *workers)]
    without = place.typed(DOWN)
    database.start()
    again = place.typed(DOWN)

    assert all(code not in (0, None) for code in codes), codes
    assert without.code == 2
    assert "RANGE_DATABASE" in without.stdout
    assert (again.code, errors(again), again.document["left"]) == (0, [], [])
