"""What `range doctor SPEC` says of the room for an exercise's hosts."""

from __future__ import annotations

import pytest

from range.cli.doctor import _room_for_hosts
from range.rehearsal.hosts import means
from tests.verify.exercises import steadfast


@pytest.mark.parametrize(("left", "ok"), [(85, True), (84, False)])
def test_an_exercise_with_more_hosts_than_the_kernel_lets_run_is_told_how_many_fit(
    monkeypatch: pytest.MonkeyPatch, left: int, ok: bool
) -> None:
    monkeypatch.setattr(means, "left_out", lambda: False)
    monkeypatch.setattr(means, "lacking", list)
    monkeypatch.setattr(means, "inotify_left", lambda: (left, 128))

    (check,) = _room_for_hosts(steadfast())

    assert check.ok == ok
    if not ok:
        assert check.why == "17 hosts take 85 inotify instances, and 84 of this machine's 128 are free"
        assert check.mend.startswith("sysctl -w fs.inotify.max_user_instances=129")


def test_where_there_are_no_hosts_nothing_is_said_of_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(means, "left_out", lambda: True)

    assert list(_room_for_hosts(steadfast())) == []
