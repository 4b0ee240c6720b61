"""Regions: which ones an account may use."""

from __future__ import annotations

from range.rehearsal.areas.filters import matching
from range.rehearsal.areas.regions import REGIONS
from range.rehearsal.call import Call, Shape
from range.rehearsal.enabled import enabled
from range.rehearsal.refusals import Refusal


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
            "OptInStatus": "opt-in-not-required" if name in enabled() else "not-opted-in",
        }
        for name in names or REGIONS
        if name in enabled() or names or call.params.get("AllRegions")
    ]
    facts = {"region-name": "RegionName", "endpoint": "Endpoint", "opt-in-status": "OptInStatus"}
    filters = call.params.get("Filters", [])
    return {"Regions": matching(shapes, filters, lambda shape: {name: shape[key] for name, key in facts.items()})}


OPERATIONS = {"DescribeRegions": describe}
