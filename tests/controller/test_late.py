"""An enclave that is slow holds up nobody's proof for long, and what was proven without it is proven again with it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from range.controller.baseline_acts import verify
from range.controller.patience import LEAST_S, MOST, SHARE, Patience
from range.controller.turns import Gathered, Turns
from tests.controller.findings import finding
from tests.controller.gathering import gathered_in_threads
from tests.controller.late import NAMES, UNSTEADY, Range, absent


class Clock:
    """A clock that a test moves, and a machine that has leisure or not."""

    def __init__(self) -> None:
        self.now, self.leisure = 100.0, True

    def patience(self) -> Patience:
        return Patience(lambda: self.leisure, lambda: self.now)

    def passes(self, seconds: float) -> None:
        self.now += seconds


def test_a_wait_is_over_after_a_small_share_of_the_time_so_far() -> None:
    clock = Clock()
    patience = clock.patience()
    clock.passes(1000)
    wait = patience.begun()

    clock.passes(1000 * SHARE - 1)
    assert not wait.is_over()
    clock.passes(1)
    assert wait.is_over()


def test_while_the_machine_is_at_work_waiting_costs_nothing_and_goes_on_longer_but_not_for_ever() -> None:
    clock = Clock()
    patience = clock.patience()
    clock.passes(1000)
    wait, clock.leisure = patience.begun(), False

    for _ in [None] * 31:
        clock.passes(1000 * MOST / 32)
        assert not wait.is_over()
    clock.passes(1000 * MOST / 32)
    assert wait.is_over()


def test_the_leisure_that_counts_is_that_since_the_wait_began() -> None:
    clock = Clock()
    patience = clock.patience()
    first = patience.begun()
    clock.passes(LEAST_S)
    second = patience.begun()

    assert first.is_over()
    assert not second.is_over()


class Impatient(Patience):
    """Waits for nobody of its own turn."""

    def __init__(self) -> None:
        super().__init__(lambda: False)

    def is_over(self, since: float, leisure_s: float) -> bool:
        return True


def test_whose_patience_is_over_goes_on_with_all_who_are_there_and_names_the_others() -> None:
    turns = Turns([("hub",), NAMES], Impatient())
    came = gathered_in_threads(turns, "est")
    assert came.result("est", 0.1) is None  # the hub's turn is another: nothing is proven without it

    came.begin("hub")
    est = came.result("est", 5)
    assert est is not None
    assert est.absent() == {"pol", "fra"}
    assert est.moving()
    assert came.result("hub", 0.1) is None  # all the others work on it, too

    for name in ("pol", "fra"):
        turns.ended(name, [])
    hub = came.result("hub", 5)
    assert hub is not None
    assert est.absent() == {"pol", "fra"}
    assert not est.moving()


def test_who_comes_late_hears_who_got_through_before() -> None:
    turns = Turns([NAMES], Impatient())
    turns.gather("est", "verify")
    turns.taken("est", "verify", done=True)
    turns.gather("pol", "verify")
    turns.taken("pol", "verify", done=False)

    assert turns.gather("fra", "verify").passed() == {"est"}


def test_an_enclave_is_proven_without_those_who_are_on_the_way_and_they_are_named(tmp_path: Path) -> None:
    exercise = Range(tmp_path, [finding("pol", "*", verdict="UNKNOWN")])

    outcome = verify(exercise.site("est", absent("pol")))

    assert not outcome.failed
    assert "not counted: pol, not as far yet" in outcome.notes[0]
    assert exercise.without == [{"pol"}]


def test_what_concerns_an_enclave_itself_is_not_excused_by_who_is_on_the_way(tmp_path: Path) -> None:
    outcome = verify(Range(tmp_path, [finding("est.targets", "fra.targets")]).site("est", absent("pol")))

    assert outcome.exit_code == 1
    assert "est.targets → fra.targets" in str(outcome.error)


def test_who_isn_t_isolated_is_told_of_the_reset_but_for_the_hub_which_has_none(tmp_path: Path) -> None:
    hints = {
        name: str(verify(Range(tmp_path, [finding(name, "fra.targets")]).site(name, None)).hint)
        for name in ("est", "hub")
    }

    assert "`range reset x.yaml --ally est` puts back what was changed" in hints["est"]
    assert "reset" not in hints["hub"]
    assert all("`range verify x.yaml` shows it in full" in hint for hint in hints.values())


@pytest.mark.parametrize(("verdict", "code"), [("VIOLATED", 1), ("UNKNOWN", 3)])
def test_who_comes_late_answers_for_what_others_were_proven_without(tmp_path: Path, verdict: str, code: int) -> None:
    late = Gathered(0.0, passed=lambda: frozenset(("est", "fra")))

    outcome = verify(Range(tmp_path, [finding("est.targets", "fra.unplanned", verdict=verdict)]).site("pol", late))

    assert outcome.exit_code == code
    assert "now that pol is there, others that were proven before aren't isolated" in str(outcome.error)


def test_what_others_failed_by_is_no_fault_of_who_comes_late(tmp_path: Path) -> None:
    late = Gathered(0.0, passed=lambda: frozenset(("est",)))

    assert not verify(Range(tmp_path, [finding("est.targets", "fra.targets")]).site("pol", late)).failed


def test_a_look_that_somebody_on_the_way_made_worthless_is_taken_again(tmp_path: Path) -> None:
    exercise = Range(tmp_path, [UNSTEADY], [UNSTEADY], [])

    def again() -> Gathered:
        return Gathered(time.monotonic(), lambda: frozenset(("pol",)), lambda: True, frozenset, again)

    outcome = verify(exercise.site("est", absent("pol", again=again)))

    assert not outcome.failed
    assert len(exercise.without) == 3


def test_a_look_that_nobody_on_the_way_disturbed_is_not_taken_again(tmp_path: Path) -> None:
    exercise = Range(tmp_path, [UNSTEADY])

    outcome = verify(exercise.site("est", absent(again=lambda: pytest.fail("it was taken again"))))

    assert outcome.exit_code == 3


def test_once_nobody_is_on_the_way_a_disturbed_look_is_taken_once_more_and_no_more(tmp_path: Path) -> None:
    exercise = Range(tmp_path, [UNSTEADY], [UNSTEADY])

    def again() -> Gathered:
        return Gathered(time.monotonic(), lambda: frozenset(("pol",)), lambda: False, frozenset, again)

    outcome = verify(exercise.site("est", absent("pol", moving=False, again=again)))

    assert outcome.exit_code == 3
    assert len(exercise.without) == 2
