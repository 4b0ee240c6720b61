"""Whose turn it is."""

from __future__ import annotations

import threading

from range.controller.turns import Turns
from tests.controller.gathering import gathered_in_threads


def waited(turns: Turns, enclave: str, step: str, before: list[tuple[str, ...]]) -> threading.Thread:
    """Wait in a thread of its own; what comes of it goes into the list."""
    thread = threading.Thread(target=lambda: before.append(turns.wait(enclave, step)), daemon=True)
    thread.start()
    return thread


def test_who_comes_first_waits_for_nobody() -> None:
    assert Turns([("hub",), ("est", "pol")]).wait("hub", "make") == ()


def test_a_turn_comes_when_everybody_before_has_taken_the_step() -> None:
    turns, came = Turns([("est", "pol"), ("hub",)]), []  # type: tuple[Turns, list[tuple[str, ...]]]
    thread = waited(turns, "hub", "unmake", came)
    turns.taken("est", "unmake", done=True)
    thread.join(0.05)
    assert thread.is_alive()
    turns.taken("pol", "unmake", done=True)
    thread.join(5)
    assert came == [()]


def test_who_failed_or_never_came_to_the_step_is_named() -> None:
    turns = Turns([("est", "pol", "fra"), ("hub",)])
    turns.taken("est", "unmake", done=False)
    turns.ended("pol", [])
    turns.ended("fra", ["unmake"])
    assert turns.wait("hub", "unmake") == ("est", "pol")


def test_a_step_that_an_earlier_run_had_done_counts() -> None:
    turns = Turns([("hub",), ("est",)])
    turns.ended("hub", ["look", "make"])
    assert turns.wait("est", "make") == ()


def test_who_gathers_waits_until_everybody_has_come_or_takes_no_more() -> None:
    turns = Turns([("hub",), ("est", "pol")])
    came = gathered_in_threads(turns, "hub", "est")
    assert came.result("hub", 0.05) is None
    turns.ended("pol", [])
    hub, est = came.result("hub", 5), came.result("est", 5)
    assert hub is not None
    assert est is not None
    assert hub.since == est.since
    assert est.absent() == {"pol"}


def test_nobody_waits_for_a_step_that_an_enclave_is_beyond_already() -> None:
    turns = Turns([("hub",), ("est",)])
    turns.passed("hub", ["look", "make"])
    turns.passed("est", ["look", "make", "verify"])

    assert turns.wait("est", "make") == ()
    assert turns.gather("hub", "verify").since == turns.gather("est", "verify").since
