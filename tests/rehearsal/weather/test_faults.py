"""Faults: each kind does what it says, to what it names, as often as it says; the same seed gives the same faults."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from range.errors import InputError
from range.rehearsal.administration import accounts, set_weather
from range.rehearsal.process import start, status, stop
from range.rehearsal.weather.events import FILE
from range.rehearsal.weather.faults import Faults
from range.rehearsal.weather.rules import KINDS, rule_of
from tests.rehearsal.conftest import EST, HUB, Exercise
from tests.rehearsal.weather.conftest import Weather


def vpcs(ec2: Any) -> int:
    """Count the VPCs."""
    return len(ec2.describe_vpcs()["Vpcs"])


@pytest.mark.parametrize(
    ("kind", "made"),
    [("unavailable", 1), ("lost-before", 1), ("unavailable-after", 2), ("lost", 2)],
)
def test_a_client_that_tries_again_has_made_it_as_often_as_it_took_effect(
    ec2: Any, weather: Weather, kind: str, made: int
) -> None:
    there = vpcs(ec2)
    weather(rules=[{"kind": kind, "call": "ec2.CreateVpc", "times": 1}])

    ec2.create_vpc(CidrBlock="10.1.0.0/16")

    assert vpcs(ec2) == there + made


def test_an_error_comes_before_the_effect_with_the_code_that_was_asked_for(
    ec2: Any, weather: Weather, refused: Any
) -> None:
    there = vpcs(ec2)
    weather(rules=[{"kind": "error", "call": "ec2.Create*", "code": "VpcLimitExceeded", "times": 1}])

    with refused("VpcLimitExceeded"):
        ec2.create_vpc(CidrBlock="10.1.0.0/16")

    assert vpcs(ec2) == there


def test_a_stall_is_long_and_then_the_call_is_answered(
    ec2: Any, weather: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    naps: list[float] = []
    monkeypatch.setattr("time.sleep", naps.append)
    weather(speed=10, rules=[{"kind": "stall", "call": "ec2.DescribeVpcs", "seconds": 50}])

    assert vpcs(ec2)
    assert naps == [5.0]


def test_a_rule_about_one_account_spares_the_others(
    exercise: Exercise, ec2: Any, weather: Weather, refused: Any
) -> None:
    weather(rules=[{"kind": "error", "call": "ec2.*", "account": EST}])

    assert vpcs(exercise.client("ec2", HUB))
    with refused("AccessDenied"):
        vpcs(ec2)


def test_a_rule_lets_some_through_first_and_strikes_no_more_than_so_often(
    ec2: Any, weather: Weather, refused: Any
) -> None:
    weather(rules=[{"kind": "error", "call": "ec2.DescribeVpcs", "after": 1, "times": 1}])

    vpcs(ec2)
    with refused("AccessDenied"):
        vpcs(ec2)
    vpcs(ec2)


def test_a_state_that_is_stuck_never_ends(ec2: Any, weather: Weather) -> None:
    weather(rules=[{"kind": "stuck", "state": "volume:creating"}])

    volume = ec2.create_volume(AvailabilityZone="eu-west-2a", Size=1)["VolumeId"]

    states = {ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] for _ in [None] * 3}
    assert states == {"creating"}


@pytest.mark.parametrize("kind", ["nat-gateway", "snapshot"])
def test_a_state_that_fails_ends_badly(ec2: Any, weather: Weather, subnet: str, kind: str) -> None:
    weather(rules=[{"kind": "failed", "state": f"{kind}:pending"}])
    made = {
        "nat-gateway": lambda: ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private"),
        "snapshot": lambda: ec2.create_snapshot(
            VolumeId=ec2.create_volume(AvailabilityZone="eu-west-2a", Size=1)["VolumeId"]
        ),
    }
    made[kind]()

    seen = {
        "nat-gateway": lambda: ec2.describe_nat_gateways()["NatGateways"][0]["State"],
        "snapshot": lambda: ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"][0]["State"],
    }
    assert seen[kind]() in ("failed", "error")


@settings(max_examples=50)
@given(seed=st.integers(0, 1 << 32), order=st.permutations(["a", "b", "c"] * 5))
def test_the_same_seed_gives_the_same_faults_whatever_the_order_of_accounts(seed: int, order: list[str]) -> None:
    rule = rule_of({"kind": "lost", "call": "*", "rate": 0.3})

    def met(accounts: list[str]) -> dict[str, list[bool]]:
        faults, found = Faults([rule], seed), dict[str, list[bool]]()
        for account in accounts:
            found.setdefault(account, []).append(faults.of_call("ec2.CreateVpc", account) is not None)
        return found

    assert met(order) == met(sorted(order))


def test_another_seed_gives_other_faults_at_the_same_rate() -> None:
    rule = rule_of({"kind": "lost", "call": "*", "rate": 0.1})

    def met(seed: int) -> list[int]:
        faults = Faults([rule], seed)
        return [number for number, _ in enumerate([None] * 2000) if faults.of_call(f"a.{number}", "x")]

    first, second = met(1), met(2)
    assert first != second
    assert all(140 < len(each) < 260 for each in (first, second))


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ({"kind": "lost", "call": "ec2.CreateVpz"}, "ec2.CreateVpc"),
        ({"kind": "lost", "call": "ecc2.CreateVpc"}, "ec2"),
        ({"kind": "lots", "call": "ec2.CreateVpc"}, "lost"),
        ({"kind": "failed", "state": "volume:creating"}, "nat-gateway"),
        ({"kind": "stuck", "state": "volumes:creating"}, "volume"),
        ({"kind": "kill", "call": "ec2.CreateVpc", "target": "world"}, "engine"),
        ({"kind": "lost", "calls": "ec2.CreateVpc"}, "call"),
        ({"kind": "lost", "call": "ec2.CreateVpc", "rate": 2}, "rate"),
        ({"call": "ec2.CreateVpc"}, KINDS[0]),
    ],
)
def test_a_rule_that_can_befall_nothing_is_refused_with_what_is_valid(rule: dict[str, Any], named: str) -> None:
    with pytest.raises(InputError) as refused:
        rule_of(rule)

    assert named in str(refused.value)


def test_each_call_is_written_down_with_what_it_began(kept_exercise: Exercise, tmp_path: Path) -> None:
    kept_exercise.cloud.weather.change({"events": True})
    ec2 = kept_exercise.client("ec2")

    volume = ec2.create_volume(AvailabilityZone="eu-west-2a", Size=1)["VolumeId"]
    ec2.describe_volumes()

    rows = [json.loads(line) for line in (tmp_path / FILE).read_text().splitlines()]
    made, seen = (
        next(row for row in rows if row["call"] == f"ec2.{name}") for name in ("CreateVolume", "DescribeVolumes")
    )
    assert made["entered"] == [["volume:creating", volume]]
    assert seen["moved"] == [volume]
    assert made["account"] == EST


def test_a_killed_rehearsal_has_lost_nothing_that_it_answered(tmp_path: Path) -> None:
    running = start(tmp_path)
    try:
        accounts(running, "100000000001", {"est": EST})
        set_weather(
            running, rules=[{"kind": "kill", "call": "sts.GetCallerIdentity", "target": "rehearsal", "times": 1}]
        )

        with pytest.raises((ConnectionError, http.client.HTTPException)):
            _ask(running.port)

        assert status(tmp_path) is None
        assert set_weather(start(tmp_path), rules=[])["rules"] == []
    finally:
        stop(tmp_path)


def test_the_process_behind_a_call_is_killed(tmp_path: Path) -> None:
    running = start(tmp_path)
    try:
        accounts(running, "100000000001", {"est": EST})
        set_weather(running, rules=[{"kind": "kill", "call": "sts.*", "target": "controller"}])
        program = f"from tests.rehearsal.weather.test_faults import _ask; _ask({running.port})"

        client = subprocess.run([sys.executable, "-c", program], cwd=Path(__file__).parents[3], check=False)

        assert client.returncode == -signal.SIGKILL
        assert status(tmp_path) is not None
    finally:
        stop(tmp_path)


def _ask(port: int) -> None:
    """Call STS as the operator does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(
        "POST",
        "/_range/accounts",
        json.dumps({"management": {"id": "100000000001", "name": "management"}, "members": []}),
    )
    key = json.loads(connection.getresponse().read())["access_key"]
    scope = f"Credential={key}/20261128/eu-west-2/sts/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", "/", "Action=GetCallerIdentity&Version=2011-06-15", headers)
    connection.getresponse().read()
