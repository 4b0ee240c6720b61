"""The shapes that property values have: how each is checked, compared, sent to AWS and read back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from range.rehearsal.provider.paths import pick, plant
from range.rehearsal.provider.wire import UNKNOWN, contains_unknown


class Chosen:
    """The default of a property that AWS chooses where nobody says it: left out, it never differs."""

    def __repr__(self) -> str:
        """Show as what it is."""
        return "<chosen by AWS>"


CHOSEN: Final = Chosen()


@dataclass(frozen=True)
class Shape:
    """Any value, compared as it is."""

    def problems(self, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """Yield what is wrong with a value, as (where, why)."""
        yield from ()

    def sent(self, value: Any) -> Any:
        """Give the value as AWS takes it."""
        return value

    def seen(self, value: Any) -> Any:
        """Give the value as Pulumi has it, from what AWS answered."""
        return value

    def same(self, new: Any, old: Any) -> bool:
        """Tell whether what is wanted is what there is."""
        return bool(new == old)

    def wanted(self, value: Any) -> Any:
        """Fill in the defaults inside a value."""
        return value

    def kept(self, told: Any, seen: Any) -> Any:
        """Give what a state keeps of two values that mean the same: what the program said."""
        return told


@dataclass(frozen=True)
class Text(Shape):
    """A string; numbers and booleans become one, as in the real provider. `folded` ignores case."""

    folded: bool = False

    def problems(self, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """Lists and objects aren't strings."""
        if isinstance(value, list | Mapping):
            yield where, f"expected a string, got {_kind(value)}"

    def sent(self, value: Any) -> Any:
        """Give a string."""
        return _text(value)

    def same(self, new: Any, old: Any) -> bool:
        """Compare as strings; an empty one is none at all."""
        new, old = _text(new) or None, _text(old) or None
        return new == old or (self.folded and str(new).lower() == str(old).lower())


@dataclass(frozen=True)
class Flag(Shape):
    """A boolean. `words` are what AWS says for false and true."""

    words: tuple[Any, Any] = (False, True)

    def problems(self, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """Only booleans, and their names."""
        if _flag(value) is None:
            yield where, f"expected true or false, got {_kind(value)}"

    def sent(self, value: Any) -> Any:
        """Give AWS's word."""
        return self.words[bool(_flag(value))]

    def seen(self, value: Any) -> Any:
        """Read AWS's word."""
        return value == self.words[1] if value in self.words else _flag(value)

    def same(self, new: Any, old: Any) -> bool:
        """Compare as booleans; none is false."""
        return bool(_flag(new)) == bool(_flag(old))


@dataclass(frozen=True)
class Whole(Shape):
    """A whole number."""

    def problems(self, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """Only whole numbers, and strings of digits."""
        if _whole(value) is None:
            yield where, f"expected a whole number, got {_kind(value)}"

    def sent(self, value: Any) -> Any:
        """Give an integer."""
        return _whole(value)

    def seen(self, value: Any) -> Any:
        """Read an integer."""
        return _whole(value)

    def same(self, new: Any, old: Any) -> bool:
        """Compare as numbers."""
        return _whole(new) == _whole(old)


@dataclass(frozen=True)
class Document(Shape):
    """A JSON document in a string, such as a policy: compared by meaning, whatever its spacing or order."""

    def problems(self, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """It has to be JSON."""
        if not isinstance(value, str):
            yield where, f"expected a JSON document, got {_kind(value)}"
            return
        try:
            json.loads(value)
        except ValueError as error:
            yield where, f"not a JSON document: {error}"

    def seen(self, value: Any) -> Any:
        """Some services answer with the object itself."""
        return json.dumps(value) if isinstance(value, Mapping) else value

    def same(self, new: Any, old: Any) -> bool:
        """Compare what the documents say."""
        return bool(_meaning(new) == _meaning(old))


@dataclass(frozen=True)
class Labels(Shape):
    """A map of strings, such as tags."""

    def problems(self, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """Only a map of plain values."""
        if not isinstance(value, Mapping):
            yield where, f"expected a map, got {_kind(value)}"
            return
        for name, item in value.items():
            yield from Text().problems(item, f"{where}.{name}")

    def sent(self, value: Any) -> Any:
        """Give strings."""
        return {name: _text(item) for name, item in value.items()}

    def wanted(self, value: Any) -> Any:
        """Make strings of numbers and booleans, as the real provider does."""
        return {name: item if item is UNKNOWN else _text(item) for name, item in value.items()}

    def same(self, new: Any, old: Any) -> bool:
        """Compare the pairs; none is an empty map."""
        return bool(self.sent(new or {}) == self.sent(old or {}))


@dataclass(frozen=True)
class Many(Shape):
    """A list of values of one shape. Unless `ordered`, it is a set: order and repetition don't count."""

    item: Shape = Text()
    ordered: bool = False

    def problems(self, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """Only a list, and what is wrong with its items."""
        if not isinstance(value, list):
            yield where, f"expected a list, got {_kind(value)}"
            return
        for place, item in enumerate(value):
            if item is not UNKNOWN:
                yield from self.item.problems(item, f"{where}[{place}]")

    def sent(self, value: Any) -> Any:
        """Give each item as AWS takes it."""
        return [self.item.sent(item) for item in value]

    def seen(self, value: Any) -> Any:
        """Read each item; one alone is a list of one."""
        return [self.item.seen(item) for item in (value if isinstance(value, list | tuple) else [value])]

    def same(self, new: Any, old: Any) -> bool:
        """Compare as lists or as sets; none is an empty list."""
        new, old = new or [], old or []
        if self.ordered:
            return len(new) == len(old) and all(self.item.same(*pair) for pair in zip(new, old, strict=True))
        return not self.missing(new, old) and not self.extra(new, old)

    def missing(self, new: Any, old: Any) -> list[Any]:
        """Give what is wanted and not there."""
        return [item for item in new or [] if not any(self.item.same(item, other) for other in old or [])]

    def extra(self, new: Any, old: Any) -> list[Any]:
        """Give what is there and not wanted."""
        return [other for other in old or [] if not any(self.item.same(item, other) for item in new or [])]

    def wanted(self, value: Any) -> Any:
        """Fill in the defaults inside the items."""
        return [item if item is UNKNOWN else self.item.wanted(item) for item in value]


@dataclass(frozen=True)
class Part:
    """One property of an object. `aws` is the path of its counterpart; an empty `default` means: absent unless given."""

    name: str
    aws: str = ""
    shape: Shape = Text()
    default: Any = None
    required: bool = False

    @property
    def path(self) -> str:
        """Where AWS has it."""
        return self.aws or self.name[0].upper() + self.name[1:]


@dataclass(frozen=True)
class Block(Shape):
    """An object of known properties."""

    parts: tuple[Part, ...]

    def problems(self, value: Any, where: str) -> Iterator[tuple[str, str]]:
        """Unknown and missing properties, and what is wrong with the rest."""
        if not isinstance(value, Mapping):
            yield where, f"expected an object, got {_kind(value)}"
            return
        known = {part.name: part for part in self.parts}
        for name, item in value.items():
            if name not in known:
                yield f"{where}.{name}", f"is not carried out here; what is: {', '.join(sorted(known))}"
            elif item is not UNKNOWN:
                yield from known[name].shape.problems(item, f"{where}.{name}")
        for part in self.parts:
            if part.required and part.name not in value:
                yield f"{where}.{part.name}", "is required"

    def sent(self, value: Any) -> Any:
        """Give an object with AWS's names."""
        given: dict[str, Any] = {}
        for part in self.parts:
            item = value.get(part.name)
            if item is not None:
                plant(given, part.path, part.shape.sent(item))
        return given

    def seen(self, value: Any) -> Any:
        """Give an object with Pulumi's names."""
        found = {part.name: (pick(value, part.path), part) for part in self.parts}
        return {name: part.shape.seen(item) for name, (item, part) in found.items() if item is not None}

    def same(self, new: Any, old: Any) -> bool:
        """Compare part by part: what is left out has its default, or what AWS chose."""
        if new is None or old is None or new is UNKNOWN:
            return bool(new is old)
        return all(self._agrees(part, new.get(part.name), old.get(part.name)) for part in self.parts)

    def kept(self, told: Any, seen: Any) -> Any:
        """Keep what the program said, and what AWS adds to it."""
        return {**seen, **told}

    @staticmethod
    def _agrees(part: Part, new: Any, old: Any) -> bool:
        if new is None and part.default is CHOSEN:
            return True
        default = None if part.default is CHOSEN else part.default
        new = default if new is None else new
        old = default if old is None else old
        return not contains_unknown(new) and part.shape.same(new, old)

    def wanted(self, value: Any) -> Any:
        """Fill in the defaults."""
        filled = {
            part.name: part.default
            for part in self.parts
            if part.default is not None and not isinstance(part.default, Chosen)
        }
        for part in self.parts:
            item = value.get(part.name)
            if item is not None:
                filled[part.name] = item if item is UNKNOWN else part.shape.wanted(item)
        return filled


def _kind(value: Any) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", list: "a list", dict: "an object"}
    return names.get(type(value), "nothing")


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _flag(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return bool(value) if value is None or isinstance(value, bool | int) else None


def _whole(value: Any) -> int | None:
    if isinstance(value, str):
        return int(value) if value.lstrip("-").isdigit() else None
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _meaning(document: Any) -> Any:
    """Reduce a document to what it says: a list of one is that one, lists are sets, an empty one is none."""
    if document is UNKNOWN:
        return UNKNOWN
    try:
        return _reduced(json.loads(document)) if isinstance(document, str) and document else _reduced(document or None)
    except ValueError:
        return document


def _reduced(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _reduced(item) for name, item in value.items()}
    if isinstance(value, list):
        items = sorted((_reduced(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        unique = [item for place, item in enumerate(items) if place == 0 or item != items[place - 1]]
        return unique[0] if len(unique) == 1 else unique
    return value
