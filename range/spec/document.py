"""YAML as a tree that remembers where everything stands: libyaml's events, and none of YAML's dangers.

No tags, so nothing is built and no code runs. No anchors and aliases, so nothing explodes. Scalars are YAML 1.2's:
`no` is a text, `0123` isn't octal, `22:30` isn't a number. Depth and number of values are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

from range.spec.problems import SHOWN, Location, Problem, bad_file, field_path, shortened

DEEPEST = 32
MOST_VALUES = 20_000
MOST_ENTRIES = 256

_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]{1,18}(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?")
_DIRECTIVE = re.compile(r"^%.*", re.MULTILINE)
_NULL = ("", "~", "null", "Null", "NULL")
_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something begins; both count from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value as it was written."""

    place: Place
    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    place: Place
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their values, and where each key stands."""

    place: Place
    values: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


def value_of(node: Node) -> object:
    """Give what JSON would have: None, booleans, numbers, texts, lists and mappings."""
    if isinstance(node, Mapping):
        return {key: value_of(value) for key, value in node.values.items()}
    if isinstance(node, Sequence):
        return [value_of(item) for item in node.items]
    text = node.text
    if node.quoted:
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def described(node: Node) -> str:
    """Say what stands there, as it was written."""
    if isinstance(node, Mapping):
        return f"a mapping of {len(node.values)} keys"
    if isinstance(node, Sequence):
        return f"a list of {len(node.items)}"
    if node.quoted:
        return f'"{shortened(node.text)}"'
    kind = {type(None): "nothing", bool: "a yes or no", int: "a number", float: "a number"}.get(type(value_of(node)))
    return ", ".join(part for part in (shortened(node.text), kind) if part)


def document_of(text: str, path: Path) -> tuple[Node, list[Problem]]:
    """Give the tree of a file's only document, and what is wrong with its YAML but doesn't hide the rest.

    Raises:
        InputError: it is no YAML, is empty, or holds what is refused altogether.
    """
    if directive := _DIRECTIVE.search(text):
        line = text.count("\n", 0, directive.start()) + 1
        raise bad_file(path, [Problem(line, 1, "", shortened(directive[0]), "YAML without directives")])
    return _Composer(path, yaml.parse(text, Loader=yaml.CSafeLoader)).document()


class _Composer:
    """Builds the tree from events, one look ahead at most."""

    def __init__(self, path: Path, events: Iterator[Any]) -> None:
        self.path = path
        self.events = events
        self.problems: list[Problem] = []
        self.values = 0

    def document(self) -> tuple[Node, list[Problem]]:
        """Read the stream's only document."""
        start = self._next()
        while isinstance(start, yaml.StreamStartEvent):
            start = self._next()
        if isinstance(start, yaml.StreamEndEvent):
            raise bad_file(self.path, [Problem(1, 1, "", "an empty file", "an exercise; begin with `name:`")])
        root = self._node(self._next(), ())
        self._next()
        end = self._next()
        if not isinstance(end, yaml.StreamEndEvent):
            self._stop(end, (), "a second document", "one document in the file")
        return root, self.problems

    def _next(self) -> Any:
        """Give the next event; a mistake in the YAML ends the reading."""
        try:
            return next(self.events)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
            parts = (getattr(error, "context", None), getattr(error, "problem", None))
            why = " ".join(part for part in parts if part) or type(error).__name__
            problem = Problem(place.line, place.column, "", f"no YAML: {why}", "YAML")
        raise bad_file(self.path, [*self.problems, problem])

    def _node(self, event: Any, location: Location) -> Node:
        """Build the value that begins with an event."""
        place = _place(event)
        if isinstance(event, yaml.AliasEvent):
            self._stop(event, location, f"the alias *{event.anchor}", "the value itself; profiles are what is reused")
        self.values += 1
        if self.values > MOST_VALUES:
            self._stop(event, location, f"more than {MOST_VALUES} values", "a file of an exercise's size")
        if event.anchor:
            self._note(place, location, f"the anchor &{event.anchor}", "no anchors; profiles are what is reused")
        if event.tag is not None and event.tag != "!":
            self._note(place, location, f"the tag {event.tag}", "plain values, without tags")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(place, event.value, quoted=not event.implicit[0])
        if len(location) >= DEEPEST:
            self._stop(event, location, f"more than {DEEPEST} levels", "an exercise, which has fewer than 10")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place, location)
        return self._mapping(place, location)

    def _sequence(self, place: Place, location: Location) -> Sequence:
        """Read items up to the list's end."""
        sequence = Sequence(place)
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            self._check_room(event, location, len(sequence.items))
            sequence.items.append(self._node(event, (*location, len(sequence.items))))
        return sequence

    def _mapping(self, place: Place, location: Location) -> Mapping:
        """Read keys and values up to the mapping's end; of a key given twice the first value counts."""
        mapping = Mapping(place)
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            self._check_room(event, location, len(mapping.values))
            key = self._node(event, (*location, "?"))
            if not isinstance(key, Scalar):
                self._stop(event, location, described(key), "a name as the key")
            value = self._node(self._next(), (*location, key.text))
            if first := mapping.keys.get(key.text):
                found = f"the key {shortened(key.text)} again, first given on line {first.line}"
                self._note(key.place, (*location, key.text), found, "each key once")
            else:
                mapping.keys[key.text] = key.place
                mapping.values[key.text] = value
        return mapping

    def _check_room(self, event: Any, location: Location, entries: int) -> None:
        """Refuse a list or mapping that is longer than any in an exercise."""
        if entries == MOST_ENTRIES:
            self._stop(event, location, f"more than {MOST_ENTRIES} entries", f"at most {MOST_ENTRIES} in one place")

    def _note(self, place: Place, location: Location, found: str, valid: str) -> None:
        """Remember a problem that doesn't hide the others; when there are more than are shown, that is enough."""
        self.problems.append(Problem(place.line, place.column, field_path(location), shortened(found), valid))
        if len(self.problems) > SHOWN:
            raise bad_file(self.path, self.problems)

    def _stop(self, event: Any, location: Location, found: str, valid: str) -> NoReturn:
        """Give up: what follows can't be judged, or is meant to hurt."""
        self._note(_place(event), location, found, valid)
        raise bad_file(self.path, self.problems)


def _place(event: Any) -> Place:
    """Give where an event begins."""
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)
