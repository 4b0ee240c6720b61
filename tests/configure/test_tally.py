"""What the events of a run come to."""

from __future__ import annotations

from typing import Any

from range.configure.tally import Tally
from range.records.results import Progress


def _event(kind: str, host: str = "web-1.est", task: str = "Serve", **more: Any) -> dict[str, Any]:
    return {"event": kind, "host": host, "task": task, "changed": False, "ignored": False, "message": "", **more}


def _tally(told: list[Progress] | None = None) -> Tally:
    return Tally("steadfast.est", ["web-1.est", "files-1.est"], (told if told is not None else []).append, expected=4)


def test_tasks_are_counted_by_how_they_ended() -> None:
    tally = _tally()
    for event in (_event("ok"), _event("ok", changed=True), _event("skipped"), _event("failed", ignored=True)):
        tally.take(event)

    web, files = tally.hosts()

    assert (web.name, web.ok, web.changed, web.failed, web.is_done) == ("web-1", 1, 1, 0, True)
    assert (files.ok, files.changed, files.is_done) == (0, 0, False)


def test_a_task_that_fails_is_kept_with_its_message() -> None:
    tally = _tally()
    tally.take(_event("ok"))
    tally.take(_event("failed", task="Write the rules", message="failed to validate: bad rule"))

    web = tally.hosts()[0]

    assert (web.task, web.message, web.is_done) == ("Write the rules", "failed to validate: bad rule", False)


def test_a_host_that_is_lost_on_the_way_is_not_done() -> None:
    tally = _tally()
    tally.take(_event("ok"))
    tally.take(_event("unreachable", task="Serve", message="timed out"))

    assert tally.hosts()[0].unreachable
    assert not tally.hosts()[0].is_done


def test_what_a_role_could_not_do_is_kept_with_its_reason() -> None:
    tally = _tally()
    skipped = {"web-1.est": {"audit": "a container has none"}}
    tally.take({"event": "stats", "skipped": skipped, "ok": {}, "changed": {}, "failures": {}})

    assert tally.hosts()[0].skipped == {"audit": "a container has none"}


def test_progress_says_which_task_of_which_host_and_how_many_are_done() -> None:
    told: list[Progress] = []
    tally = _tally(told)
    for event in (_event("start"), _event("ok"), _event("start"), _event("failed")):
        tally.take(event)

    assert [(each.state, each.seen, each.done) for each in told] == [
        ("begun", 1, 0),
        ("done", 1, 1),
        ("begun", 2, 1),
        ("failed", 2, 1),
    ]
    assert (told[0].stack, told[0].type, told[0].name, told[0].expected) == ("steadfast.est", "web-1", "Serve", 4)


def test_the_runners_own_counts_settle_what_no_event_told() -> None:
    tally = _tally()
    tally.take(_event("ok"))
    tally.take({"event": "stats", "skipped": {}, "ok": {"web-1.est": 3}, "changed": {"web-1.est": 2}, "failures": {}})

    web, files = tally.hosts()

    assert (web.ok, web.changed, web.is_done) == (1, 2, True)
    assert not files.is_done
