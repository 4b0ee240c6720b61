"""Which hosts a reset asks, which it believes, and which of them get another disk."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.cloud.ssh import HostName, Ran
from range.controller import reset_acts
from range.controller.baselines import Baselines
from range.controller.looks import comparable, look, made_again, unlooked
from range.controller.played import Played
from range.controller.site import Setting, Site
from range.controller.verdicts import _as_made
from range.controller.worksheets import Sheet
from range.observe.hosts import TYPES
from range.records.baseline import Baseline
from range.records.inventory import Inventory
from range.records.observation import Observation, Thing
from range.records.plan import Plan
from range.records.reset import Options, Worksheet
from range.records.session import Cut, Session
from range.verify.baseline import differences

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOSTS = ("sensor", "web")
VPC = Thing(region="eu-west-2", type="ec2:vpc", name="est-vpc", properties={"A": 1}, id="vpc-1")
QUEUE = Thing(region="eu-west-2", type="sqs:queue", name="q", properties={}, id="q")


class World:
    """An account and two hosts as a witness sees them, with who was asked."""

    def __init__(self) -> None:
        self.things: tuple[Thing, ...] = (VPC,)
        self.files = dict.fromkeys(HOSTS, "1")
        self.deaf: set[str] = set()
        self.asked: list[str] = []

    def look(self, account: str, *, organisation: bool) -> Observation:
        return Observation(account="1", regions=("eu-west-2",), taken=NOW, types=1, things=self.things)

    def log_in(self, name: HostName, patience_s: float, stop: object) -> str | None:
        self.asked.append(name.host)
        return "timed out" if name.host in self.deaf else None

    def run(self, name: HostName, words: object, **_: object) -> Ran:
        file = {"/etc/motd": {"sha256": self.files[name.host]}}
        return Ran(0, json.dumps({**{type_: {} for type_ in TYPES}, "host:file": file}), "")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def site(tmp_path: Path, world: World, monkeypatch: pytest.MonkeyPatch) -> Site:
    plan = SimpleNamespace(
        exercise="x", hub=SimpleNamespace(name="hub"), stack=lambda name: f"x.{name}",
        enclave=lambda name: SimpleNamespace(account="1"),
    )  # fmt: skip
    outputs = SimpleNamespace(hosts=[SimpleNamespace(name=name, id=f"i-{name}") for name in HOSTS])
    engine = SimpleNamespace(outputs=lambda stack: outputs, state=lambda stack: SimpleNamespace(known={"vpc-1"}))
    setting = Setting(
        tmp_path / "x.yaml", cast(Plan, plan), tmp_path, "file:///s", cast(Any, engine), cast(Any, None), {},
        ways=cast(Any, world), reset=Options(),
    )  # fmt: skip
    setting.__dict__["witness"] = world
    made = Site(setting, "est", threading.Event(), lambda _: None)
    recorded = Baseline(
        exercise="x", enclave="est", account="1", recorded=NOW, versions={}, plan={}, state="", playbooks="",
        observation=look(made, HOSTS, 1), inventory=Inventory(account="1", regions=(), taken_at=NOW, resources=()),
    )  # fmt: skip
    Baselines.of(setting, "est").record(recorded)
    monkeypatch.setattr(reset_acts, "needed", lambda setting, enclave: Baselines.of(setting, enclave).read())
    world.asked.clear()
    return made


def looked(site: Site) -> Worksheet:
    assert not reset_acts.look(site).failed
    return Sheet.of(site).read()


def test_where_nothing_differs_nothing_was_touched(site: Site, world: World) -> None:
    work = looked(site)

    assert not work.touched
    assert sorted(world.asked) == list(HOSTS)


def test_a_host_that_isn_t_as_it_was_or_doesn_t_answer_gets_another_disk_and_no_other_does(
    site: Site, world: World
) -> None:
    world.files["web"] = "2"
    changed = looked(site)
    world.files["web"], world.deaf = "1", {"sensor"}
    deaf = looked(site)

    assert (changed.hosts, [each.region for each in changed.found]) == (("web",), ["host web"])
    assert changed.in_account == ()
    assert (deaf.hosts, deaf.found) == (("sensor",), ())
    assert deaf.touched


def played(site: Site, world: World) -> None:
    session = Session(number=1, began=NOW, ends=NOW, ended=NOW, who="ann", enclaves=("est",))
    Played.of(site.setting).keep(session)


def cut(site: Site, world: World) -> None:
    Played.of(site.setting).is_cut("est", Cut(since=NOW, who="ann", why="DIRTY", entries=(), quarantine=True))


def strange(site: Site, world: World) -> None:
    world.things = (VPC, QUEUE)


@pytest.mark.parametrize("happened", [played, cut])
def test_what_hosts_say_of_themselves_isn_t_even_asked_where_others_were_in(
    site: Site, world: World, happened: Callable[[Site, World], None]
) -> None:
    happened(site, world)

    assert looked(site).hosts == HOSTS
    assert world.asked == []


def test_all_hosts_get_another_disk_where_the_account_isn_t_as_it_was(site: Site, world: World) -> None:
    strange(site, world)

    assert looked(site).hosts == HOSTS


def test_what_was_deleted_and_made_again_is_told_from_what_was_there(site: Site, world: World) -> None:
    recorded = Baselines.of(site.setting, "est").read()
    assert recorded is not None
    again = VPC.model_copy(update={"id": "vpc-2"})

    (found,) = made_again(recorded, world.look("1", organisation=False).with_things([again], (), 1), {"vpc-1"})

    assert (found.was, found.now, found.id) == ("vpc-1", "vpc-2", "vpc-2")
    assert not list(made_again(recorded, world.look("1", organisation=False), {"vpc-1"}))
    world.things = (again,)
    assert looked(site).touched


def test_hosts_that_were_made_anew_are_the_baseline_s_from_then_on_and_the_account_is_compared_still(
    site: Site, world: World
) -> None:
    recorded = Baselines.of(site.setting, "est").read()
    assert recorded is not None
    world.files = dict.fromkeys(HOSTS, "other keys")

    as_made = _as_made(site, recorded, seen := look(site, HOSTS, 1))
    strange(site, world)
    elsewise = look(site, HOSTS, 1)

    assert as_made.digest == seen.digest != recorded.digest
    assert Baselines.of(site.setting, "est").read() == as_made
    assert [str(each) for each in differences(_as_made(site, recorded, elsewise).observation, elsewise)] == [
        "added: eu-west-2 sqs:queue q"
    ]


def test_where_hosts_cannot_be_entered_the_account_alone_is_compared_and_that_is_said(site: Site) -> None:
    recorded = Baselines.of(site.setting, "est").read()
    assert recorded is not None
    without = replace(site, setting=replace(site.setting, ways=None, hostless="no hosts here"))
    older = recorded.model_copy(update={"no_files": "there were none"})

    assert "no hosts here" in unlooked(without, recorded)
    assert comparable(without, recorded).observation.hosts == ()
    assert comparable(without, recorded).digest == recorded.observation.of_account.digest
    assert "recorded without them" in unlooked(site, older)
