"""Time: what AWS takes, at a speed, for calls and for states; and what is new isn't known at once."""

from __future__ import annotations

import time
from typing import Any

import pytest

from range.facts import rows
from range.rehearsal.areas.root_volumes import KIND
from range.rehearsal.states import passing
from range.rehearsal.states.table import BY_KIND
from range.rehearsal.weather import conditions
from range.rehearsal.weather.latencies import latencies
from range.rehearsal.weather.rules import _check_call
from tests.rehearsal.conftest import EST, Exercise
from tests.rehearsal.weather.conftest import Weather


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What was slept, in this machine's seconds, without sleeping."""
    naps: list[float] = []
    monkeypatch.setattr("time.sleep", naps.append)
    return naps


def test_every_latency_has_a_source_or_says_that_it_is_assumed() -> None:
    for row in rows("latencies"):
        assert row["source"] != "none" or row["confidence"] == "assumed", row
        assert 0 <= row["p50_s"] <= row["p95_s"], row


def test_every_latency_is_of_a_call_or_a_state_that_there_is() -> None:
    for row in rows("latencies"):
        for key in ("call", "settles"):
            if key in row:
                _check_call(row[key])
        if "state" in row:
            assert row["state"].partition(":")[0] in {*BY_KIND, KIND}, row


def test_the_pattern_that_says_the_most_counts() -> None:
    aws = latencies("aws")

    assert aws.call_s("ec2.CreateVpc") == 1.5
    assert aws.call_s("ec2.CreateTrafficMirrorSession") == 1.0
    assert aws.call_s("ec2.DescribeVpcs") == 0.2
    assert aws.call_s("ec2.CreateTags") == 0.6


def test_without_a_profile_nothing_waits(ec2: Any, slept: list[float]) -> None:
    ec2.create_vpc(CidrBlock="10.1.0.0/16")

    assert slept == []


def test_a_call_takes_what_the_profile_says_divided_by_the_speed(
    ec2: Any, weather: Weather, slept: list[float]
) -> None:
    weather(latency="aws", speed=20)

    ec2.create_vpc(CidrBlock="10.1.0.0/16")

    assert slept == [1.5 / 20]


def test_a_slow_account_takes_so_many_times_as_long(ec2: Any, weather: Weather, slept: list[float]) -> None:
    weather(latency="aws", slow={EST: 10})

    ec2.create_vpc(CidrBlock="10.1.0.0/16")

    assert slept == [15.0]


def test_states_last_what_the_profile_says_divided_by_the_speed(ec2: Any, weather: Weather) -> None:
    weather(latency="aws", speed=20)

    volume = ec2.create_volume(AvailabilityZone="eu-west-2a", Size=1)["VolumeId"]

    there = passing.passings("eu-west-2")
    assert there is not None
    assert there.things[volume].due == pytest.approx(time.time() + 5 / 20, abs=5)
    assert passing.delays_s["nat-gateway:pending"] == 104 / 20


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock that stands until it is put forward."""

    class Clock:
        now_s = 1000.0

    clock = Clock()
    monkeypatch.setattr(conditions.Weather, "_now_s", property(lambda _: clock.now_s))
    return clock


def test_a_fresh_id_is_not_found_until_it_is_known(
    ec2: Any, weather: Weather, slept: list[float], at_once: Any, refused: Any
) -> None:
    weather(latency="aws")
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]

    with refused("InvalidVpcID.NotFound"):
        ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")
    at_once.now_s += 1
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")


def test_a_fresh_role_is_not_assumable_and_no_part_of_a_profile_until_it_is_known(
    exercise: Exercise, weather: Weather, slept: list[float], at_once: Any, refused: Any
) -> None:
    iam = exercise.client("iam")
    trust = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::'
        f'{EST}:root"}},"Action":"sts:AssumeRole"}}]}}'
    )
    weather(latency="aws")
    iam.create_instance_profile(InstanceProfileName="host")
    arn = iam.create_role(RoleName="host", AssumeRolePolicyDocument=trust)["Role"]["Arn"]

    with refused("AccessDenied"):
        exercise.assume(arn, EST)
    with refused("NoSuchEntity"):
        iam.add_role_to_instance_profile(InstanceProfileName="host", RoleName="host")
    at_once.now_s += 60
    exercise.assume(arn, EST)
    iam.add_role_to_instance_profile(InstanceProfileName="host", RoleName="host")


def test_the_event_history_is_late(exercise: Exercise, ec2: Any, weather: Weather) -> None:
    trail = exercise.client("cloudtrail")
    ec2.create_vpc(CidrBlock="10.1.0.0/16")
    assert trail.lookup_events()["Events"]

    weather(rules=[{"kind": "late", "seconds": 3600}])

    assert trail.lookup_events()["Events"] == []


def test_what_was_set_is_remembered(kept_exercise: Exercise, tmp_path: Any) -> None:
    kept_exercise.cloud.weather.change({"latency": "aws", "speed": 20, "slow": {EST: 10}})
    kept_exercise.cloud.close()

    again = conditions.Weather(tmp_path)

    assert again.settings == kept_exercise.cloud.weather.settings
    again.close()
