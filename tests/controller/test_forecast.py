"""How far a walk is, from what earlier ones took."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from range.controller.forecast import Run, forecast

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def walk(command: int, enclave: str, took: dict[str, float], *, running: str = "", ago_s: float = 0) -> list[Run]:
    """One walk: each step with what it took; the running one began some time ago."""
    began = NOW - timedelta(days=1) + timedelta(hours=command)
    runs = []
    for step, seconds in took.items():
        ended = began + timedelta(seconds=seconds)
        runs.append(Run(command=command, enclave=enclave, step=step, began=began, ended=ended, outcome="done"))
        began = ended
    if running:
        since = NOW - timedelta(seconds=ago_s)
        runs.append(Run(command=command, enclave=enclave, step=running, began=since, ended=None, outcome=None))
    return runs


EARLIER = walk(1, "pol", {"make": 10, "prove": 30, "look": 5})


def test_the_first_walk_of_its_kind_has_no_forecast() -> None:
    assert forecast(walk(1, "est", {}, running="make"), "est", NOW) is None


def test_what_nobody_is_at_work_on_has_none_either() -> None:
    assert forecast(EARLIER, "pol", NOW) is None
    assert forecast(EARLIER, "gbr", NOW) is None


def test_what_is_to_come_takes_what_it_took_before() -> None:
    found = forecast([*EARLIER, *walk(2, "est", {"make": 11}, running="prove", ago_s=12)], "est", NOW)

    assert found is not None
    assert (found.done, found.of, found.left_s) == (1, 3, 23.0)


def test_the_enclave_s_own_earlier_walk_tells_more_than_another_s_and_a_failed_one_nothing() -> None:
    own = walk(2, "est", {"make": 1, "prove": 2, "look": 3})
    failed = [run.model_copy(update={"command": 3, "outcome": "failed"}) for run in own]

    found = forecast([*EARLIER, *own, *failed, *walk(4, "est", {}, running="make")], "est", NOW)

    assert found is not None
    assert found.left_s == 6.0


def test_one_that_takes_longer_than_ever_has_nothing_left_and_never_less() -> None:
    found = forecast([*EARLIER, *walk(2, "est", {}, running="make", ago_s=999)], "est", NOW)

    assert found is not None
    assert found.left_s == 0.0


def test_another_kind_of_walk_tells_nothing() -> None:
    assert forecast([*EARLIER, *walk(2, "est", {}, running="unmake")], "est", NOW) is None
