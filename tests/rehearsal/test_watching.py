"""Following the state: nothing is missed, what comes together is done together, and a failure is tried again."""

from __future__ import annotations

import threading

from range.rehearsal.watching import Follower


def test_it_begins_by_looking_at_what_is_there() -> None:
    looked = threading.Event()

    follower = Follower("test", looked.set)

    assert looked.wait(10)
    follower.close()


def test_changes_that_come_while_it_is_at_work_are_one_more_look() -> None:
    looks: list[int] = []
    go_on, begun = threading.Event(), threading.Event()

    def look() -> None:
        looks.append(1)
        begun.set()
        assert go_on.wait(10)

    follower = Follower("test", look)
    assert begun.wait(10)
    for _ in (1, 2, 3):
        follower.changed()
    go_on.set()

    assert follower.await_done()
    assert len(looks) == 2
    follower.close()


def test_a_look_that_fails_is_taken_again_without_another_change() -> None:
    outcomes = iter([RuntimeError("no"), None])

    def look() -> None:
        outcome = next(outcomes)
        if outcome is not None:
            raise outcome

    follower = Follower("test", look)

    assert follower.await_done()
    follower.close()


def test_a_wait_ends_when_it_is_closed() -> None:
    held = threading.Event()

    def look() -> None:
        assert held.wait(10)

    follower = Follower("test", look)

    assert not follower.await_done(patience_s=0.01)
    held.set()
    follower.close()
    assert not follower.await_done(follower.changed(), patience_s=0.01)
