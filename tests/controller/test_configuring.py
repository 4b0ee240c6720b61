"""Configuring again: what was changed is to be recorded anew, and what wasn't stays what it was."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from range.configure import stage
from range.controller.acts import configure
from range.controller.command import Command
from range.controller.conductor import Conductor
from range.controller.configuring import again
from range.controller.journal import Journal, Standing
from range.controller.outcome import Outcome
from range.controller.played import Played
from range.controller.sharing import Sharing
from range.controller.site import Setting, Site
from range.controller.steps import STEPS, Step
from range.controller.turns import Turns
from range.records.configured import Configured, HostConfigured
from range.records.reset import Options
from range.records.results import StackChanges
from range.records.session import Cut, Entry
from tests.controller.fakes import FakeEngine, Recorder


@pytest.fixture
def site(setting: Setting) -> Site:
    return Site(setting, "est", threading.Event(), lambda _: None)


def _again(outcome: Outcome, phase: Any, site: Site) -> Outcome:
    (row,) = (step for step in STEPS if step.do.name == "configure")
    fake = replace(row, do=replace(row.do, run=lambda _: outcome))
    return again([fake], {"est": Standing(name="est", phase=phase)}).do.run(site)


def _changed(tasks: int) -> Outcome:
    return Outcome(changes=StackChanges(stack="steadfast.est", update=tasks, same=9))


@pytest.mark.parametrize("phase", ["ready", "in session", "frozen"])
def test_where_nothing_was_changed_an_enclave_stays_what_it_was(phase: Any, site: Site) -> None:
    assert _again(_changed(0), phase, site).leaves == phase


def test_where_something_was_changed_the_baseline_is_to_be_recorded_anew(site: Site) -> None:
    assert _again(_changed(1), "ready", site).leaves is None


def test_a_failure_stays_one(site: Site) -> None:
    assert _again(Outcome(error="web-1: the disk is full", exit_code=1), "ready", site).leaves is None


def test_without_hosts_the_step_is_skipped_with_the_reason_in_plain_words(setting: Setting) -> None:
    hostless = replace(setting, hostless="this rehearsal runs no hosts")

    outcome = configure(Site(hostless, "est", threading.Event(), lambda _: None))

    assert (outcome.skipped, outcome.failed) == ("this rehearsal runs no hosts", False)
    assert outcome.notes == ("hosts are not configured: this rehearsal runs no hosts",)


@pytest.mark.parametrize(
    ("quarantine", "phase", "typed"),
    [(False, "frozen", "range thaw {} --ally est"), (True, "quarantined", "range reset {} --ally est --level enclave")],
)
def test_hosts_of_an_enclave_that_is_cut_off_are_not_waited_for(
    quarantine: bool, phase: str, typed: str, setting: Setting, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stage, "configure", lambda *_, **__: pytest.fail("somebody tried to log in"))
    engine.standing.add("steadfast.est")
    since = datetime(2026, 11, 29, 8, 13, tzinfo=UTC)
    cut = Cut(since=since, who="ann", why="a drill", entries=(Entry(acl="a", egress=True),), quarantine=quarantine)
    Played.of(setting).is_cut("est", cut)

    outcome = configure(Site(replace(setting, ways=cast(Any, "ways")), "est", threading.Event(), lambda _: None))

    assert outcome.error == (
        f"its hosts can't be come by: est has been {phase} since 2026-11-29 08:13 UTC by ann: a drill"
    )
    assert outcome.hint == f"`{typed.format(setting.spec)}`, then the same command again"
    assert (outcome.exit_code, outcome.leaves) == (1, phase)


@pytest.mark.parametrize("reset", [None, Options()])
def test_hosts_are_configured_where_nothing_is_cut_off_and_where_a_reset_gave_the_network_back(
    reset: Options | None, setting: Setting, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = Configured(enclave="est", hosts=(HostConfigured(name="web-1", ok=2, changed=1),))
    monkeypatch.setattr(stage, "configure", lambda *_, **__: done)
    engine.standing.add("steadfast.est")
    if reset is not None:
        entries = (Entry(acl="a", egress=True),)
        since = datetime(2026, 11, 29, 8, 13, tzinfo=UTC)
        Played.of(setting).is_cut("est", Cut(since=since, who="ann", why="w", entries=entries, quarantine=True))

    there = replace(setting, ways=cast(Any, "ways"), reset=reset)
    outcome = configure(Site(there, "est", threading.Event(), lambda _: None))

    assert (outcome.error, outcome.leaves, outcome.changes and outcome.changes.update) == (None, None, 1)


class Shared:
    """Where controllers share work: whoever takes it there knows nothing of how it was meant."""

    def carried_out(self, *_: object) -> Any:
        raise AssertionError("it was given away")


def test_it_stays_with_the_command_that_was_typed_where_controllers_share_work(
    setting: Setting, journal: Journal, recorder: Recorder, steps: tuple[Step, ...]
) -> None:
    row = again([replace(steps[1], do=replace(steps[1].do, name="configure", in_turn=False))], {})
    command = Command(
        "steadfast", "range configure", "ann", journal.command_began("steadfast", "words", "ann"), journal
    )
    conductor = Conductor(
        command, [row.do], "up", site=lambda name: Site(setting, name, threading.Event(), lambda _: None),
        watcher=recorder, stop=threading.Event(), locks=setting.locks, digest="d", turns=Turns((("est",),)),
        refusal=lambda *_: None,
    )  # fmt: skip
    conductor.sharing = cast(Sharing, Shared())

    assert Outcome.model_validate(conductor.perform("est", "configure")).error is None
    assert recorder.done == [("make", "est")]
