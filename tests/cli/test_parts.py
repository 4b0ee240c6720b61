"""The parts of the command line that need no process: tables, progress, questions."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest

from range.cli import ask, output
from range.cli.options import enclaves_named
from range.cli.progress import Lines, Live
from range.controller.outcome import Outcome
from range.controller.steps import STEPS
from range.errors import InputError
from range.records.plan import Plan
from range.records.reset import Options
from range.records.results import Progress, StackChanges
from range.records.session import Session

PROVISION = STEPS[1].do
NEWS = Progress(
    stack="steadfast.est", operation="create", type="aws:ec2/vpc:Vpc", name="est", state="failed", seen=3, done=2
)


class Terminal(io.StringIO):
    """A stdin that somebody sits at."""

    def isatty(self) -> bool:
        return True


def test_a_table_is_as_wide_as_it_needs_to_be_and_numbers_stand_at_the_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.table(("name", "count"), [("est", 7), ("a-long-name", 120), ("none", None)])

    assert capsys.readouterr().out.splitlines() == [
        "name         count",
        "est              7",
        "a-long-name    120",
        "none             -",
    ]


def test_a_table_without_rows_is_its_headers(capsys: pytest.CaptureFixture[str]) -> None:
    output.table(("name", "count"), [])

    assert capsys.readouterr().out == "name  count\n"


def test_lines_tell_of_steps_and_of_failures_but_not_of_every_resource(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    lines.begun("est", PROVISION)
    lines.progress(NEWS.model_copy(update={"state": "done"}))
    lines.progress(NEWS)
    lines.ended("est", PROVISION, Outcome(changes=StackChanges(stack="steadfast.est", create=2, same=1), seconds=1.5))
    lines.ended("pol", PROVISION, Outcome(error="no", exit_code=1, seconds=2))

    told = [line.split(" s  ")[1].split(maxsplit=1) for line in capsys.readouterr().err.splitlines()]
    assert told == [
        ["est", "provision …"],
        ["est", "create of aws:ec2/vpc:Vpc est failed"],
        ["est", "provision done in 1.5 s (2 create, 1 same)"],
        ["pol", "provision failed after 2.0 s: no"],
    ]


def test_the_live_table_has_a_row_per_enclave_with_how_far_it_is() -> None:
    from rich.console import Console

    live = Live()
    live.begun("est", PROVISION)
    live.progress(NEWS.model_copy(update={"expected": 61}))
    console = Console(file=io.StringIO(), width=120)
    console.print(live)

    assert isinstance(console.file, io.StringIO)
    drawn = console.file.getvalue()
    assert "est      provision …  2 of 61" in drawn
    assert "create Vpc est" in drawn


def test_the_right_name_goes_on(monkeypatch: pytest.MonkeyPatch, plan: Plan) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("steadfast\n"))

    ask.before_down(plan, {"est": 61, "hub": 80}, None, whole=True)


@pytest.mark.parametrize("typed", ["", "yes\n", "Steadfast\n"])
def test_any_other_name_touches_nothing(typed: str, monkeypatch: pytest.MonkeyPatch, plan: Plan) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))

    with pytest.raises(InputError, match="nothing was touched"):
        ask.before_down(plan, {"hub": 80}, None, whole=True)


def test_a_question_shows_account_ally_who_is_in_and_which_evidence_would_go_on_stderr(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], plan: Plan
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("est pol\n"))

    ask.before_down(plan, {"est": 61, "pol": 60}, session_of("est"), whole=False)

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.splitlines() == [
        "  est        account 200000000002   61 resources",
        "             session 7 goes on since 09:30 UTC, begun by ann: whoever is in is put out",
        "             its trail and flow logs go, in steadfast-est-evidence-200000000002",
        "  pol        account 200000000003   60 resources",
        "             its trail and flow logs go, in steadfast-pol-evidence-200000000003",
        "All of this goes, with what was made in it by hand; disks that were kept on request stay. Type est pol to go on:",
    ]


def test_the_hub_takes_all_allies_events_with_it_and_a_stranger_is_known_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], plan: Plan
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("steadfast\n"))

    ask.before_down(plan, {"hub": 80, "fra": 60}, None, whole=True)

    shown = capsys.readouterr().err
    assert "all allies' events go, on the collector" in shown
    assert "fra        account as recorded    60 resources\n             its trail and flow logs go\n" in shown


@pytest.mark.parametrize(
    ("asked", "goes"),
    [
        (Options(), ["What was made or changed since the baseline goes; disks of hosts go for good"]),
        (Options(keep_evidence=True), ["baseline goes; the disks that go are kept as snapshots"]),
        (Options(level="enclave"), ["All of it is made anew; disks", "in steadfast-est-evidence-200000000002"]),
    ],
)
def test_a_reset_shows_who_is_in_and_what_becomes_of_evidence(
    asked: Options, goes: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], plan: Plan
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("est\n"))

    ask.before_reset(plan, ("est",), asked, session_of("est"))

    shown = capsys.readouterr().err
    assert all(
        each in shown for each in [*goes, "est        account 200000000002", "session 7 goes on", "Type est to go on:"]
    )


def session_of(*enclaves: str) -> Session:
    """A session that goes on in these."""
    began = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
    return Session(number=7, began=began, ends=began + timedelta(hours=4), who="ann", enclaves=enclaves)


def test_without_a_terminal_nothing_that_destroys_is_begun(monkeypatch: pytest.MonkeyPatch, plan: Plan) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("steadfast\n"))

    with pytest.raises(InputError, match="no terminal") as raised:
        ask.before_down(plan, {"hub": 80}, None, whole=True)
    assert raised.value.hint == "add --yes if you are sure"


def test_a_wrong_ally_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(InputError, match="--ally ets") as raised:
        enclaves_named(["ets"], ["gbr", "est"])
    assert raised.value.hint == "valid: gbr, est"


def test_an_ally_named_twice_counts_once() -> None:
    assert enclaves_named(["est", "est"], ["gbr", "est"]) == ("est",)
