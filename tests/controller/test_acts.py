"""What the table's own rows make of what the stages say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.configure.made import Made, Shelf
from range.controller import acts
from range.controller.beforehand import Beforehand
from range.controller.site import Site
from range.controller.steps import STEPS
from range.controller.steps import acts as acts_of
from range.controller.strangers import accounts_of_strangers
from range.errors import Undecided, WrongBackend
from range.provision.state import Known, State
from range.records.inventory import Resource, Unlisted
from range.records.observation import Thing, Unread
from range.teardown.leftovers import Leftovers
from tests.controller.sites import ACCOUNT, EMPTY, NOTHING, VPC, Engine, Eyes, found, proven, site_of

KEY = Resource(account=ACCOUNT, region="eu-west-2", type="kms:key", id="k-1", residue="waits for its deletion")
UNKNOWN = Unlisted(account=ACCOUNT, region="eu-west-2", type="kms:key", code="AccessDenied", why="AccessDenied to kms")


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def site(tmp_path: Path, engine: Engine) -> Site:
    return site_of(tmp_path, engine)


def test_every_step_that_makes_something_is_undone_and_all_names_differ() -> None:
    names = [act.name for direction in ("up", "down") for act in acts_of(direction)]

    assert {step.do.name for step in STEPS if step.undo is not None} >= {"record-inventory", "provision"}
    assert len(names) == len(set(names))


def test_the_last_row_up_leaves_ready_and_the_last_row_down_absent() -> None:
    assert [acts_of("up")[-1].leaves, acts_of("down")[-1].leaves] == ["ready", "absent"]


def test_the_account_is_recorded_before_the_first_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, EMPTY)

    outcome = acts.record_inventory(site)

    assert not outcome.failed
    assert Beforehand.of(site).latest == EMPTY


def test_a_record_stays_as_it_is_while_the_enclave_stands(
    site: Site, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    found(monkeypatch, EMPTY.model_copy(update={"resources": (VPC,)}))
    engine.states["steadfast.est"] = State(resources=(Known(urn="a::vpc", type="aws:ec2/vpc:Vpc", id="vpc-1"),))

    acts.record_inventory(site)

    assert Beforehand.of(site).latest == EMPTY


def test_a_half_made_up_does_not_overwrite_the_record_either(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    other = Resource(account=ACCOUNT, region="eu-west-2", type="ec2:vpc", id="vpc-2")
    found(monkeypatch, EMPTY.model_copy(update={"resources": (other,)}))

    acts.record_inventory(site)

    assert Beforehand.of(site).latest == EMPTY


def test_what_is_tagged_as_ours_and_in_no_state_stops_up_without_a_record(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, EMPTY.model_copy(update={"resources": (VPC,)}))

    with pytest.raises(WrongBackend):
        acts.record_inventory(site)
    assert Beforehand.of(site).latest is None


@pytest.mark.parametrize("who", ["the inventory", "the witness"])
def test_an_account_of_which_something_could_not_be_seen_is_not_recorded(
    site: Site, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    dark = Unread(region="eu-west-2", type="kms:key", code="EndpointConnectionError", why="Could not connect")
    eyes = cast(Eyes, site.setting.witness)
    if who == "the inventory":
        found(monkeypatch, EMPTY.model_copy(update={"unlisted": (UNKNOWN,)}))
    else:
        found(monkeypatch, EMPTY)
        eyes.unread = (dark,)

    with pytest.raises(Undecided, match="could not be looked at"):
        acts.record_inventory(site)
    assert not Beforehand.of(site).is_open

    found(monkeypatch, EMPTY)
    eyes.unread = ()
    assert not acts.record_inventory(site).failed
    assert Beforehand.of(site).latest == EMPTY


def test_a_proven_teardown_closes_the_record_and_a_second_one_still_has_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    proven(monkeypatch, NOTHING)

    first, second = acts.prove_nothing_left(site), acts.prove_nothing_left(site)

    assert not first.failed
    assert not second.failed
    assert not Beforehand.of(site).is_open
    assert Beforehand.of(site).latest == EMPTY


def test_what_is_left_is_listed_and_the_record_stays_open(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    proven(monkeypatch, Leftovers(left=(VPC,), unsure=(UNKNOWN,)))

    outcome = acts.prove_nothing_left(site)

    assert (outcome.left, outcome.exit_code) == ((VPC,), 1)
    assert outcome.error == "1 left: ec2:vpc vpc-1"
    assert Beforehand.of(site).is_open


def test_what_could_not_be_looked_at_is_never_taken_for_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    proven(monkeypatch, Leftovers(left=(), unsure=(UNKNOWN,)))

    outcome = acts.prove_nothing_left(site)

    assert outcome.exit_code == 3
    assert outcome.error == "could not be looked at: AccessDenied to kms"


def test_residue_is_told_and_fails_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    proven(monkeypatch, Leftovers(left=(), residue=(KEY,)))

    outcome = acts.prove_nothing_left(site)

    assert not outcome.failed
    assert outcome.notes == (
        f"{ACCOUNT} eu-west-2 kms:key k-1 stays: waits for its deletion",
        f"receipt {outcome.receipt}",
    )


def test_golden_images_and_their_key_stay_and_are_told_with_what_removes_them(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = replace(site, enclave="hub")
    cast(Any, site.setting.plan).enclave = lambda name: SimpleNamespace(name=name, account=ACCOUNT)
    found(monkeypatch, EMPTY)
    acts.record_inventory(hub)
    shelf = Shelf(site.setting.records)
    shelf.keep(Made(name="steadfast-sensor-1", image="ami-1", snapshots=("snap-1",)))
    shelf.keep_key("k-1", "alias/steadfast-images")
    kinds = {"ami-1": "ec2:image", "snap-1": "ec2:snapshot", "k-1": "kms:key", "ami-2": "ec2:image"}
    there = {name: Resource(account=ACCOUNT, region="eu-west-2", type=kind, id=name) for name, kind in kinds.items()}
    things = [
        Thing(region="eu-west-2", type=each.type, name=each.id, id=each.id, properties={}) for each in there.values()
    ]

    proven(monkeypatch, Leftovers(left=tuple(there.values())))
    assert acts.prove_nothing_left(hub).left == (there["ami-2"],)

    site.setting.__dict__["witness"].things = tuple(things[:3])
    proven(monkeypatch, Leftovers(left=tuple(there[name] for name in ("ami-1", "snap-1", "k-1"))))
    outcome = acts.prove_nothing_left(hub)

    assert not outcome.failed
    *stays, signed = outcome.notes
    assert len(stays) == 3
    assert all("range image prune" in note for note in stays)
    assert signed == f"receipt {outcome.receipt}"


def test_who_left_the_file_is_known_from_the_state_with_its_account(site: Site, engine: Engine) -> None:
    provider = Known(urn="u::ally", type="pulumi:providers:aws", inputs={"allowedAccountIds": '["200000000009"]'})
    hub = Known(urn="u::hub", type="pulumi:providers:aws", inputs={"allowedAccountIds": '["100000000002"]'})
    engine.states = {
        "steadfast.hub": State(),
        "steadfast.est": State(),
        "steadfast.fra": State(resources=(hub, provider)),
        "other.ita": State(),
    }

    assert accounts_of_strangers(site.setting.plan, cast(Any, engine)) == {"fra": "200000000009"}


def test_nothing_is_proven_gone_that_the_witness_still_sees(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    proven(monkeypatch, Leftovers(left=()))
    eyes = site.setting.witness
    assert isinstance(eyes, Eyes)
    eyes.things = (Thing(region="eu-west-2", type="glue:database", name="d", properties={}, id="d"),)

    outcome = acts.prove_nothing_left(site)

    assert (outcome.exit_code, [each.id for each in outcome.left]) == (1, ["d"])
    assert Beforehand.of(site).is_open


def test_what_the_witness_cannot_read_is_not_proven_gone_either(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    proven(monkeypatch, Leftovers(left=()))
    eyes = site.setting.witness
    assert isinstance(eyes, Eyes)
    eyes.unread = (Unread(region="eu-west-2", type="kms:key", code="AccessDenied", why="AccessDenied"),)

    assert acts.prove_nothing_left(site).exit_code == 3


def test_when_both_find_what_was_there_before_the_record_is_closed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, EMPTY)
    acts.record_inventory(site)
    proven(monkeypatch, Leftovers(left=()))

    assert not acts.prove_nothing_left(site).failed
    assert not Beforehand.of(site).is_open


def test_what_resets_went_back_to_is_not_said_to_have_been_made_by_hand() -> None:
    golden = VPC.model_copy(update={"type": "ec2:snapshot", "id": "snap-1", "tags": {"range:golden": "web-1"}})

    assert acts._removed((VPC, golden)) == (
        "removed what resets went back to: ec2:snapshot snap-1",
        "removed what was made by hand: ec2:vpc vpc-1",
    )
