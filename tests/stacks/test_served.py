"""Everything that the stacks ask for is carried out by the rehearsal's resource provider, down to the last property."""

from __future__ import annotations

from typing import Any

import pytest

from range.rehearsal.provider.check import problems
from range.rehearsal.provider.invokes import INVOKES
from range.rehearsal.provider.table import ROWS


@pytest.mark.parametrize("name", ["hub", "gbr", "est", "pol", "red", "white"])
def test_every_type_and_property_of_a_stack_is_served(recorded: dict[str, Any], name: str) -> None:
    refused = [
        (found.type, where, why)
        for found in recorded[name].aws()
        for where, why in problems(ROWS[found.type], found.inputs)
        if " needs " not in why  # what only AWS would say, the recorder leaves out
    ]

    assert refused == []


def test_every_question_of_the_stacks_is_answered(recorded: dict[str, Any]) -> None:
    asked = {lookup.token for recorder in recorded.values() for lookup in recorder.lookups}

    assert asked <= set(INVOKES)
