"""Where on earth."""

from __future__ import annotations

import re
from collections.abc import Iterator

from range.spec.aws import REGIONS, zone_id_prefix
from range.spec.models import Exercise
from range.spec.problems import Location, Violation, one_of


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
