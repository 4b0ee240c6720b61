"""An exercise on its way up and down: order, failures, interruption, and what the journal says afterwards."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Network

import pytest

from range.controller import patience, turns
from range.controller.claims import claim
from range.controller.journal import Journal
from range.controller.lifecycle import Lifecycle
from range.controller.outcome import Outcome
from range.controller.results import exit_code, left, rows
from range.controller.site import Setting, Site
from range.errors import ProvisionError, Undecided, WrongBackend
from range.plan.lock import AddressLock, lock_path, read, write
from range.records.inventory import Resource
from range.records.results import StackChanges
from tests.controller.fakes import ENCLAVES, FakeEngine, Recorder

KEY = Resource(account="200000000002", region="eu-west-2", type="ec2:key-pair", id="vandal")


def fails(error: Exception) -> Callable[[Site], Outcome]:
    def run(site: Site) -> Outcome:
        raise error

    return run


def slow(site: Site) -> Outcome:
    time.sleep(0.3)
    return Outcome()


def test_the_hub_is_made_before_any_enclave_and_all_are_looked_at_meanwhile(
    lifecycle: Lifecycle, recorder: Recorder
) -> None:
    def made(site: Site) -> Outcome:
        looked_at = {("look", name) for name in ENCLAVES}
        until = time.monotonic() + 30
        while not looked_at <= set(recorder.done) and time.monotonic() < until:
            time.sleep(0.01)
        seen.append(looked_at <= set(recorder.done))
        return Outcome()

    seen: list[bool] = []

    recorder.doing["make", "hub"] = made
    lifecycle.up(())

    assert recorder.done[0] == ("look", "hub")
    assert seen == [True]
    assert sorted(recorder.done[-3:]) == sorted(("make", name) for name in ENCLAVES)


@pytest.mark.parametrize(("direction", "loads"), [("up", 1), ("down", 0)])
def test_programs_are_loaded_ahead_where_they_are_run(
    lifecycle: Lifecycle, engine: FakeEngine, direction: str, loads: int
) -> None:
    getattr(lifecycle, direction)(())

    assert engine.loads == loads


def test_the_hub_goes_when_every_enclave_is_gone_and_steps_are_undone_in_reverse(
    lifecycle: Lifecycle, recorder: Recorder
) -> None:
    lifecycle.down(())

    for name in ENCLAVES:
        assert recorder.done.index(("unmake", name)) < recorder.done.index(("unmake", "hub"))
    for name in ("hub", *ENCLAVES):
        assert recorder.done.index(("unmake", name)) < recorder.done.index(("prove", name))


def test_enclaves_go_side_by_side_but_no_more_at_once_than_the_row_says(
    lifecycle: Lifecycle, recorder: Recorder, setting: Setting, journal: Journal
) -> None:
    for name in ENCLAVES:
        recorder.doing["make", name] = slow
    lifecycle.up(())
    assert recorder.most_at_once == 3

    recorder.most_at_once = 0
    lifecycle._steps = tuple(replace(s, do=replace(s.do, width=1)) for s in lifecycle._steps[1:])
    lifecycle.up(())
    assert recorder.most_at_once == 1


def test_one_enclaves_failure_leaves_the_others_to_finish_and_is_named(
    lifecycle: Lifecycle, recorder: Recorder, journal: Journal
) -> None:
    recorder.doing["make", "est"] = fails(ProvisionError("est: VcpuLimitExceeded", hint="ask for more"))

    ended = rows(lifecycle.up(()), journal.standings("steadfast"))

    by_name = {row.name: row for row in ended}
    assert {name: row.phase for name, row in by_name.items()} == {
        "hub": "provisioned", "gbr": "provisioned", "est": "failed", "pol": "provisioned",
    }  # fmt: skip
    assert (by_name["est"].step, by_name["est"].error, by_name["est"].hint) == (
        "make",
        "est: VcpuLimitExceeded",
        "ask for more",
    )
    assert exit_code(ended) == 1


def test_without_a_hub_no_enclave_is_touched(lifecycle: Lifecycle, recorder: Recorder, journal: Journal) -> None:
    recorder.doing["make", "hub"] = fails(ProvisionError("no gateway"))

    ended = rows(lifecycle.up(()), journal.standings("steadfast"))

    assert ("make", "hub") in recorder.done
    assert not {("make", name) for name in ENCLAVES} & set(recorder.done)
    assert [(row.name, row.phase) for row in ended[1:]] == [(name, "absent") for name in ENCLAVES]
    assert all(row.failed for row in ended)


def test_the_hub_stays_while_an_enclave_stands_on_it(
    lifecycle: Lifecycle, recorder: Recorder, engine: FakeEngine, journal: Journal
) -> None:
    engine.standing = {"steadfast.pol"}
    recorder.doing["unmake", "pol"] = fails(ProvisionError("in use"))

    ended = rows(lifecycle.down(()), journal.standings("steadfast"))

    assert ("unmake", "hub") not in recorder.done
    assert {row.name for row in ended if row.failed} == {"pol", "hub"}


def test_the_hub_goes_although_something_is_left_beside_an_enclave_that_is_gone(
    lifecycle: Lifecycle, recorder: Recorder, journal: Journal
) -> None:
    recorder.doing["prove", "pol"] = lambda _: Outcome(left=(KEY,), error="1 left", exit_code=1)

    ended = rows(lifecycle.down(()), journal.standings("steadfast"))

    assert ("prove", "hub") in recorder.done
    assert [row.name for row in ended if row.failed] == ["pol"]


def test_the_hub_stays_where_another_backend_s_state_has_an_enclave_which_stays_what_it_was(
    lifecycle: Lifecycle, recorder: Recorder, journal: Journal
) -> None:
    journal.stands("steadfast", "pol", "in session", direction="session")
    recorder.doing["unmake", "pol"] = fails(WrongBackend("made from another"))

    ended = rows(lifecycle.down(()), journal.standings("steadfast"))

    assert ("unmake", "hub") not in recorder.done
    assert {row.name: row.error for row in ended if row.failed} == {
        "pol": "made from another",
        "hub": "hub was left as it is: whether pol still needs it can't be told",
    }
    assert exit_code(ended) == 3
    assert journal.standings("steadfast")["pol"].phase == "in session"


def test_the_hub_goes_although_an_enclave_failed_of_which_the_state_knows_nothing(
    lifecycle: Lifecycle, recorder: Recorder
) -> None:
    recorder.doing["unmake", "pol"] = fails(ProvisionError("no way into its account"))

    lifecycle.down(())

    assert ("unmake", "hub") in recorder.done


def test_a_step_that_raises_what_it_never_should_is_a_failure_and_its_trace_is_told(
    lifecycle: Lifecycle, recorder: Recorder, journal: Journal
) -> None:
    recorder.doing["make", "est"] = fails(ZeroDivisionError("division by zero"))

    ended = rows(lifecycle.up(()), journal.standings("steadfast"))

    assert [row.error for row in ended if row.failed] == ["ZeroDivisionError: division by zero"]
    assert len(recorder.defects) == 1
    assert "Traceback" in recorder.defects[0]


def test_what_is_left_is_listed_and_fails_the_command(
    lifecycle: Lifecycle, recorder: Recorder, journal: Journal
) -> None:
    recorder.doing["prove", "est"] = lambda _: Outcome(left=(KEY,), error="1 thing is left", exit_code=1)

    ended = lifecycle.down(())

    assert left(ended) == (KEY,)
    assert exit_code(rows(ended, journal.standings("steadfast"))) == 1


@pytest.mark.parametrize(("codes", "code"), [((0, 0), 0), ((0, 3), 3), ((3, 1), 1), ((1, 130), 130)])
def test_failed_outweighs_unknown_and_unknown_outweighs_done(
    codes: tuple[int, int], code: int, lifecycle: Lifecycle, recorder: Recorder, journal: Journal
) -> None:
    for name, own in zip(("gbr", "est"), codes, strict=True):
        recorder.doing["make", name] = lambda _, own=own: Outcome(error="x" if own else None, exit_code=own)  # type: ignore[misc]

    assert exit_code(rows(lifecycle.up(()), journal.standings("steadfast"))) == code


def test_what_could_not_be_told_keeps_its_own_code(lifecycle: Lifecycle, recorder: Recorder, journal: Journal) -> None:
    recorder.doing["prove", "gbr"] = fails(Undecided("no list of kms keys"))

    ended = rows(lifecycle.down(("gbr",)), journal.standings("steadfast"))

    assert [row.exit_code for row in ended] == [3]


def test_only_the_named_enclaves_and_the_hub_are_walked(lifecycle: Lifecycle, recorder: Recorder) -> None:
    lifecycle.up(("pol",))

    assert sorted(recorder.done) == [("look", "hub"), ("look", "pol"), ("make", "hub"), ("make", "pol")]
    assert recorder.done.index(("make", "hub")) < recorder.done.index(("make", "pol"))


@pytest.mark.parametrize("strangers", [{"fra": "200000000009"}])
def test_an_ally_that_left_the_file_stays_and_up_says_so(
    lifecycle: Lifecycle, recorder: Recorder, journal: Journal
) -> None:
    ended = rows(lifecycle.up(()), journal.standings("steadfast"))

    assert [(row.name, row.error) for row in ended if row.failed] == [
        ("fra", "fra left the exercise file but still stands")
    ]
    assert exit_code(ended) == 1
    assert not [name for _, name in recorder.done if name == "fra"]


@pytest.mark.parametrize("strangers", [{"fra": "200000000009"}])
def test_down_takes_with_it_who_left_the_file(lifecycle: Lifecycle, recorder: Recorder) -> None:
    lifecycle.down(())

    assert recorder.done.index(("unmake", "fra")) < recorder.done.index(("unmake", "hub"))


@pytest.mark.parametrize("strangers", [{"fra": "200000000009"}])
def test_the_addresses_of_who_left_the_file_are_free_once_they_are_gone(
    lifecycle: Lifecycle, setting: Setting, recorder: Recorder
) -> None:
    path = lock_path(setting.spec)
    blocks = {"est": IPv4Network("10.64.0.0/22"), "fra": IPv4Network("10.64.4.0/22")}
    write(path, AddressLock(enclaves=blocks))
    recorder.doing["prove", "fra"] = fails(Undecided("no list"))
    lifecycle.down(("fra",))
    assert read(path).enclaves == blocks

    del recorder.doing["prove", "fra"]
    lifecycle.down(("fra", "est"))
    assert read(path).enclaves == {"est": blocks["est"]}


def test_an_enclave_that_somebody_holds_is_left_to_them_and_the_others_go_on(
    lifecycle: Lifecycle, recorder: Recorder, setting: Setting, journal: Journal
) -> None:
    with claim(setting.locks, "steadfast.est", who="bob", command="range reset"):
        ended = rows(lifecycle.up(()), journal.standings("steadfast"))

    (busy,) = (row for row in ended if row.failed)
    assert busy.name == "est"
    assert busy.error is not None
    assert "`range reset` by bob, since" in busy.error
    assert ("make", "pol") in recorder.done


def test_an_interruption_begins_nothing_more_and_lets_the_engines_finish(
    lifecycle: Lifecycle, recorder: Recorder, engine: FakeEngine, journal: Journal
) -> None:
    def interrupted(site: Site) -> Outcome:
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # to this thread, and the main one sleeps on
        assert site.stop.wait(30)
        return Outcome()

    recorder.doing["look", "hub"] = interrupted

    ended = rows(lifecycle.up(()), journal.standings("steadfast"))

    assert not [name for step, name in recorder.done if step == "make"]
    assert engine.interrupts == 1
    assert exit_code(ended) == 130
    assert {step.outcome for step in journal.steps(1) if step.step == "make"} == {"interrupted"}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_the_journal_has_every_step_and_the_changes_are_in_the_rows(
    lifecycle: Lifecycle, recorder: Recorder, journal: Journal
) -> None:
    recorder.doing["make", "est"] = lambda _: Outcome(changes=StackChanges(stack="steadfast.est", create=61, same=2))

    ended = rows(lifecycle.up(("est",)), journal.standings("steadfast"))

    assert (ended[1].created, ended[1].unchanged) == (61, 2)
    assert sorted((step.enclave, step.step, step.outcome) for step in journal.steps(1)) == [
        ("est", "look", "done"),
        ("est", "make", "done"),
        ("hub", "look", "done"),
        ("hub", "make", "done"),
    ]


def test_a_slow_reset_holds_up_no_others_proof_but_the_hubs_does(
    lifecycle: Lifecycle, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LEAST_S", 0.1)
    monkeypatch.setattr(turns, "LOOK_S", 0.05)
    proven: dict[str, frozenset[str]] = {}
    others_done = threading.Event()

    def waits(site: Site) -> Outcome:
        assert others_done.wait(30)
        return Outcome()

    def proof(site: Site) -> Outcome:
        assert site.gathered is not None
        proven[site.enclave] = site.gathered.absent()
        if {"gbr", "est"} <= proven.keys():
            others_done.set()
        return Outcome()

    recorder.doing["sweep", "pol"] = waits
    recorder.doing["sweep", "hub"] = slow
    recorder.doing.update({("proof", name): proof for name in ("hub", *ENCLAVES)})
    table = (
        recorder.act("sweep", phase="resetting", leaves="resetting"),
        recorder.act("proof", phase="resetting", leaves="resetting", together=True),
    )

    ended = lifecycle.reset(("hub", *ENCLAVES), table)

    assert [one.failure for one in ended] == [None] * 4
    assert proven == {"gbr": {"pol"}, "est": {"pol"}, "pol": frozenset(), "hub": frozenset()}
    assert recorder.done.index(("sweep", "hub")) < min(recorder.done.index(("proof", name)) for name in ENCLAVES)
