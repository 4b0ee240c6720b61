"""One enclave for the table's own rows: an engine, a witness and looks that say what a test tells them to."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.controller.site import Setting, Site
from range.provision.state import State
from range.records.inventory import Inventory, Resource
from range.records.observation import Observation, Thing, Unread
from range.records.plan import Plan
from range.teardown.leftovers import Leftovers

ACCOUNT = "200000000002"
VPC = Resource(account=ACCOUNT, region="eu-west-2", type="ec2:vpc", id="vpc-1", tags={"range:stack": "steadfast.est"})
NOTHING = Leftovers(left=())
EMPTY = Inventory(account=ACCOUNT, regions=("eu-west-2",), taken_at=datetime(2026, 1, 1, tzinfo=UTC), resources=())


@dataclass
class Engine:
    """An engine that knows what it is told."""

    states: dict[str, State] = field(default_factory=dict)

    def state(self, stack: str) -> State:
        return self.states.get(stack, State())

    def stacks(self) -> tuple[str, ...]:
        return tuple(self.states)


class Eyes:
    """A witness that sees what a test tells it to."""

    def __init__(self) -> None:
        self.things: tuple[Thing, ...] = ()
        self.unread: tuple[Unread, ...] = ()

    def look(self, account: str, *, organisation: bool) -> Observation:
        return Observation(
            account=account, regions=("eu-west-2",), taken=datetime.now(UTC), types=1, things=self.things,
            unread=self.unread,
        )  # fmt: skip


def site_of(home: Path, engine: Engine) -> Site:
    """Est, in a directory of its own."""
    est = SimpleNamespace(name="est", account=ACCOUNT)
    plan = SimpleNamespace(
        exercise="steadfast", hub=SimpleNamespace(name="hub"), stack=lambda name: f"steadfast.{name}", enclaves=[est]
    )
    plan.enclave = lambda name: {"est": est}[name]
    sessions = SimpleNamespace(account=lambda account: SimpleNamespace(id=account, region="eu-west-2"))
    setting = Setting(Path("x.yaml"), cast(Plan, plan), home, "file:///state", cast(Any, engine), cast(Any, sessions))
    setting.__dict__["witness"] = Eyes()
    return Site(setting, "est", threading.Event(), lambda _: None)


def found(monkeypatch: pytest.MonkeyPatch, inventory: Inventory) -> None:
    monkeypatch.setattr("range.cloud.inventory.take", lambda account, organisation, regions=(): inventory)


def proven(monkeypatch: pytest.MonkeyPatch, leftovers: Leftovers) -> None:
    monkeypatch.setattr("range.teardown.leftovers.prove_nothing_left", lambda *_, **__: leftovers)
