"""A teardown that lacks what it would need to know: the state, the record of what was there before, or the right backend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from range.controller import acts
from range.controller.beforehand import Beforehand
from range.controller.journal import Journal
from range.controller.site import Site
from range.errors import WrongBackend
from range.provision.state import Known, State
from range.records.inventory import Inventory, Swept, Unlisted
from range.records.results import StackChanges
from range.teardown.leftovers import NO_RECORD, NOT_WITNESSED, Leftovers
from tests.controller.sites import ACCOUNT, EMPTY, NOTHING, VPC, Engine, found, proven, site_of

UNRECORDED = Leftovers(left=(), unsure=(Unlisted(account=ACCOUNT, region="", type="*", code="", why=NO_RECORD),))
STANDING = State(resources=(Known(urn="a::vpc", type="aws:ec2/vpc:Vpc", id="vpc-1", custom=True),))


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def site(tmp_path: Path, engine: Engine) -> Site:
    return site_of(tmp_path, engine)


@pytest.fixture
def taken_down(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a teardown touches of the cloud and of the state, instead of touching it."""
    touched: list[str] = []

    def touches(what: str, answer: object) -> Any:
        def touch(*_: object, **__: object) -> object:
            touched.append(what)
            return answer

        return touch

    monkeypatch.setattr("range.provision.recovery.recover", touches("recovered", Swept()))
    monkeypatch.setattr(acts, "_saved", touches("evidence saved", ()))
    monkeypatch.setattr("range.teardown.obstacles.clear_the_way", touches("way cleared", Swept()))
    monkeypatch.setattr("range.provision.stage.destroy", touches("destroyed", StackChanges(stack="steadfast.est")))
    return touched


def made_from(state: str) -> Inventory:
    """An account with a VPC that was made for est from a backend."""
    vpc = VPC.model_copy(update={"tags": {**VPC.tags, "range:state": state}})
    return EMPTY.model_copy(update={"resources": (vpc,)})


def test_an_enclave_that_was_never_up_needs_no_record_to_be_absent(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    proven(monkeypatch, UNRECORDED)

    outcome = acts.prove_nothing_left(site)

    assert not outcome.failed
    assert outcome.notes == ("it was never brought up from here, and nothing carries its tags",)


@pytest.mark.usefixtures("taken_down")
def test_an_enclave_that_stood_is_not_said_to_be_gone_without_a_record_not_even_the_second_time(
    site: Site, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.states["steadfast.est"] = STANDING
    acts.destroy(site)
    engine.states.clear()
    found(monkeypatch, EMPTY)
    proven(monkeypatch, UNRECORDED)

    first = acts.prove_nothing_left(site)
    acts.destroy(site)
    second = acts.prove_nothing_left(site)

    assert (first.exit_code, second.exit_code) == (3, 3)
    assert first.error == f"whether players left anything without tags in account {ACCOUNT} can't be told: {NO_RECORD}"
    assert "beforehand/est.json" in (first.hint or "")
    assert first.notes == ()


@pytest.mark.usefixtures("taken_down")
def test_an_enclave_whose_state_and_record_are_lost_is_known_by_its_tags_to_have_stood(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, made_from(site.setting.state_id))
    acts.destroy(site)
    proven(monkeypatch, UNRECORDED)

    assert acts.prove_nothing_left(site).exit_code == 3


def test_what_was_still_swept_without_a_record_tells_that_the_enclave_stood(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    proven(monkeypatch, UNRECORDED.model_copy(update={"swept": (VPC,)}))
    first = acts.prove_nothing_left(site)
    proven(monkeypatch, UNRECORDED)

    assert (first.exit_code, acts.prove_nothing_left(site).exit_code) == (3, 3)


@pytest.mark.parametrize(("steps", "code"), [
    (("record-inventory",), 0),
    (("record-inventory", "provision"), 3),
    (("record-inventory", "provision", "prove-nothing-left"), 0),
])  # fmt: skip
def test_an_enclave_is_known_from_the_journal_to_have_stood_though_everything_else_is_lost(
    site: Site, monkeypatch: pytest.MonkeyPatch, steps: tuple[str, ...], code: int
) -> None:
    proven(monkeypatch, UNRECORDED)
    with Journal(site.setting.home / "journal.sqlite") as journal:
        command = journal.command_began("steadfast", "range up", "ann")
        for step in steps:
            journal.step_ended(journal.step_began(command, "est", step), "done")

    assert acts.prove_nothing_left(site).exit_code == code


def test_a_new_up_makes_a_record_where_a_teardown_found_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    Beforehand.of(site).missed()
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    proven(monkeypatch, NOTHING)

    assert acts.prove_nothing_left(site).exit_code == 0
    assert not Beforehand.of(site).is_missed


def test_nothing_is_proven_gone_where_what_the_witness_saw_is_lost(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    seen = site.setting.records / "beforehand" / "est.seen.json"
    seen.unlink()
    proven(monkeypatch, NOTHING)

    outcome = acts.prove_nothing_left(site)

    assert outcome.exit_code == 3
    assert NOT_WITNESSED in (outcome.error or "")
    assert f"copy {seen} from there" in (outcome.hint or "")
    assert Beforehand.of(site).is_open


def test_what_another_backend_s_state_has_stops_a_teardown_before_anything_is_touched(
    site: Site, taken_down: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, made_from("0123456789ab"))
    certificate = known_host(site)

    acts.forget(site)
    with pytest.raises(WrongBackend, match="made from the backend 0123456789ab"):
        acts.destroy(site)

    assert taken_down == []
    assert certificate.exists()
    assert not Beforehand.of(site).is_missed


def test_a_teardown_goes_on_where_its_own_backend_lost_the_state(
    site: Site, taken_down: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, made_from(site.setting.state_id))
    certificate = known_host(site)

    acts.forget(site)
    acts.destroy(site)

    assert "destroyed" in taken_down
    assert not certificate.exists()


def test_a_state_that_names_things_is_believed_without_a_look(
    site: Site, engine: Engine, taken_down: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def looked(*_: object, **__: object) -> Inventory:
        raise AssertionError("nobody needs to look")

    monkeypatch.setattr("range.cloud.inventory.take", looked)
    engine.states["steadfast.est"] = STANDING
    certificate = known_host(site)

    acts.forget(site)
    acts.destroy(site)

    assert "destroyed" in taken_down
    assert not certificate.exists()


def known_host(site: Site) -> Path:
    """A host that was configured; gives the file by which it is known again."""
    path = site.setting.records / "configure" / "est" / "hosts" / "web.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    return path
