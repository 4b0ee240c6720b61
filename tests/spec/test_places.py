"""Availability zone ids follow from the Region's name."""

from __future__ import annotations

import pytest

from range.spec.aws import REGIONS, zone_id_prefix


@pytest.mark.parametrize(
    ("region", "prefix"),
    [
        ("eu-west-2", "euw2-az"),
        ("us-east-1", "use1-az"),
        ("eu-central-1", "euc1-az"),
        ("ap-southeast-2", "apse2-az"),
        ("ap-northeast-1", "apne1-az"),
        ("ap-south-1", "aps1-az"),
        ("il-central-1", "ilc1-az"),
    ],
)
def test_the_prefix_of_a_region_is_its_letters(region: str, prefix: str) -> None:
    assert zone_id_prefix(region) == prefix


def test_no_two_regions_share_a_prefix() -> None:
    assert len({zone_id_prefix(region) for region in REGIONS}) == len(REGIONS)
