"""A teardown ends with a signed receipt: what was there before, what the witness sees now, and what is left or stays."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from range.controller import acts
from range.controller.beforehand import Beforehand
from range.controller.site import Site
from range.receipts.keys import PUBLIC
from range.receipts.statement import Verified, verify
from range.records.inventory import Resource
from range.records.observation import Thing, Unread
from range.teardown.leftovers import Leftovers
from tests.controller.sites import EMPTY, NOTHING, VPC, Engine, Eyes, proven, site_of

QUEUE = Thing(region="eu-west-2", type="sqs:queue", name="q", properties={}, id="q")
DARK = Unread(region="eu-west-2", type="kms:key", code="AccessDenied", why="no")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Est, whose account was empty before the first `up`."""
    site = site_of(tmp_path, Engine())
    beforehand = Beforehand.of(site)
    beforehand.record(EMPTY)
    beforehand.saw(eyes(site).look(site.account, organisation=False))
    return site


def eyes(site: Site) -> Eyes:
    return cast(Eyes, site.setting.witness)


def verified(site: Site, path: str) -> Verified:
    return verify(Path(path), site.setting.records / "keys" / PUBLIC)


def test_an_enclave_that_is_gone_gets_a_receipt_that_its_ally_can_verify(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    proven(monkeypatch, Leftovers(left=(), swept=(VPC,)))

    outcome = acts.prove_nothing_left(site)

    said = verified(site, outcome.receipt)
    assert (said.kind, said.predicate["verdict"], said.predicate["why"]) == ("teardown", "CLEAN", [])
    assert said.subjects["steadfast.est/beforehand"] == said.subjects["steadfast.est/observed"]
    assert said.predicate["removed"] == [str(VPC)]
    assert f"receipt {outcome.receipt}" in outcome.notes


@pytest.mark.parametrize(
    ("left", "things", "unread", "verdict", "why"),
    [
        ((VPC,), (), (), "DIRTY", "1 left: ec2:vpc vpc-1"),
        ((), (QUEUE,), (), "DIRTY", "not as it was before the first `up`: added: eu-west-2 sqs:queue q"),
        ((), (), (DARK,), "UNKNOWN", "could not be looked at: eu-west-2 kms:key: no"),
    ],
)
def test_what_is_left_or_unknown_is_in_it(
    left: tuple[Resource, ...], things: tuple[Thing, ...], unread: tuple[Unread, ...], verdict: str, why: str,
    site: Site, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    proven(monkeypatch, Leftovers(left=left))
    eyes(site).things, eyes(site).unread = things, unread

    said = verified(site, acts.prove_nothing_left(site).receipt)

    assert (said.predicate["verdict"], said.predicate["why"]) == (verdict, [why])
    assert len(said.predicate["left"]) == len((*left, *things))


def test_a_teardown_that_is_typed_again_has_nothing_to_sign(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    proven(monkeypatch, NOTHING)
    acts.prove_nothing_left(site)

    again = acts.prove_nothing_left(site)

    assert (again.failed, again.receipt) == (False, "")
