"""What is due in a session, by the clock and by the money, and that nothing ends without its warnings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from range.cli import surroundings
from range.plan.cost import enclave_usd_per_h, usd_per_h
from range.plan.terms import Due, due
from range.records.plan import SessionTerms
from range.records.session import Session

BEGAN = datetime(2026, 11, 28, 8, tzinfo=UTC)
ENDS = BEGAN + timedelta(hours=4)
TERMS = SessionTerms(length_h=4, warn_min=(60, 15, 5), at_lease_end="end", at_budget_end="freeze")


def session(*warned: str) -> Session:
    return Session(number=1, began=BEGAN, ends=ENDS, who="ann", enclaves=("est", "pol"), warned=warned)


def found(now: datetime, *warned: str, terms: SessionTerms = TERMS, **spent: float) -> tuple[Due, ...]:
    return due(session(*warned), terms, now, spent, 100.0)


def test_early_in_a_session_nothing_is_due() -> None:
    assert found(BEGAN) == ()


def test_each_warning_comes_once_when_its_minutes_are_left() -> None:
    (first,) = found(ENDS - timedelta(minutes=59))

    assert (first.what, first.why) == ("warn", "the session ends in 59 minutes, at 12:00 UTC")
    assert found(ENDS - timedelta(minutes=59), first.key) == ()


def test_a_session_that_nobody_warned_of_is_warned_of_first_and_ended_afterwards() -> None:
    late = ENDS + timedelta(hours=2)

    warnings = found(late)
    then = found(late, *(each.key for each in warnings))

    assert {each.what for each in warnings} == {"warn"}
    assert [each.what for each in then] == ["end"]


def test_a_lease_does_what_the_file_says_and_only_after_its_own_warnings() -> None:
    terms = TERMS.model_copy(update={"lease_end": BEGAN + timedelta(hours=1), "at_lease_end": "freeze"})
    now = BEGAN + timedelta(hours=1)

    warnings = found(now, terms=terms)
    then = found(now, *(each.key for each in warnings), terms=terms)

    assert all("lease" in each.why and each.what == "warn" for each in warnings)
    assert [(each.what, "lease" in each.why) for each in then] == [("freeze", True)]


def test_extending_moves_the_end_and_the_warnings_come_again() -> None:
    warned = [each.key for each in found(ENDS)]
    moved = session(*warned).model_copy(update={"ends": ENDS + timedelta(hours=1)})

    assert due(moved, TERMS, ENDS - timedelta(minutes=1), {}, 100.0) == ()
    assert len(due(moved, TERMS, ENDS + timedelta(minutes=58), {}, 100.0)) == 3


@pytest.mark.parametrize(("spent", "what"), [(79.9, []), (80.0, ["warn"]), (99.9, ["warn"]), (100.0, ["freeze"])])
def test_money_warns_at_four_fifths_and_then_does_what_the_file_says(spent: float, what: list[str]) -> None:
    dues = found(BEGAN, est=spent)

    assert [each.what for each in dues] == what
    assert all(each.enclaves == ("est",) for each in dues)


@given(st.integers(0, 600), st.sets(st.sampled_from([60, 15, 5])), st.integers(0, 400))
def test_nothing_ever_ends_before_its_time_or_without_every_warning(
    minute: int, given_already: set[int], lease_minute: int
) -> None:
    lease = BEGAN + timedelta(minutes=lease_minute)
    terms = TERMS.model_copy(update={"lease_end": lease})
    keys = [f"{what} {when.isoformat()} {left}" for what, when in (("session", ENDS), ("lease", lease))
            for left in given_already]  # fmt: skip
    now = BEGAN + timedelta(minutes=minute)

    for each in found(now, *keys, terms=terms):
        if each.what != "warn":
            assert given_already == {60, 15, 5}
            assert now >= (lease if each.key.startswith("lease") else ENDS)


def test_the_enclaves_cost_what_all_of_it_costs_less_the_hub() -> None:
    plan = surroundings.plan(Path(__file__).parents[2] / "examples" / "steadfast.yaml")

    enclaves = sum(enclave_usd_per_h(plan, each.name) for each in plan.enclaves)
    hub = usd_per_h(plan.model_copy(update={"enclaves": ()}))

    assert enclaves + hub == pytest.approx(usd_per_h(plan), abs=0.001)
