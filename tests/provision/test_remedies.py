"""The remedies for interrupted creates, as a table. That every type of the stacks is in it: tests/stacks."""

from __future__ import annotations

from range.cloud.resources.table import BY_TYPE
from range.provision.remedies import ADOPTED, REPEATABLE, TAGGED, TAGGED_LATER, UNDONE


def test_no_type_has_two_remedies() -> None:
    groups = (TAGGED.keys(), REPEATABLE, ADOPTED.keys(), UNDONE.keys())

    assert sum(map(len, groups)) == len(frozenset().union(*groups))


def test_what_is_found_by_tags_is_in_the_resource_table() -> None:
    assert set(TAGGED.values()) <= BY_TYPE.keys()


def test_what_is_tagged_later_is_found_by_tags_when_it_has_them() -> None:
    assert TAGGED_LATER.keys() <= TAGGED.keys()
