"""What is remembered of sessions and enclaves between commands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from range.controller.played import Played
from range.errors import Undecided
from range.records.session import Cut, Entry, Session

BEGAN = datetime.now(UTC) - timedelta(hours=1)


def session(*enclaves: str, number: int = 1) -> Session:
    return Session(number=number, began=BEGAN, ends=BEGAN + timedelta(hours=4), who="ann", enclaves=enclaves)


def test_who_played_is_unclean_until_proven_clean_after_it(tmp_path: Path) -> None:
    played = Played(tmp_path)
    played.keep(session("est"))
    going_on = played.since_clean("est")
    played.keep(session("est").model_copy(update={"ended": BEGAN + timedelta(minutes=5)}))
    unclean = played.since_clean("est")

    played.is_clean("est")

    assert [len(going_on), len(unclean), len(played.since_clean("est")), len(played.since_clean("pol"))] == [1, 1, 0, 0]


def test_an_enclave_that_is_gone_leaves_the_session_and_comes_back_clean(tmp_path: Path) -> None:
    played = Played(tmp_path)
    played.keep(session("est", "pol"))

    played.gone("est")

    assert played.session is not None
    assert played.session.enclaves == ("pol",)
    assert played.since_clean("est") == ()
    played.gone("pol")
    assert played.session is None
    assert played.since_clean("pol") == ()


def test_the_phase_is_what_was_done_last_to_an_enclave(tmp_path: Path) -> None:
    played = Played(tmp_path)
    cut = Cut(since=BEGAN, who="ann", why="w", entries=(Entry(acl="acl-1", egress=True),))
    phases = [played.phase("est")]
    played.keep(session("est"))
    phases.append(played.phase("est"))
    played.is_cut("est", cut)
    phases.append(played.phase("est"))
    played.is_cut("est", cut.model_copy(update={"quarantine": True}))
    phases.append(played.phase("est"))
    played.is_cut("est", None)

    assert [*phases, played.phase("est")] == [None, "in session", "frozen", "quarantined", "in session"]


def test_a_damaged_book_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "sessions.json").write_text("[{")

    with pytest.raises(Undecided, match=r"sessions\.json can't be read"):
        _ = Played(tmp_path).sessions
