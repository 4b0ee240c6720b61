"""Sessions and resets in the tests' own process: the rows of the table on one enclave, without a program for each."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from range.cli import surroundings
from range.controller.outcome import Outcome
from range.controller.played import Played
from range.controller.reset_steps import LEVELS
from range.controller.resets import refuse
from range.controller.site import Setting, Site
from range.errors import RangeError
from range.records.reset import Options, ResetResult
from range.records.session import Session
from range.session.access import open_access, revoke

ENCLAVE = "est"


@contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    """Have this process's environment be another for the length of the block."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


class Resets:
    """Resets of one enclave; made inside of `environment`."""

    def __init__(self, spec: Path) -> None:
        """Open the doors that all resets share."""
        planned = surroundings.plan(spec)
        self.setting: Setting = replace(surroundings.setting(spec, planned, spec.parent / ".range"), who="the tests")
        self.seconds: dict[str, float] = {}

    def reset(self, *without: str, **options: object) -> ResetResult:
        """Reset it, row by row, as a walk does, but for rows that are left out."""
        asked = Options.model_validate(options)
        setting = replace(self.setting, reset=asked)
        for name in ("witness", "proof"):  # what is made once per command
            setting.__dict__[name] = getattr(self.setting, name)
        refuse(setting, (ENCLAVE,), force=False)
        site = Site(setting, ENCLAVE, threading.Event(), lambda progress: None)
        for act in LEVELS[asked.level]:
            if act.name in without:
                continue
            began = time.monotonic()
            try:
                outcome = act.run(site)
            except RangeError as error:
                outcome = Outcome.of(error)
            self.seconds[act.name] = self.seconds.get(act.name, 0.0) + time.monotonic() - began
            if outcome.reset is not None:
                return outcome.reset
            assert not outcome.failed, (act.name, outcome)
        raise AssertionError("the reset gave no verdict")

    @contextmanager
    def session(self, client_of: Callable[[boto3.Session], Any]) -> Iterator[Any]:
        """Give a participant's clients, for the length of a session."""
        played, plan = Played.of(self.setting), self.setting.plan
        now = datetime.now(UTC)
        session = Session(
            number=len(played.sessions) + 1, began=now, ends=now + timedelta(hours=1), who="x", enclaves=(ENCLAVE,)
        )
        played.keep(session)
        account = self.setting.sessions.account(plan.enclave(ENCLAVE).account)
        given = open_access(account, plan.exercise, ENCLAVE, ENCLAVE)
        keys = (given.access_key_id, given.secret_access_key, given.session_token)
        yield client_of(boto3.Session(*keys, region_name=plan.region))
        revoke(account, plan.exercise, ENCLAVE, datetime.now(UTC))
        played.keep(session.model_copy(update={"ended": datetime.now(UTC)}))


def events(result: ResetResult) -> tuple[str, ...]:
    """Give the events of the trail that nobody could see the effect of."""
    return tuple(each.split("(event ")[1].split(")")[0] for each in result.why if "(event " in each)
