"""A table of nftables as a value, and the script that makes one of another: all of it in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

TABLE = "inet range"


@dataclass(frozen=True)
class Chain:
    """A chain; with a hook it is where packets come in, and is never changed into one without."""

    rules: tuple[str, ...]
    hook: str = ""


@dataclass(frozen=True)
class Elements:
    """A set or, where values are kept, a map."""

    type: str
    """Such as `ifname . ipv4_addr`, or `mark : verdict`."""
    items: Mapping[str, str] = field(default_factory=dict)
    interval: bool = False
    """Intervals are never changed: what differs has another name, see `named_by_content`."""

    @property
    def kind(self) -> str:
        """What nftables calls it."""
        return "map" if ":" in self.type else "set"


@dataclass(frozen=True)
class Ruleset:
    """A table's chains and sets, by name."""

    chains: Mapping[str, Chain] = field(default_factory=dict)
    sets: Mapping[str, Elements] = field(default_factory=dict)


def named_by_content(prefix: str, elements: Elements) -> str:
    """Name a set by what is in it."""
    text = "\n".join((elements.type, *(f"{key}={value}" for key, value in elements.items.items())))
    return f"{prefix}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"


def whole(ruleset: Ruleset) -> str:
    """Give the script that loads a ruleset, whatever was there."""
    return "\n".join((f"add table {TABLE}", f"delete table {TABLE}", f"add table {TABLE}", change(Ruleset(), ruleset)))


def change(old: Ruleset, new: Ruleset) -> str:
    """Give the script that makes the new ruleset of the old one, as short as what differs; empty where nothing does.

    Whatever is named is there before it is, and isn't any more before it is deleted.
    """
    return "\n".join(
        (
            *_new_chains(old, new),
            *_new_sets(old, new),
            *_rules(old, new),
            *_elements(old, new),
            *(f"delete {old.sets[name].kind} {TABLE} {name}" for name in _gone(old.sets, new.sets)),
            *(f"delete chain {TABLE} {name}" for name in _gone(old.chains, new.chains)),
        )
    )


def _gone(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """Name what isn't there any more."""
    return [name for name in old if name not in new]


def _new_chains(old: Ruleset, new: Ruleset) -> Iterator[str]:
    """Add the chains that are new, empty at first."""
    for name, chain in new.chains.items():
        if name not in old.chains:
            yield f"add chain {TABLE} {name}" + (f" {{ {chain.hook} }}" if chain.hook else "")


def _new_sets(old: Ruleset, new: Ruleset) -> Iterator[str]:
    """Add the sets that are new, empty at first."""
    for name, elements in new.sets.items():
        if name not in old.sets:
            flags = " flags interval;" if elements.interval else ""
            yield f"add {elements.kind} {TABLE} {name} {{ type {elements.type};{flags} }}"


def _rules(old: Ruleset, new: Ruleset) -> Iterator[str]:
    """Write the rules of chains that differ, and empty those that go."""
    for name in _gone(old.chains, new.chains):
        yield f"flush chain {TABLE} {name}"
    for name, chain in new.chains.items():
        before = old.chains.get(name)
        if before is not None and before.rules == chain.rules:
            continue
        if before is not None:
            yield f"flush chain {TABLE} {name}"
        yield from (f"add rule {TABLE} {name} {rule}" for rule in chain.rules)


def _elements(old: Ruleset, new: Ruleset) -> Iterator[str]:
    """Take elements that go out of sets, and put those that come in."""
    for name, elements in new.sets.items():
        before = old.sets[name].items if name in old.sets else {}
        after = elements.items
        yield from _element("delete", name, [key for key in before if before[key] != after.get(key)], {})
        yield from _element("add", name, [key for key in after if after[key] != before.get(key)], after)


def _element(verb: str, name: str, keys: Iterable[str], values: Mapping[str, str]) -> Iterator[str]:
    """Write one line for all elements that come or go."""
    listed = [f"{key} : {values[key]}" if values.get(key) else key for key in keys]
    if listed:
        yield f"{verb} element {TABLE} {name} {{ {', '.join(listed)} }}"
