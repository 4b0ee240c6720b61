"""When a reset is CLEAN, and every reason for which it isn't."""

from __future__ import annotations

import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.controller.reset_acts import NOT_MADE
from range.controller.site import Setting, Site
from range.controller.verdicts import Sight, judged, witness
from range.controller.worksheets import Sheet, without_cut
from range.errors import Undecided
from range.records.baseline import Baseline
from range.records.inventory import Inventory
from range.records.observation import Difference, Observation, Thing, Unread
from range.records.reset import Options, Worksheet
from range.records.session import Cut, Entry
from range.records.trail import Trail, Write
from range.verify.baseline import differences

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
VPC = Thing(region="eu-west-2", type="ec2:vpc", name="est-vpc", properties={"CidrBlock": "10.0.0.0/16"}, id="vpc-1")
QUEUE = Thing(region="eu-west-2", type="sqs:queue", name="q", properties={}, id="q")
DARK = Unread(region="eu-west-2", type="kms:key", code="AccessDenied", why="AccessDenied")
BUCKET = Write(id="2", when=NOW, region="eu-west-2", service="s3", call="CreateBucket", who="mallory")
HIDDEN = Write(id="1", when=NOW, region="eu-west-2", service="glue", call="CreateDatabase", who="mallory")


def seen(*things: Thing, unread: tuple[Unread, ...] = ()) -> Observation:
    return Observation(account="1", regions=("eu-west-2",), taken=NOW, types=2, things=things, unread=unread)


def sight(now: Observation, **changes: Any) -> Sight:
    """Everything as it should be, but for what is given."""
    inventory = Inventory(account="1", regions=("eu-west-2",), taken_at=NOW, resources=())
    recorded = Baseline(
        exercise="x", enclave="est", account="1", recorded=NOW, versions={}, plan={}, state="", playbooks="",
        observation=seen(VPC), inventory=inventory,
    )  # fmt: skip
    writes, unseen = changes.pop("writes", ()), changes.pop("unseen", ())
    trail = Trail(since=NOW, until=changes.pop("until", NOW), writes=writes, unseen=unseen)
    work = Worksheet(began=NOW, since=NOW, problems=changes.pop("problems", ()))
    known = changes.pop("acknowledged", ())
    assert not changes
    return Sight(recorded, now, differences(recorded.observation, now), trail, work, known)


def test_what_is_as_it_was_with_a_whole_trail_is_clean() -> None:
    assert judged(sight(seen(VPC)), NOW) == ("CLEAN", ())


@pytest.mark.parametrize(
    ("what", "verdict", "why"),
    [
        (sight(seen(VPC, QUEUE)), "DIRTY", "added: eu-west-2 sqs:queue q"),
        (sight(seen()), "DIRTY", "gone: eu-west-2 ec2:vpc est-vpc"),
        (sight(seen(VPC.model_copy(update={"properties": {}}))), "DIRTY", "CidrBlock was"),
        (sight(seen(VPC), problems=("network VIOLATED: est → pol",)), "DIRTY", "network VIOLATED"),
        (sight(seen(VPC), problems=("identity VIOLATED: est → pol",)), "DIRTY", "identity VIOLATED"),
        (sight(seen(VPC, unread=(DARK,))), "UNKNOWN", "couldn't be read"),
        (sight(seen(VPC), unseen=(HIDDEN,)), "UNKNOWN", "glue:CreateDatabase"),
        (sight(seen(VPC), writes=(BUCKET,)), "UNKNOWN", "changed while it was looked at, or after that (event 2)"),
        (sight(seen(VPC), until=None), "UNKNOWN", "nobody knows when"),
        (sight(seen(VPC), until=NOW - timedelta(seconds=1)), "UNKNOWN", "not past the session's end"),
        (sight(seen(VPC), problems=("restore: AWS said no",)), "UNKNOWN", "restore: AWS said no"),
        (sight(seen(VPC), problems=("network UNKNOWN: *",)), "UNKNOWN", "network UNKNOWN"),
    ],
)
def test_every_single_doubt_keeps_it_from_being_clean(what: Sight, verdict: str, why: str) -> None:
    found, told = judged(what, NOW)

    assert found == verdict
    assert why in "; ".join(told)


@pytest.mark.parametrize(
    "what",
    [
        sight(seen(VPC), writes=(BUCKET.model_copy(update={"when": NOW - timedelta(seconds=2)}),)),
        sight(seen(VPC), writes=(BUCKET.model_copy(update={"error": "AccessDenied"}),)),
        sight(seen(VPC), writes=(BUCKET,), acknowledged=("2",)),
    ],
)
def test_a_change_that_the_look_shows_that_was_refused_or_that_somebody_looked_at_is_no_doubt(what: Sight) -> None:
    assert judged(what, NOW) == ("CLEAN", ())


@pytest.mark.parametrize("strange", [NOT_MADE, "added: eu-west-2 sqs:queue q"])
def test_no_baseline_of_another_file_is_recorded_over_what_is_left(strange: str, tmp_path: Path) -> None:
    setting = SimpleNamespace(
        plan=SimpleNamespace(exercise="x"), records=tmp_path, reset=Options(level="enclave"), spec=Path("x.yaml")
    )
    site = Site(cast(Setting, setting), "est", threading.Event(), lambda _: None)
    Sheet.of(site).write(Worksheet(began=NOW, since=NOW, strange=(strange,)))

    with pytest.raises(Undecided, match=f"none is recorded over what others left: {re.escape(strange)}"):
        witness(site)


def test_what_is_left_outweighs_what_nobody_knows_and_both_are_told() -> None:
    verdict, why = judged(sight(seen(VPC, QUEUE, unread=(DARK,)), unseen=(HIDDEN,)), NOW)

    assert verdict == "DIRTY"
    assert len(why) == 3


def test_only_the_very_entries_that_cut_are_overlooked() -> None:
    def entry(acl: str, number: int) -> Difference:
        return Difference(
            kind="added", region="r", type="ec2:network-acl-entry", name="n", id=f"{acl} ingress {number}"
        )

    cut = Cut(since=NOW, who="ann", why="w", entries=(Entry(acl="acl-1", egress=False),))
    found = (entry("acl-1", 1), entry("acl-1", 2), entry("acl-2", 1))

    assert without_cut(found, cut) == found[1:]
    assert without_cut(found, None) == found
