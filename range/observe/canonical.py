"""From what AWS says to what can be compared: identifiers become roles, lists have an order, what changes by itself goes."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import jmespath

from range.observe.kinds import Item, Kind
from range.observe.omissions import omitted, without_deliveries, without_own_servers, without_revocation
from range.records.observation import Thing, text

_AN_ID = re.compile(
    r"[a-z]{1,12}(?:-[a-z]{1,12})*-[0-9a-f]{8,26}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\bA[A-Z]{3}[A-Z0-9]{12,17}\b|\b\d{12}\b"
)
"""What looks like an id that AWS drew: `vpc-0123456789abcdef0`, a key's UUID, an identity's number."""
ITSELF = "{account}"
"""What the number of the account that is looked at stands for."""
_ROUNDS = 4
"""How deep things are named by things that are named by things."""


@dataclass(frozen=True)
class Seen:
    """One thing as AWS describes it, with the row that found it and where."""

    kind: Kind
    region: str
    item: Item


@dataclass
class Roles:
    """What identifiers stand for."""

    by_id: dict[str, str] = field(default_factory=dict)
    """What AWS drew; a name that somebody chose stands for itself."""
    labels: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """What each thing is called, by Region, type and id."""

    def of(self, value: str) -> str:
        """Replace every identifier in a text that is known by what it stands for."""
        if value in self.by_id:
            return self.by_id[value]
        return _AN_ID.sub(lambda found: self.by_id.get(found[0], found[0]), value)

    def unknown(self, value: str, among: Iterable[str]) -> bool:
        """Say whether a text has an identifier of a thing that is here and has no role yet."""
        ids = set(among)
        return any(found in ids and found not in self.by_id for found in (value, *_AN_ID.findall(value)))


def canonical(seen: Sequence[Seen], known: Mapping[str, str] | None = None) -> tuple[Thing, ...]:
    """Give things in the form in which two looks are compared, sorted.

    `known` are roles of what isn't among them: the account's own number, what was left out.
    """
    ordered = sorted(seen, key=_place)  # side by side, calls are answered in any order
    roles = _roles(ordered, known or {})
    things = [_thing(each, roles) for each in ordered]
    return tuple(sorted(_numbered(things), key=lambda thing: (*thing.place, thing.id)))


def _place(each: Seen) -> tuple[str, str, str]:
    """Give where a thing is found: Region, type and id."""
    return each.region, each.kind.type, str(read(each.kind.id, each.item))


def _roles(seen: Sequence[Seen], known: Mapping[str, str]) -> Roles:
    """Name everything: first what has a name, then what is named by others, at last what only its content tells apart."""
    roles = Roles(dict(known))
    waiting = {_place(each): each for each in seen}
    for _ in range(_ROUNDS):
        ids = {key[2] for key in waiting}
        for key, each in list(waiting.items()):
            parts, identifier = _parts(each), key[2]
            if parts and not any(roles.unknown(part, ids - {identifier}) for part in parts):
                _call(roles, each, " ".join(roles.of(part) for part in parts), chosen=identifier in parts)
                del waiting[key]
    named = Roles(
        {**_types(waiting), **roles.by_id}
    )  # as it is now: what one is called mustn't hang on who came before
    for each in waiting.values():
        content = text(_plain(each.item, each.kind.type, named))
        _call(roles, each, hashlib.sha256(content.encode()).hexdigest()[:8])
    return roles


def _types(waiting: Mapping[tuple[str, str, str], Seen]) -> dict[str, str]:
    """Let what has no name yet stand for its type, where something else without a name points at it."""
    return {identifier: type_ for _, type_, identifier in waiting}


def _parts(each: Seen) -> list[str]:
    """Give what a thing is called, part by part; nothing where nothing names it."""
    found = read(each.kind.name, each.item) if each.kind.name else None
    if not found:
        found = next((tag["Value"] for tag in each.item.get("Tags") or () if _is_name(tag)), None)
    if not found:
        return []
    return [str(part) for part in (found if isinstance(found, list) else [found]) if part]


def _is_name(tag: Any) -> bool:
    return isinstance(tag, Mapping) and tag.get("Key") == "Name" and bool(tag.get("Value"))


def _call(roles: Roles, each: Seen, name: str, *, chosen: bool = False) -> None:
    """Let all identifiers of a thing stand for its role, but for a name that somebody chose."""
    label = f"{each.kind.type}/{name}"
    roles.labels[_place(each)] = name
    for path in (*(() if chosen else (each.kind.id,)), *each.kind.also):
        identifier = read(path, each.item)
        if isinstance(identifier, str) and identifier:
            roles.by_id.setdefault(identifier, label)


def _thing(each: Seen, roles: Roles) -> Thing:
    region, type_, identifier = place = _place(each)
    properties = _plain(each.item, type_, roles)
    return Thing(
        region=region, type=type_, name=roles.labels.get(place, identifier), properties=properties, id=identifier
    )


def _numbered(things: Sequence[Thing]) -> list[Thing]:
    """Tell things of the same name apart, by the order of their ids."""
    counts = Counter(thing.place for thing in things)
    taken: Counter[tuple[str, str, str]] = Counter()
    numbered = []
    for thing in sorted(things, key=lambda thing: thing.id):
        if counts[thing.place] > 1:
            taken[thing.place] += 1
            numbered.append(thing.model_copy(update={"name": f"{thing.name} #{taken[thing.place]}"}))
        else:
            numbered.append(thing)
    return numbered


def _plain(item: Item, type_: str, roles: Roles) -> dict[str, Any]:
    """Give a thing's properties without what changes by itself, in one order, with roles for identifiers."""
    left_out = omitted(type_)
    source = _OWN.get(type_, dict)(item)
    kept = _normal(source, left_out, roles)
    return dict(kept) if isinstance(kept, Mapping) else {}


_OWN = {"s3:bucket": without_deliveries, "iam:role": without_revocation, "route53:zone": without_own_servers}
"""Types of which the range, or a service on its behalf, changes a part."""


def _normal(value: Any, left_out: frozenset[str], roles: Roles) -> Any:
    if isinstance(value, Mapping):
        pairs = ((str(key), _normal(inner, left_out, roles)) for key, inner in value.items() if key not in left_out)
        return {roles.of(key): inner for key, inner in pairs if not _is_empty(inner)}
    if isinstance(value, list | tuple):
        return _listed(value, left_out, roles)
    if isinstance(value, str):
        return _worded(value, left_out, roles)
    if isinstance(value, datetime):
        return None
    return value if isinstance(value, bool | int | float) or value is None else str(value)


def _listed(value: Sequence[Any], left_out: frozenset[str], roles: Roles) -> Any:
    """Give a list in an order of its own: AWS's says nothing; tags become a mapping."""
    if value and all(_is_tag(each) for each in value):
        tags = [{key.lower(): inner for key, inner in each.items()} for each in value]
        return {str(tag.get("key")): roles.of(str(tag.get("value", ""))) for tag in tags}
    return sorted((_normal(each, left_out, roles) for each in value), key=text)


_TAG = frozenset({"Key", "Value", "key", "value", "ResourceId", "ResourceType"})


def _is_tag(each: Any) -> bool:
    """Say whether something is a tag, and no list of values: `[{"Value": "10.0.0.1"}]` is a record's."""
    return isinstance(each, Mapping) and _TAG.issuperset(each) and ("Key" in each or "key" in each)


def _worded(value: str, left_out: frozenset[str], roles: Roles) -> Any:
    """Give a text; one that is a document, such as a policy, is read."""
    if value[:1] in "{[" and value[-1:] in "}]":
        try:
            return _normal(json.loads(value), left_out, roles)
        except ValueError:
            return roles.of(value)
    return roles.of(value)


def _is_empty(value: Any) -> bool:
    """Say whether a value says as much as no value: what AWS leaves out today it may write as empty tomorrow."""
    return value is None or (isinstance(value, str | list | dict) and not value)


@lru_cache(maxsize=2_048)
def _compiled(path: str) -> Any:
    return jmespath.compile(path)


def read(path: str, item: Item) -> Any:
    """Read one value of a thing; a plain name without JMESPath, which is ten times slower."""
    return item.get(path) if path.isidentifier() else _compiled(path).search(item)
