"""Regions: which ones an account may use."""

from __future__ import annotations

from range.rehearsal.areas.filters import matching
from range.rehearsal.areas.regions import REGIONS
from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal

ENABLED = frozenset(
    [
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ]
)
"""Enabled in every account. Source: Account Management Guide, "Enable or disable AWS Regions"; from memory, 2026-11-22."""


def describe(call: Call) -> Shape:
    """List the Regions that are enabled, or all of them."""
    names = call.params.get("RegionNames")
    for name in names or ():
        if name not in REGIONS:
            raise Refusal("InvalidParameterValue", f"Invalid region name: {name}")
    shapes = [
        {
            "RegionName": name,
            "Endpoint": f"ec2.{name}.amazonaws.com",
            "OptInStatus": "opt-in-not-required" if name in ENABLED else "not-opted-in",
        }
        for name in names or REGIONS
        if name in ENABLED or names or call.params.get("AllRegions")
    ]
    facts = {"region-name": "RegionName", "endpoint": "Endpoint", "opt-in-status": "OptInStatus"}
    filters = call.params.get("Filters", [])
    return {"Regions": matching(shapes, filters, lambda shape: {name: shape[key] for name, key in facts.items()})}


OPERATIONS = {"DescribeRegions": describe}
