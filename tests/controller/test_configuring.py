"""Configuring again: what was changed is to be recorded anew, and what wasn't stays what it was."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any, cast

import pytest

from range.controller.acts import configure
from range.controller.command import Command
from range.controller.conductor import Conductor
from range.controller.configuring import again
from range.controller.journal import Journal, Standing
from range.controller.outcome import Outcome
from range.controller.sharing import Sharing
from range.controller.site import Setting, Site
from range.controller.steps import STEPS, Step
from range.controller.turns import Turns
from range.records.results import StackChanges
from tests.controller.fakes import Recorder


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
