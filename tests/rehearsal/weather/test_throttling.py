"""Throttling: token buckets per account, Region and action, as EC2 documents them."""

from __future__ import annotations

from typing import Any

import pytest

from range.facts import rows
from range.rehearsal.messages import Request
from range.rehearsal.weather import conditions
from range.rehearsal.weather.buckets import Buckets
from range.rehearsal.weather.rules import _check_call
from range.rehearsal.weather.sight import Sight
from tests.rehearsal.conftest import HUB, Exercise
from tests.rehearsal.weather.conftest import Weather

WHERE = ("200000000001", "eu-west-2")


def seen(operation: str, body: bytes = b"", where: tuple[str, str] = WHERE, service: str = "ec2") -> Sight:
    """See a call."""
    return Sight(service, operation, *where, Request("POST", "http://x/", {}, body))


def taken(buckets: Buckets, sight: Sight, at_s: float = 0.0) -> int:
    """Count how many such calls are let through at once."""
    return sum(1 for _ in iter(lambda: buckets.take(sight, at_s), False))


@pytest.mark.parametrize(
    ("operation", "body", "burst", "refill_per_s"),
    [
        ("DescribeVpcs", b"", 100, 20),
        ("DescribeInstances", b"", 50, 10),
        ("DescribeInstances", b"Filter.1.Name=vpc-id", 100, 20),
        ("CreateVpc", b"", 50, 5),
        ("AuthorizeSecurityGroupIngress", b"", 50, 5),
        ("CreateNatGateway", b"", 10, 1),
        ("RunInstances", b"MaxCount=1", 5, 2),
    ],
)
def test_a_bucket_is_what_ec2_documents(operation: str, body: bytes, burst: int, refill_per_s: float) -> None:
    buckets, sight = Buckets(1.0), seen(operation, body)

    assert taken(buckets, sight) == burst
    assert taken(buckets, sight, at_s=2.0) == 2 * refill_per_s


def test_each_action_account_and_region_has_a_bucket_of_its_own() -> None:
    buckets = Buckets(0.02)
    assert taken(buckets, seen("CreateVpc")) == 1

    assert taken(buckets, seen("CreateSubnet")) == 1
    assert taken(buckets, seen("CreateVpc", where=("200000000002", "eu-west-2"))) == 1
    assert taken(buckets, seen("CreateVpc", where=("200000000001", "eu-west-1"))) == 1


def test_services_whose_calls_share_a_bucket_count_them_together() -> None:
    buckets = Buckets(1.0)
    assert taken(buckets, seen("CreateHostedZone", service="route53")) == 5

    assert not buckets.take(seen("ChangeResourceRecordSets", service="route53"), 0.0)
    assert not buckets.take(seen("ListHostedZones", where=("200000000001", "us-east-1"), service="route53"), 0.0)


def test_a_launch_is_also_counted_by_its_instances() -> None:
    buckets = Buckets(1.0)

    assert buckets.take(seen("RunInstances", b"MaxCount=1000"), 0.0)
    assert not buckets.take(seen("RunInstances", b"MaxCount=3"), 1.0)
    assert buckets.take(seen("RunInstances", b"MaxCount=3"), 2.0)


def test_a_tenth_of_the_buckets_is_a_tenth_of_size_and_refill() -> None:
    buckets = Buckets(0.1)

    assert taken(buckets, seen("CreateVpc")) == 5
    assert taken(buckets, seen("CreateVpc"), at_s=2.0) == 1


def test_the_time_of_a_call_that_waits_for_its_token_is_told() -> None:
    buckets = Buckets(0.02)

    assert [buckets.when_taken(seen("CreateVpc"), 0.0) for _ in [None] * 3] == [
        0.0,
        pytest.approx(10.0),
        pytest.approx(20.0),
    ]


def test_every_row_is_of_calls_that_there_are() -> None:
    for row in rows("throttling"):
        for action in row["actions"]:
            _check_call(f"{row['service'].replace('servicequotas', 'service-quotas')}.{action}")


def test_ec2_refuses_in_its_own_words_and_nothing_happens(
    ec2: Any, weather: Weather, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions.Weather, "_now_s", property(lambda _: 0.0))
    there = len(ec2.describe_vpcs()["Vpcs"])
    weather(throttling=0.02)
    ec2.create_vpc(CidrBlock="10.1.0.0/16")

    with refused("RequestLimitExceeded"):
        ec2.create_vpc(CidrBlock="10.2.0.0/16")
    weather(throttling=0)
    assert len(ec2.describe_vpcs()["Vpcs"]) == there + 1


def test_other_accounts_are_not_throttled(
    exercise: Exercise, ec2: Any, weather: Weather, refused: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conditions.Weather, "_now_s", property(lambda _: 0.0))
    weather(throttling=0.02)
    ec2.create_vpc(CidrBlock="10.1.0.0/16")

    exercise.client("ec2", HUB).create_vpc(CidrBlock="10.1.0.0/16")
