"""Where on earth."""

from __future__ import annotations

import re
from collections.abc import Iterator

from range.spec.models import Exercise
from range.spec.problems import Location, Violation, one_of

REGIONS = frozenset(
    """
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
    ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
    eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
    me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1 us-east-2 us-west-1 us-west-2
    """.split()
)
"""Source: botocore 1.44 partitions.json, partition aws (read 2026-11-22)."""


def place_violations(exercise: Exercise) -> Iterator[Violation]:
    """The Region is one, and the availability zones are its own, by id and each once."""
    if exercise.region not in REGIONS:
        yield Violation(("region",), one_of(REGIONS, exercise.region))
        return
    prefix = zone_id_prefix(exercise.region)
    valid = f"ids such as {prefix}1, {prefix}2"
    for position, zone in enumerate(exercise.availability_zones):
        location: Location = ("availability_zones", position)
        if re.fullmatch(rf"{re.escape(exercise.region)}[a-z]", zone):
            yield Violation(location, valid, f"{zone}, a name, which is another place in every account")
        elif not re.fullmatch(rf"{prefix}[1-9]", zone):
            yield Violation(location, f"{valid}: those of {exercise.region}")
        elif zone in exercise.availability_zones[:position]:
            yield Violation(location, "each availability zone once", f"{zone} again")


def zone_id_prefix(region: str) -> str:
    """Give what a Region's availability zone ids begin with: `eu-west-2` has `euw2-az`, `ap-southeast-1` `apse1-az`.

    Source: AWS Regions and Availability Zones, "AWS Availability Zones" (read 2026-11-22).
    """
    geography, *directions, number = region.split("-")
    initials = "".join(re.sub("[^nsewc]", "", direction[0] + direction[5:6]) for direction in directions)
    return f"{geography}{initials}{number}-az"
