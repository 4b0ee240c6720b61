"""Which hosts Ansible goes over, and which need not be: one that is known, one that drifted, one of a golden image."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from range.cloud.ssh import HostName, Ways
from range.configure import stage
from range.configure.made import Made, Shelf
from range.configure.runs import Play
from range.configure.stage import Tools, configure, failure_of
from range.configure.survey import Seen
from range.configure.traits import Trait
from range.errors import Interrupted
from range.plan.golden import golden_name
from range.records.configured import Configured
from range.records.plan import Plan

NGINX = Trait(kind="path", name="/etc/nginx/nginx.conf", told={"type": "file", "sha1": "1"})
PEM = Trait(kind="path", name="/etc/syslog-ng/host.pem", told={"type": "file", "sha1": "2"})
ALL = ["files-1.est", "sensor-1.est", "shell-1.est", "web-1.est"]


@dataclass
class Hosts:
    """Hosts that are as tests say; and Ansible, which makes them right."""

    images: dict[str, str] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    drifted: dict[str, Trait] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    interrupted: bool = False
    config: Path = Path("/ssh/config")
    plays: list[Play] = field(default_factory=list)
    looks: list[str] = field(default_factory=list)

    def open(self, patience_s: float, stop: threading.Event) -> None: ...

    def log_in(self, name: HostName, patience_s: float, stop: threading.Event) -> str | None:
        return "no route to host" if name.alias in self.lost else None

    def survey(self, ways: Ways, name: HostName, traits: tuple[Trait, ...] = ()) -> Seen:
        self.looks.append(name.alias)
        drifted = self.drifted.get(name.alias)
        return Seen(image=self.images.get(name.alias, ""), otherwise=tuple(each for each in traits if each == drifted))

    def play(self, each: Play, on_event: Callable[[Any], None], stop: threading.Event, *, run: str) -> Path:
        self.plays.append(each)
        if self.interrupted:
            raise Interrupted("the run was stopped")
        for name in each.limit:
            task = {"host": name, "task": "Serve", "changed": True, "ignored": False, "message": "boom"}
            if name in self.broken:
                on_event({**task, "event": "failed"})
                continue
            told = [PEM] if each.tags else [NGINX, PEM]
            on_event({**task, "event": "ok", "traits": None if name in self.unreadable else told})
            if not each.tags:
                self.drifted.pop(name, None)
        ended = {name: 1 for name in each.limit if name not in self.broken}
        failures = {name: 1 for name in each.limit if name in self.broken}
        on_event({"event": "stats", "ok": ended, "changed": ended, "failures": failures, "skipped": {}})
        return each.folder

    def played(self) -> list[tuple[str, list[str]]]:
        """Give the tags and the hosts of every run since the last look."""
        found = [(each.tags, sorted(each.limit)) for each in self.plays]
        self.plays.clear()
        return found


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> Hosts:
    hosts = Hosts()
    monkeypatch.setattr(stage, "survey", hosts.survey)
    monkeypatch.setattr(stage, "play", hosts.play)
    return hosts


@pytest.fixture
def run(hosts: Hosts, plan: Plan, tmp_path: Path) -> Callable[..., Configured]:
    def once(of: Plan = plan) -> Configured:
        tools = Tools(tmp_path / "steadfast", cast(Ways, hosts))
        return configure(tools, of, of.enclave("est"), on_progress=lambda _: None, stop=threading.Event())

    return once


def test_hosts_that_are_as_the_last_run_left_them_have_nothing_to_be_done(hosts: Hosts, run: Any) -> None:
    first = run()
    assert hosts.played() == [("", ALL)]

    second = run()

    assert hosts.played() == []
    assert (first.changed, second.changed, second.same) == (4, 0, 4)
    assert second.failed == ()
    assert [(host.known, other.known) for host, other in zip(first.hosts, second.hosts, strict=True)] == [
        (False, True)
    ] * 4


def test_only_the_host_that_drifted_is_gone_over(hosts: Hosts, run: Any) -> None:
    run()
    hosts.played()
    hosts.drifted["web-1.est"] = NGINX

    second = run()

    assert hosts.played() == [("", ["web-1.est"])]
    assert (second.changed, second.same) == (1, 3)


def test_other_inputs_let_ansible_go_over_the_hosts_that_have_them(
    hosts: Hosts, run: Any, exercise_file: Callable[..., Plan]
) -> None:
    run()
    hosts.played()

    run(
        exercise_file(
            lambda file: file["profiles"]["standard"]["hosts"]["web"].update(weaknesses={"exposed-backup": False})
        )
    )

    assert hosts.played() == [("", ["web-1.est"])]


def test_a_host_whose_results_cannot_be_read_is_gone_over_every_time(hosts: Hosts, run: Any) -> None:
    hosts.unreadable = {"sensor-1.est"}
    run()
    hosts.played()

    run()

    assert hosts.played() == [("", ["sensor-1.est"])]


def test_one_host_that_cannot_be_come_by_fails_with_its_reason_and_the_next_run_goes_on_there(
    hosts: Hosts, run: Any
) -> None:
    hosts.lost = {"web-1.est"}
    first = run()
    assert failure_of(first) == "web-1 can't be reached at `Log in`: no route to host"
    hosts.played()

    hosts.lost.clear()
    second = run()

    assert hosts.played() == [("", ["web-1.est"])]
    assert failure_of(second) is None


def test_services_of_a_host_that_was_left_half_done_are_restarted_and_no_others(hosts: Hosts, run: Any) -> None:
    hosts.broken = {"files-1.est"}
    first = run()
    assert failure_of(first) == "files-1: `Serve`: boom"
    hosts.played()
    hosts.broken.clear()
    hosts.drifted["web-1.est"] = NGINX

    run()

    (each,) = hosts.plays
    told = {name: of for group in each.inventory["all"]["children"].values() for name, of in group["hosts"].items()}
    assert [name for name in each.limit if "range_service_state" in told[name]] == ["files-1.est"]


def test_a_run_that_is_stopped_ends_its_tasks_on_the_hosts(hosts: Hosts, run: Any) -> None:
    hosts.interrupted = True

    with pytest.raises(Interrupted):
        run()

    assert sorted(hosts.looks) == sorted([*ALL, *ALL])


@pytest.fixture
def golden(hosts: Hosts, plan: Plan, tmp_path: Path) -> str:
    """A golden image for the web server, which is made of it; gives its name."""
    est = plan.enclave("est")
    (web,) = (host for host in est.hosts if host.name == "web-1")
    name = golden_name(plan, est, web)
    Shelf(tmp_path / "steadfast").keep(Made(name=name, image="ami-1", tasks=20, traits=(NGINX,)))
    hosts.images["web-1.est"] = name
    return name


def test_on_a_host_of_a_golden_image_only_what_is_its_own_is_done(hosts: Hosts, run: Any, golden: str) -> None:
    first = run()
    assert hosts.played() == [("host", ["web-1.est"]), ("", [name for name in ALL if name != "web-1.est"])]
    assert {host.name: (host.ok, host.changed) for host in first.hosts}["web-1"] == (20, 1)

    second = run()

    assert hosts.played() == []
    assert second.changed == 0


def test_a_host_that_is_not_what_its_golden_image_was_is_gone_over_whole(hosts: Hosts, run: Any, golden: str) -> None:
    hosts.drifted["web-1.est"] = NGINX

    run()

    assert hosts.played() == [("host", ["web-1.est"]), ("", ALL)]


def test_an_image_that_another_plan_built_serves_nobody(hosts: Hosts, run: Any, golden: str) -> None:
    hosts.images["web-1.est"] = golden[:-1] + ("0" if golden[-1] != "0" else "1")

    run()

    assert hosts.played() == [("", ALL)]


def test_a_look_that_fails_is_no_reason_to_leave_a_host_alone(
    hosts: Hosts, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    hosts.played()
    monkeypatch.setattr(stage, "survey", lambda *_: Seen(blind=True))

    run()

    assert hosts.played() == [("", ALL)]
