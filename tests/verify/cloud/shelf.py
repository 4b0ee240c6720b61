"""Where the small cloud keeps its items."""

from __future__ import annotations

import copy
from itertools import count
from typing import Any

Item = dict[str, Any]


class Shelf:
    """Items by kind, each with its owner; keys that begin with an underscore are never shown."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.kept: dict[str, list[Item]] = {}
        self.numbers = count(1)

    def new_id(self, prefix: str) -> str:
        """Make an id that looks like AWS's."""
        return f"{prefix}-{next(self.numbers):017x}"

    def keep(self, kind: str, account: str, item: Item) -> Item:
        """Keep an item for its owner."""
        self.kept.setdefault(kind, []).append({"_owner": account, "_seen_by": set(), **item})
        return self.kept[kind][-1]

    def of(self, kind: str) -> list[Item]:
        """Give all items of a kind."""
        return self.kept.setdefault(kind, [])

    def own(self, kind: str, account: str) -> list[Item]:
        """Give an account's items of a kind."""
        return [item for item in self.of(kind) if item["_owner"] == account]

    def seen(self, kind: str, account: str) -> list[Item]:
        """Give what an account's describe call lists: its own, and what others share with it."""
        return [shown(item) for item in self.of(kind) if item["_owner"] == account or account in item["_seen_by"]]

    def find(self, kind: str, key: str, value: str) -> Item:
        """Give the one item that has a value."""
        for item in self.of(kind):
            if item.get(key) == value:
                return item
        raise KeyError(f"no {kind} with {key}={value}")

    def drop(self, kind: str, key: str, value: str) -> None:
        """Forget an item."""
        self.kept[kind] = [item for item in self.of(kind) if item.get(key) != value]


def shown(item: Item) -> Item:
    """Give an item as AWS shows it."""
    return {key: copy.deepcopy(value) for key, value in item.items() if not key.startswith("_")}
