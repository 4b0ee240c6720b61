"""A teardown with the wrong backend stops before it touches anything of the exercise that another one's state has."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.cloud.inventory import take
from range.cloud.sessions import Account, Sessions
from range.controller import acts
from range.controller.site import Setting, Site
from range.errors import WrongBackend
from range.provision.state import State
from range.records.plan import Plan

LIVE = "f" * 12
TAGS = [{"Key": "range:stack", "Value": "steadfast.est"}, {"Key": "range:state", "Value": LIVE}]


@pytest.fixture
def site(tmp_path: Path, account: Account, sessions: Sessions) -> Site:
    """Est's account, and a state that knows nothing."""
    est = SimpleNamespace(name="est", account=account.id)
    plan = SimpleNamespace(
        exercise="steadfast",
        hub=SimpleNamespace(name="hub"),
        stack=lambda name: f"steadfast.{name}",
        enclaves=[est],
        enclave=lambda _: est,
    )
    engine = SimpleNamespace(state=lambda _: State(), home=tmp_path)
    setting = Setting(Path("x.yaml"), cast(Plan, plan), tmp_path, "file:///elsewhere", cast(Any, engine), sessions)
    return Site(setting, "est", threading.Event(), lambda _: None)


def go_live(account: Account) -> None:
    """Make what a live enclave has: a network, the log group of its flows, and a disk that was kept on request."""
    account.call("ec2", "create_vpc", CidrBlock="10.9.0.0/16", TagSpecifications=_tagged("vpc"))
    account.call("logs", "create_log_group", logGroupName="/range/steadfast/est/flow")
    volume = account.call("ec2", "create_volume", AvailabilityZone=f"{account.region}a", Size=8)["VolumeId"]
    kept = _tagged("snapshot", {"Key": "range:evidence", "Value": "web"})
    account.call("ec2", "create_snapshot", VolumeId=volume, TagSpecifications=kept)


def _tagged(kind: str, *more: dict[str, str]) -> list[dict[str, object]]:
    return [{"ResourceType": kind, "Tags": [*TAGS, *more]}]


def test_a_live_exercise_keeps_everything_when_it_is_taken_down_with_another_backend(
    site: Site, account: Account
) -> None:
    go_live(account)
    before = take(account, regions=[account.region])

    with pytest.raises(WrongBackend, match=f"made from the backend {LIVE}") as stopped:
        acts.destroy(site)

    now = take(account, regions=[account.region])
    assert stopped.value.exit_code == 3
    assert now.resources == before.resources
    assert {each.type for each in now.resources} >= {"ec2:vpc", "ec2:snapshot", "logs:log-group"}
