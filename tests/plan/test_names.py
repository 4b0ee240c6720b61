"""Names and tags: short enough for AWS, and the same on every run."""

from __future__ import annotations

import re

import pytest

from range.plan.names import (
    archive_bucket,
    controller_role_arn,
    dns_zone,
    evidence_bucket,
    resource_name,
    state_id,
    tags,
)
from range.plan.order import order_down, order_up
from tests.plan.exercises import content, example, exercise_of, planned

LONGEST = "a" * 24


def test_buckets_have_names_that_s3_accepts_even_of_the_longest_exercise() -> None:
    plan = planned(exercise_of(content(example("steadfast")) | {"name": LONGEST}))
    names = [
        bucket(plan, enclave) for bucket in (evidence_bucket, archive_bucket) for enclave in (plan.hub, *plan.enclaves)
    ]

    assert all(re.fullmatch(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]", name) for name in names)
    assert len(set(names)) == len(names)


def test_roles_have_names_that_iam_accepts_even_of_the_longest_exercise() -> None:
    plan = planned(exercise_of(content(example("steadfast")) | {"name": LONGEST}))

    assert all(len(resource_name(plan, enclave.name, "x" * 33)) <= 64 for enclave in plan.enclaves)


def test_everything_carries_whose_it_is() -> None:
    assert tags(planned(example("steadfast")), "est", "0123456789ab") == {
        "range:exercise": "steadfast",
        "range:ally": "est",
        "range:stack": "steadfast.est",
        "range:state": "0123456789ab",
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("file:///srv/state", "file:///srv/state/"),
        ("s3://bucket/path", "s3://bucket/path?region=eu-west-2&awssdk=v2"),
        ("S3://Bucket", "s3://bucket/"),
        ("https://api.pulumi.com", " https://api.pulumi.com/ "),
    ],
)
def test_a_backend_has_one_id_however_it_is_written(one: str, other: str) -> None:
    assert state_id(one) == state_id(other)
    assert re.fullmatch(r"[0-9a-f]{12}", state_id(one))


def test_two_backends_have_two_ids() -> None:
    assert len({state_id(url) for url in ("file:///a", "file:///b", "s3://a", "s3://a/b", "file:///A")}) == 5


def test_the_controller_s_role_is_named_by_account() -> None:
    plan = planned(example("steadfast"))

    assert controller_role_arn(plan, "200000000002") == "arn:aws:iam::200000000002:role/range-controller"


def test_the_private_zone_is_the_exercise_s() -> None:
    assert dns_zone(planned(example("steadfast"))) == "steadfast.internal"


def test_the_hub_is_made_first_and_goes_last() -> None:
    plan = planned(example("steadfast"))

    assert order_up(plan) == (("hub",), ("gbr", "est", "pol", "red", "white"))
    assert order_down(plan) == (("gbr", "est", "pol", "red", "white"), ("hub",))
