"""What a program wants against what there is: property by property, and whether it takes another resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from range.rehearsal.provider.rows import Field, Row
from range.rehearsal.provider.shapes import CHOSEN
from range.rehearsal.provider.wire import contains_unknown


@dataclass(frozen=True)
class Differences:
    """What differs. `added` and `gone` are the properties that only one side has."""

    changed: frozenset[str] = frozenset()
    replacing: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()
    delete_first: bool = field(default=False)

    def __bool__(self) -> bool:
        """There are differences."""
        return bool(self.changed)


def differences(row: Row, new: Mapping[str, Any], old: Mapping[str, Any]) -> Differences:
    """Compare checked inputs with a state."""
    changed = frozenset(item.name for item in row.inputs if _differs(item, new, old))
    if changed == {"tags"}:
        changed = frozenset()  # the same tags, said in another place: as the provider's or as the resource's own
    replacing = frozenset(name for name in changed if row.by_name[name].fixed)
    if row.replaces:
        replacing |= row.replaces(new, old) & changed
    return Differences(
        changed,
        replacing,
        frozenset(name for name in changed if old.get(name) is None),
        frozenset(name for name in changed if new.get(name) is None),
        bool(replacing) and (row.delete_first or _named_by_hand(row, new, old)),
    )


def _differs(item: Field, new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    wanted, have = new.get(item.name), old.get(item.name)
    if wanted is None:
        if item.default is CHOSEN:
            return False
        wanted = item.default
    if have is None and item.default is not CHOSEN:
        have = item.default
    return contains_unknown(wanted) or not item.shape.same(wanted, have)


def _named_by_hand(row: Row, new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """A name that the program chose, and keeps, can't be had twice: the old resource goes first."""
    made = new.get("__defaults") or ()
    return any(item.auto and item.name not in made and new.get(item.name) == old.get(item.name) for item in row.fields)
