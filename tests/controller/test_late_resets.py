"""A reset that is slow holds up no other's verdict for long: it is left out by name, and answers for that when it comes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from range.controller.played import Played
from range.controller.turns import Gathered
from range.controller.verdicts import prove
from range.controller.worksheets import Sheet
from range.records.proof import Finding
from range.records.reset import Worksheet
from range.records.session import Cut
from range.session import cut
from tests.controller.findings import finding
from tests.controller.late import NAMES, Range, absent

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def reset_of(folder: Path, *found: Iterable[Finding], problems: dict[str, str] | None = None) -> Range:
    """Give a range of which every enclave is being reset; some have problems already."""
    exercise = Range(folder, *found)
    for name in NAMES:
        told = (problems or {}).get(name)
        Sheet.of(exercise.site(name, None)).write(Worksheet(began=NOW, since=NOW, problems=(told,) if told else ()))
    return exercise


def test_a_reset_is_proven_without_one_that_is_slow_and_its_receipt_will_say_so(tmp_path: Path) -> None:
    exercise = reset_of(tmp_path, [finding("pol", "*", verdict="UNKNOWN")])
    est = exercise.site("est", absent("pol"))

    outcome = prove(est)

    assert "not counted: pol, not as far yet" in outcome.notes[0]
    assert exercise.without == [{"pol"}]
    work = Sheet.of(est).read()
    assert work.problems == ()
    assert "the isolation from pol: its own reset, which proves it, wasn't as far" in work.skipped


def test_one_proof_serves_all_that_went_on_together(tmp_path: Path) -> None:
    exercise = reset_of(tmp_path, [])
    together = absent()

    for name in NAMES:
        prove(exercise.site(name, together))

    assert exercise.without == [frozenset()]


def test_who_was_cut_off_is_proven_as_it_is_without_the_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exercise, given_back = reset_of(tmp_path, [], []), []
    est, together = exercise.site("est", absent()), absent()
    Played.of(est.setting).is_cut("est", Cut(since=NOW, who="ann", why="w", entries=()))
    monkeypatch.setattr(cut, "restore", lambda account, entries: given_back.append(len(exercise.without)))

    prove(exercise.site("pol", together))
    prove(est)

    assert given_back == [1]
    assert len(exercise.without) == 2


def test_a_slow_one_answers_for_what_others_were_proven_without(tmp_path: Path) -> None:
    exercise = reset_of(tmp_path, [finding("est.targets", "fra.unplanned")])
    pol = exercise.site("pol", Gathered(0.0, passed=lambda: frozenset(("est", "fra"))))

    prove(pol)

    assert "est.targets → fra.unplanned" in Sheet.of(pol).read().problems[0]


def test_what_was_known_of_the_others_before_is_no_fault_of_a_slow_one(tmp_path: Path) -> None:
    exercise = reset_of(tmp_path, [finding("est.targets", "est.unplanned")], problems={"est": "network VIOLATED: so"})
    pol = exercise.site("pol", Gathered(0.0, passed=lambda: frozenset(("est", "fra"))))

    prove(pol)

    assert Sheet.of(pol).read().problems == ()


def test_what_is_cut_off_of_the_others_is_no_fault_of_a_slow_one(tmp_path: Path) -> None:
    exercise = reset_of(tmp_path, [finding("est.targets", "est.unplanned")])
    pol = exercise.site("pol", Gathered(0.0, passed=lambda: frozenset(("est", "fra"))))
    Played.of(pol.setting).is_cut("est", Cut(since=NOW, who="ann", why="DIRTY", entries=(), quarantine=True))

    prove(pol)

    assert Sheet.of(pol).read().problems == ()
