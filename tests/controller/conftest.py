"""A controller without a cloud: fake steps, and what a command needs to walk them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.controller.command import Command
from range.controller.journal import Journal
from range.controller.lifecycle import Lifecycle
from range.controller.site import Setting
from range.controller.steps import Step
from range.records.plan import Plan
from tests.controller.fakes import ENCLAVES, FakeEngine, Recorder


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def steps(recorder: Recorder) -> tuple[Step, ...]:
    return (
        Step(
            do=recorder.act("look", phase="provisioning", leaves="provisioning", in_turn=True),
            undo=recorder.act("prove", phase="tearing down", leaves="absent"),
        ),
        Step(
            do=recorder.act("make", phase="provisioning", leaves="provisioned", in_turn=True),
            undo=recorder.act("unmake", phase="tearing down", leaves="tearing down", in_turn=True),
        ),
    )


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.sqlite") as journal:
        yield journal


@pytest.fixture
def strangers() -> dict[str, str]:
    """Nobody has left the file."""
    return {}


@pytest.fixture
def setting(tmp_path: Path, engine: FakeEngine, strangers: dict[str, str]) -> Setting:
    names = [SimpleNamespace(name=name, zones=()) for name in ENCLAVES]
    plan = SimpleNamespace(
        exercise="steadfast",
        hub=SimpleNamespace(name="hub", zones=()),
        enclaves=names,
        enclave=lambda name: SimpleNamespace(name=name, zones=()),
        stack=lambda name: f"steadfast.{name}",
        model_dump_json=lambda: "{}",
    )
    anything = cast(Any, None)
    return Setting(
        tmp_path / "x.yaml", cast(Plan, plan), tmp_path, "file:///state", cast(Any, engine), anything, strangers
    )


@pytest.fixture
def lifecycle(setting: Setting, journal: Journal, recorder: Recorder, steps: tuple[Step, ...]) -> Lifecycle:
    number = journal.command_began("steadfast", "range up", "ann")
    command = Command("steadfast", "range up steadfast.yaml", "ann", number, journal)
    return Lifecycle(setting, command, watcher=recorder, on_progress=lambda _: None, steps=steps)
