"""What a baseline is made from, when it stays, and what is said of one that can't be used."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from range.cli import surroundings
from range.controller import baseline_acts, baselines
from range.controller.baselines import Baselines, needed, plan_parts, playbooks_digest, state_digest
from range.controller.played import Played
from range.controller.proving import Shared, judged
from range.controller.site import Setting, Site
from range.errors import InputError, Undecided
from range.provision.state import Known, State
from range.records.baseline import Baseline
from range.records.inventory import Inventory
from range.records.observation import Observation, Thing, Unread
from range.records.plan import Plan
from range.records.proof import Finding
from range.records.session import Session

EXAMPLE = Path(__file__).parents[2] / "examples" / "steadfast.yaml"
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
VPC = Thing(region="eu-west-2", type="ec2:vpc", name="steadfast-est-vpc", properties={"CidrBlock": "x"}, id="vpc-1")
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:one"}


def seen(*things: Thing, unread: tuple[Unread, ...] = ()) -> Observation:
    return Observation(account="200000000002", regions=("eu-west-2",), taken=NOW, types=1, things=things, unread=unread)


def known(**inputs: Any) -> State:
    return State(resources=(Known(urn="urn::vpc", type="aws:ec2/vpc:Vpc", id="vpc-1", custom=True, inputs=inputs),))


@pytest.fixture(scope="module")
def plan() -> Plan:
    return surroundings.plan(EXAMPLE)


@pytest.fixture
def state() -> dict[str, State]:
    return {"steadfast.est": known(cidrBlock="10.0.0.0/16")}


@pytest.fixture
def setting(tmp_path: Path, plan: Plan, state: dict[str, State]) -> Setting:
    engine = SimpleNamespace(
        state=lambda stack: state.get(stack, State()), outputs=lambda stack: SimpleNamespace(hosts=())
    )
    sessions = SimpleNamespace(account=lambda account: SimpleNamespace(id=account, pages=lambda *_, **__: []))
    made = Setting(EXAMPLE, plan, tmp_path, "file:///state", cast(Any, engine), cast(Any, sessions))
    made.__dict__["witness"] = SimpleNamespace(look=lambda account, organisation: seen(VPC))
    return made


@pytest.fixture
def site(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> Site:
    inventory = Inventory(account="200000000002", regions=("eu-west-2",), taken_at=NOW, resources=())
    monkeypatch.setattr("range.cloud.inventory.take", lambda account, organisation: inventory)
    return Site(setting, "est", threading.Event(), lambda _: None)


def test_adding_an_ally_changes_nothing_that_another_s_baseline_is_made_from(plan: Plan, tmp_path: Path) -> None:
    content = yaml.safe_load(EXAMPLE.read_text())
    content["allies"].append({**content["allies"][0], "code": "fra", "account": "200000000009"})
    spec = tmp_path / "steadfast.yaml"
    spec.write_text(yaml.safe_dump(content, sort_keys=False))
    (tmp_path / "steadfast.lock.json").write_text(EXAMPLE.with_name("steadfast.lock.json").read_text())
    more = surroundings.plan(spec)

    assert plan_parts(more, more.enclave("gbr")) == plan_parts(plan, plan.enclave("gbr"))


def test_the_state_counts_with_its_inputs_but_never_with_a_secret(setting: Setting, state: dict[str, State]) -> None:
    digests = []
    for inputs in ({"a": 1, "s": SECRET}, {"a": 1, "s": {**SECRET, "ciphertext": "v1:two"}}, {"a": 2, "s": SECRET}):
        state["steadfast.est"] = known(**inputs)
        digests.append(state_digest(setting, "est"))

    assert digests[0] == digests[1] != digests[2]


def test_the_playbooks_count_file_by_file(tmp_path: Path) -> None:
    assert not playbooks_digest(tmp_path / "none")
    (tmp_path / "site.yml").write_text("a")
    first = playbooks_digest(tmp_path)
    (tmp_path / "site.yml").write_text("b")

    assert first != playbooks_digest(tmp_path)


def test_a_baseline_is_recorded_once_and_stays_while_nothing_is_made_anew(site: Site) -> None:
    assert baseline_acts.baseline(site).error is None
    first = Baselines.of(site.setting, "est").read()

    again = baseline_acts.baseline(site)

    assert first is not None
    assert first.digest == seen(VPC).digest
    assert Baselines.of(site.setting, "est").read() == first
    assert "stays" in again.notes[0]


def test_another_state_gets_another_baseline(site: Site, state: dict[str, State]) -> None:
    baseline_acts.baseline(site)
    first = Baselines.of(site.setting, "est").read()
    state["steadfast.est"] = known(cidrBlock="10.9.0.0/16")

    baseline_acts.baseline(site)

    second = Baselines.of(site.setting, "est").read()
    assert first is not None
    assert second is not None
    assert first.made_from != second.made_from


def test_what_was_played_in_is_never_recorded_as_a_baseline(site: Site, state: dict[str, State]) -> None:
    baseline_acts.baseline(site)
    Played.of(site.setting).keep(
        Session(number=1, began=NOW, ends=NOW, ended=NOW, who="ann", enclaves=("est",), warned=())
    )
    state["steadfast.est"] = known(cidrBlock="10.9.0.0/16")

    outcome = baseline_acts.baseline(site)

    assert outcome.exit_code == 1
    assert outcome.hint is not None
    assert "--level enclave" in outcome.hint


def test_what_could_not_be_read_is_no_baseline(site: Site) -> None:
    dark = Unread(region="eu-west-2", type="kms:key", code="AccessDenied", why="kms list_keys: AccessDenied")
    site.setting.__dict__["witness"] = SimpleNamespace(look=lambda account, organisation: seen(VPC, unread=(dark,)))

    outcome = baseline_acts.baseline(site)

    assert (outcome.exit_code, Baselines.of(site.setting, "est").read()) == (3, None)
    assert "AccessDenied" in str(outcome.error)


def test_without_a_baseline_or_with_one_of_another_file_the_answer_is_up(site: Site, plan: Plan) -> None:
    setting = site.setting
    with pytest.raises(InputError, match="est has no baseline"):
        needed(setting, "est")
    baseline_acts.baseline(site)
    assert needed(setting, "est").enclave == "est"

    other = Setting(
        EXAMPLE, plan.model_copy(update={"budget_usd": 1.0}), setting.home, "", setting.engine, setting.sessions
    )
    with pytest.raises(InputError, match="changed since: budget") as refused:
        needed(other, "est")
    assert "range up" in str(refused.value.hint)


def test_one_with_hosts_needs_the_playbooks_that_they_were_configured_by(
    site: Site, setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    baseline_acts.baseline(site)
    book = Baselines.of(setting, "est")
    recorded = book.read()
    assert recorded is not None
    on_host = Thing(region="host web", type="host:file", name="/etc/motd", properties={}, id="/etc/motd")
    with_hosts = {**recorded.model_dump(), "observation": seen(VPC, on_host).model_dump()}
    monkeypatch.setattr(baselines, "playbooks_digest", lambda: "others")

    assert needed(setting, "est").digest == recorded.digest
    book.record(Baseline.model_validate(with_hosts))
    with pytest.raises(InputError, match="changed since: the playbooks"):
        needed(setting, "est")


def test_one_of_an_older_program_is_recorded_anew_unless_it_was_played_there(site: Site, setting: Setting) -> None:
    book = Baselines.of(setting, "est")
    baseline_acts.baseline(site)
    recorded = book.read()
    assert recorded is not None
    older = Baseline.model_validate({**recorded.model_dump(), "format": 1})

    book.record(older)
    anew = baseline_acts.baseline(site)
    renewed = book.read()
    book.record(older)
    session = Session(number=1, began=NOW, ends=NOW, ended=datetime.now(UTC), who="ann", enclaves=("est",))
    Played.of(setting).keep(session)
    played = baseline_acts.baseline(site)

    assert not anew.failed
    assert renewed is not None
    assert "is no baseline" in (played.error or "")


def test_a_damaged_baseline_or_one_of_another_format_is_named(site: Site) -> None:
    book = Baselines.of(site.setting, "est")
    baseline_acts.baseline(site)
    recorded = book.read()
    assert recorded is not None
    book.record(Baseline.model_validate({**recorded.model_dump(), "format": 99}))
    with pytest.raises(Undecided, match="format 99"):
        book.read()
    book.path.write_text('{"cut')

    with pytest.raises(Undecided, match="can't be read"):
        book.read()


def test_who_asks_while_something_is_seen_is_given_what_is_seen_next() -> None:
    made: list[int] = []
    begun, go_on = threading.Event(), threading.Event()

    def make(_: frozenset[str]) -> int:
        made.append(len(made) + 1)
        begun.set()
        go_on.wait(5)
        return made[-1]

    shared, got = Shared(make), []  # type: tuple[Shared[int], list[int]]
    first = threading.Thread(target=lambda: got.append(shared.get()))
    first.start()
    begun.wait(5)
    late = [threading.Thread(target=lambda: got.append(shared.get())) for _ in "ab"]
    for thread in late:
        thread.start()
    go_on.set()
    for thread in (first, *late):
        thread.join(5)

    assert got.count(1) == 1  # the late ones were given nothing that was seen before they asked
    assert len(got) == 3


def test_what_was_seen_since_a_moment_serves_all_who_ask_for_that() -> None:
    made: list[int] = []

    def make(_: frozenset[str]) -> int:
        made.append(len(made) + 1)
        return len(made)

    shared = Shared(make)
    moment = time.monotonic()

    assert [shared.get(moment), shared.get(moment)] == [1, 1]
    assert shared.get() == 2
    assert shared.get(moment) == 2


def test_what_is_cut_because_the_other_end_is_not_up_is_nobody_s_fault(plan: Plan) -> None:
    def finding(source: str, to: str, kind: str) -> Finding:
        verdict = "UNKNOWN" if kind == "unknown" else "VIOLATED"
        return Finding.model_validate(
            {"source": source, "to": to, "verdict": verdict, "kind": kind, "traffic": "tcp 1", "resource": "r",
             "resources": ("r",), "why": "w"}
        )  # fmt: skip

    proof = SimpleNamespace(
        findings=(
            finding("est.targets", "pol.targets", "cut"),
            finding("est.targets", "pol.targets", "undeclared"),
            finding("gbr.targets", "pol.targets", "undeclared"),
            finding("*", "*", "unknown"),
        )
    )

    found = judged(cast(Any, proof), "est", frozenset({"pol"}))

    assert [(each.source, each.kind) for each in found] == [("est.targets", "undeclared"), ("*", "unknown")]
    assert judged(cast(Any, proof), "est", frozenset(), frozenset({"pol"})) == found
    assert judged(cast(Any, proof), "est", frozenset(), frozen=frozenset({"pol"})) == found


def test_what_cannot_be_told_of_an_enclave_that_is_not_up_holds_nobody_else_up(plan: Plan) -> None:
    found = [
        Finding.model_validate(
            {"source": source, "to": to, "verdict": "UNKNOWN", "kind": "unknown", "traffic": "", "resource": "r",
             "resources": ("r",), "why": "AccessDenied"}
        )
        for source, to in (("pol", "*"), ("est.targets", "pol.targets"), ("gbr", "*"))
    ]  # fmt: skip
    proof = SimpleNamespace(findings=tuple(found))

    assert [each.source for each in judged(cast(Any, proof), "est", frozenset({"pol"}))] == ["gbr"]
    assert [each.source for each in judged(cast(Any, proof), "pol", frozenset({"pol"}))] == [
        "pol",
        "est.targets",
        "gbr",
    ]
    assert len(judged(cast(Any, proof), "est", frozenset(), frozen=frozenset({"pol"}))) == 3
