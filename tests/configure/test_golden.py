"""Building golden images: what is done to builders and in which order, what is remembered, and that none is left."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any, cast

import pytest

from range.cloud.images import Builder, GoldenImage, Images, Place
from range.cloud.ssh import HostName, Ways
from range.configure import golden
from range.configure.golden import AT_ONCE, Wish, Workshop, accounts_of, prune
from range.configure.made import Shelf
from range.configure.runs import Play
from range.configure.stage import Tools
from range.configure.traits import Trait
from range.errors import Interrupted
from range.plan.golden import golden_names
from range.records.plan import Plan

PLACE = Place("subnet-1", IPv4Network("10.64.0.0/24"), "sg-1", "steadfast-hub-1")
SHARED = Trait(kind="path", name="/etc/nginx/nginx.conf", told={"type": "file"})


@dataclass
class Account:
    """The hub's account, as far as images go."""

    standing: set[str] = field(default_factory=set)
    most: int = 0
    images: dict[str, GoldenImage] = field(default_factory=dict)
    shared: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def left(self) -> tuple[str, ...]:
        return tuple(self.standing)

    def terminate(self, instances: list[str]) -> None:
        self.standing -= set(instances)

    def free(self, place: Place, taken: list[IPv4Address], count: int) -> list[IPv4Address]:
        return [IPv4Address(f"10.64.0.{250 - number}") for number in range(count)]

    def base(self, image: object) -> str:
        return "ami-base"

    def launch(self, place: Place, key: str, builder: Builder) -> str:
        self.standing.add(builder.image)
        self.most = max(self.most, len(self.standing))
        return builder.image

    def halt(self, instances: list[str]) -> None:
        assert set(instances) <= self.standing

    def make(self, instance: str, name: str) -> GoldenImage:
        assert instance in self.standing
        self.images[name] = GoldenImage(name=name, id=f"ami-of-{name}", snapshots=(f"snap-of-{name}",))
        return self.images[name]

    def share(self, image: GoldenImage, accounts: tuple[str, ...]) -> None:
        self.shared[image.name] = accounts

    def all(self) -> dict[str, GoldenImage]:
        return dict(self.images)

    def remove(self, image: GoldenImage) -> None:
        del self.images[image.name]

    def strays(self) -> tuple[str, ...]:
        return ()

    def forget(self, snapshots: tuple[str, ...]) -> None: ...


@dataclass
class Builders:
    """Ways to builders, and what Ansible does there."""

    sockets: Path
    config: Path = Path("/ssh/config")
    lost: int = 0
    breaks: str = ""
    """The playbook in which the first builder fails."""
    interrupted: bool = False
    plays: list[tuple[str, str, str, int]] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)

    def of(self, plan: Plan, folder: Path) -> Builders:
        return self

    def forget(self, names: Any) -> None: ...

    def open(self, patience_s: float, stop: threading.Event) -> None: ...

    def close(self) -> None: ...

    def log_in(self, name: HostName, patience_s: float, stop: threading.Event) -> str | None:
        return "no route to host" if self.lost and name.host.endswith(f"-{self.lost}") else None

    def play(self, each: Play, on_event: Callable[[Any], None], stop: threading.Event, *, run: str) -> Path:
        hosts = {
            name: told for group in each.inventory["all"]["children"].values() for name, told in group["hosts"].items()
        }
        self.told |= hosts
        assert all(Path(told["foundation_certificate"]).exists() for told in hosts.values())
        self.plays.append((each.playbook, each.tags, each.skip_tags, len(hosts)))
        if self.interrupted:
            raise Interrupted("the run was stopped")
        for name in hosts:
            fails = each.playbook == self.breaks and name.partition(".")[0].endswith("-1")
            event = {"host": name, "task": "Serve", "changed": True, "ignored": False, "message": "it\n  broke"}
            traits = [SHARED.model_dump()] if each.skip_tags else []
            on_event({**event, "event": "failed"} if fails else {**event, "event": "ok", "traits": traits})
        return each.folder


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def builders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builders:
    builders = Builders(tmp_path / "sockets")
    monkeypatch.setattr(golden, "play", builders.play)
    return builders


@pytest.fixture
def wishes(plan: Plan) -> list[Wish]:
    return [Wish(name, *served[0], 8) for name, served in golden_names(plan).items()]


@pytest.fixture
def workshop(plan: Plan, account: Account, builders: Builders, tmp_path: Path) -> Workshop:
    tools = Tools(tmp_path / "steadfast", cast(Ways, builders))
    images = cast(Images, account)
    return Workshop(tools, plan, images, PLACE, "key", lambda _: None, lambda _: None, threading.Event())


def test_a_builder_is_configured_verified_stripped_imaged_and_gone(
    workshop: Workshop, account: Account, builders: Builders, wishes: list[Wish], plan: Plan, tmp_path: Path
) -> None:
    (built,) = workshop.build(wishes[:1])

    assert [play[:3] for play in builders.plays] == [
        ("site.yml", "host", ""),
        ("site.yml", "", "host"),
        ("verify.yml", "", ""),
        ("strip.yml", "", ""),
    ]
    assert (built.name, built.error) == (wishes[0].name, None)
    assert account.standing == set()
    assert account.shared == {built.name: accounts_of(plan)}
    made = Shelf(tmp_path / "steadfast").of(built.name)
    assert made is not None
    assert (made.image, made.traits) == (built.image, (SHARED,))
    assert not list((tmp_path / "steadfast/authority/hosts").iterdir())


def test_a_builder_is_told_what_its_host_is_told_but_for_who_it_is(
    workshop: Workshop, builders: Builders, wishes: list[Wish], plan: Plan
) -> None:
    (wish,) = (wish for wish in wishes if wish.host.role == "target_web")

    workshop.build([wish])

    (told,) = builders.told.values()
    assert told["foundation_enclave"] == "hub"
    assert told["golden_image"] == wish.name
    assert told["target_web_weaknesses"] == list(wish.host.weaknesses)
    assert told["foundation_collector"]["name"] == "collector-1.hub"


@pytest.mark.parametrize("playbook", ["site.yml", "verify.yml", "strip.yml"])
def test_one_builder_that_fails_leaves_the_others_to_finish_and_becomes_no_image(
    workshop: Workshop, account: Account, builders: Builders, wishes: list[Wish], playbook: str, tmp_path: Path
) -> None:
    builders.breaks = playbook

    bad, *good = workshop.build(wishes[:3])

    assert bad.error == "`Serve`: it broke"
    assert [each.error for each in good] == [None, None]
    assert account.images.keys() == {wish.name for wish in wishes[1:3]}
    assert Shelf(tmp_path / "steadfast").of(bad.name) is None
    assert account.standing == set()


def test_a_builder_that_cannot_be_come_by_is_named(
    workshop: Workshop, account: Account, builders: Builders, wishes: list[Wish]
) -> None:
    builders.lost = 2

    good, bad = workshop.build(wishes[:2])

    assert good.error is None
    assert bad.error == "its builder can't be come by: no route to host"


def test_no_builder_outlives_a_build_that_is_stopped_and_those_of_a_killed_one_are_cleared_away(
    workshop: Workshop, account: Account, builders: Builders, wishes: list[Wish]
) -> None:
    account.standing = {"of a build that was killed"}
    builders.interrupted = True

    with pytest.raises(Interrupted):
        workshop.build(wishes[:2])

    assert account.standing == set()
    assert account.images == {}


def test_only_some_builders_stand_at_once(workshop: Workshop, account: Account, wishes: list[Wish]) -> None:
    built = workshop.build(wishes)

    assert len(built) == len(wishes) > AT_ONCE
    assert account.most == AT_ONCE


def test_images_that_nothing_has_a_use_for_are_pruned_with_their_records_and_no_others(
    workshop: Workshop, account: Account, wishes: list[Wish], tmp_path: Path
) -> None:
    workshop.build(wishes[:2])
    kept, gone = wishes[0].name, wishes[1].name

    pruned = prune(cast(Images, account), tmp_path / "steadfast", {kept: None})

    assert [image.name for image in pruned] == [gone]
    assert account.images.keys() == {kept}
    assert [made.name for made in Shelf(tmp_path / "steadfast").all()] == [kept]
