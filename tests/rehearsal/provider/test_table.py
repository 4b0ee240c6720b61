"""Every row of the table, made, read, compared, changed, drifted and deleted in the rehearsal cloud."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from range.rehearsal.provider import lifecycle
from range.rehearsal.provider.diff import differences
from range.rehearsal.provider.rows import Field
from range.rehearsal.provider.shapes import CHOSEN, Block, Flag, Labels, Many, Whole
from range.rehearsal.provider.state import inputs
from range.rehearsal.provider.table import ROWS
from tests.rehearsal.provider.bench import Bench, Made
from tests.rehearsal.provider.samples import SAMPLES

_CHANGING = [name for name, sample in SAMPLES.items() if any(value is not None for value in sample.changes.values())]
_ONLY_ONE = {
    "aws:ec2/route:Route": ("gatewayId", "natGatewayId", "transitGatewayId"),
}
"""Properties of which a program may give one."""


@pytest.fixture
def bench() -> Bench:
    return Bench(SAMPLES)


def _wanted(bench: Bench, made: Made, name: str, item: str) -> dict[str, Any]:
    """Give a sample's inputs with one of its changes."""
    sample = SAMPLES[name]
    given = {**sample.inputs, item: sample.changes[item]}
    if item in _ONLY_ONE.get(sample.token, ()):
        given |= {other: None for other in _ONLY_ONE[sample.token] if other != item}
    return bench.inputs(made.row, given, sample.account, made.inputs)


def test_every_type_has_a_sample() -> None:
    assert {sample.token for sample in SAMPLES.values()} == set(ROWS)


@pytest.mark.parametrize("token", ROWS)
def test_every_property_that_changes_in_place_has_a_change(token: str) -> None:
    changes = {name for sample in SAMPLES.values() if sample.token == token for name in sample.changes}
    changeable = {item.name for item in ROWS[token].inputs if not item.fixed and item.name != "tagsAll"}

    assert changeable == changes - {item.name for item in ROWS[token].inputs if item.fixed}


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_made_is_as_wanted_reads_the_same_and_is_found_by_its_id(bench: Bench, name: str) -> None:
    made = bench.make(name)
    row = made.row
    given = row.imports.format(**{**made.state, "id": made.id}) if row.imports else made.id
    work = Made(row, made.caller, given, {}, {}).work()

    found = lifecycle.find(work)

    assert made.differences(made.inputs).changed == frozenset()
    assert made.read() == made.state
    assert work.id == made.id
    assert found is not None
    for item in (item for item in row.by_name.values() if item.read is not None and item.name in made.state):
        assert item.shape.same(made.state[item.name], found.get(item.name)), item.name


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_deleted_is_gone_and_can_be_deleted_again(bench: Bench, name: str) -> None:
    made = bench.make(name)

    made.delete()

    assert (made.read() is None) is not SAMPLES[name].stays
    made.delete()


@pytest.mark.parametrize("name", _CHANGING)
def test_a_change_is_made_in_place_seen_as_drift_and_undone(bench: Bench, name: str) -> None:
    made = bench.make(name)
    for item in (item for item, value in SAMPLES[name].changes.items() if value is not None):
        before, wanted = made.state, _wanted(bench, made, name, item)
        found = made.differences(wanted)

        made.update(wanted)

        assert item in found.changed
        assert not found.replacing
        assert made.differences(wanted).changed == frozenset(), item
        drifted = made.read()
        assert drifted == made.state
        if made.row.by_name[item].read is not None:
            assert drifted.get(item) != before.get(item), item
            assert _is_silent(made, item) is (inputs(made.row, made.inputs, drifted) == made.inputs), item
        made.update(made.inputs)
        assert made.differences(made.inputs).changed == frozenset(), item
        if made.row.by_name[item].default is not CHOSEN and item not in SAMPLES[name].inputs:
            assert _is_default(made.row.by_name[item], made.state.get(item)), item


def _is_silent(made: Made, item: str) -> bool:
    """Nobody said it and AWS may choose it, so that a program is at peace with any value."""
    return made.row.by_name[item].default is CHOSEN and item not in made.inputs


def _is_default(item: Field, value: Any) -> bool:
    return value is None or item.shape.same(item.default, value)


@pytest.mark.parametrize("token", ROWS)
def test_another_value_of_a_fixed_property_takes_another_resource(token: str) -> None:
    for item in (item for item in ROWS[token].inputs if item.fixed):
        one, other = _two_values(item)

        found = differences(ROWS[token], {item.name: other}, {item.name: one})

        assert found.replacing == {item.name}


def _two_values(item: Field) -> tuple[Any, Any]:
    match item.shape:
        case Flag():
            return not item.default, bool(item.default)
        case Whole():
            return 7, 8
        case Many():
            one, other = _two_values(replace(item, shape=item.shape.item))
            return [one], [other]
        case Labels():
            return {"name": "a"}, {"name": "b"}
        case Block():
            first = item.shape.parts[0]
            one, other = _two_values(replace(item, shape=first.shape))
            return {first.name: one}, {first.name: other}
        case _:
            return "a", "b"
