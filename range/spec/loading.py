"""From a file to an exercise, or to every problem that the file has."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import astuple, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from range.spec.document import Mapping, Node, Place, Sequence, described, document_of, value_of
from range.spec.models import Exercise
from range.spec.problems import SHOWN, Location, Problem, Violation, bad_file, field_path, shortened
from range.spec.rules import violations
from range.spec.source import text_of

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def load(path: Path, *, now: datetime) -> Exercise:
    """Read an exercise file.

    `now` (with its offset) is what the lease end is compared with.

    Raises:
        InputError: the file can't be read or used; `problems` has each line and field, what was found, what is valid.
    """
    root, problems = document_of(text_of(path), path)
    exercise, shape = _validated(root)
    problems += shape
    if exercise is not None:
        broken = islice(violations(exercise, now), SHOWN + 1)
        problems += [_problem(root, violation) for violation in broken]
    if problems or exercise is None:
        raise bad_file(path, problems)
    return exercise


def _validated(root: Node) -> tuple[Exercise | None, list[Problem]]:
    """Judge the shape; keys that are too many are named and left out, so that the rest can be judged as well."""
    content = value_of(root)
    problems: list[Problem] = []
    for _ in ("with the unknown keys", "without them"):
        try:
            return Exercise.model_validate_json(json.dumps(content)), problems
        except ValidationError as error:
            details = error.errors(include_url=False, include_context=False, include_input=False)
        unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
        if problems == []:
            problems = _shape_problems(root, details)
        if not unknown:
            break
        _leave_out(content, unknown)
    return None, problems


def _shape_problems(root: Node, details: Iterable[ErrorDetails]) -> list[Problem]:
    """Give one problem for each value that is wrong, however many alternatives it fails; no more than are shown."""
    kinds: dict[Location, str] = {}
    for detail in details:
        location = _within(root, detail["loc"], missing=detail["type"] == "missing")
        kinds.setdefault(location, detail["type"])
    in_order = sorted(kinds, key=lambda location: astuple(_found(root, location)[0]))
    return [_shape_problem(root, location, kinds[location]) for location in in_order[: SHOWN + 1]]


def _shape_problem(root: Node, location: Location, kind: str) -> Problem:
    """Put a value of the wrong shape in words; of an unknown key, the key."""
    problem = _problem(root, Violation(location, _valid(location)))
    if kind != "extra_forbidden":
        return problem
    key = _key(root, location)
    return replace(problem, line=key.line, column=key.column, found=f"the key {shortened(str(location[-1]))}")


def _valid(location: Location) -> str:
    """Say what may stand at a place; imported when something is wrong, since few files are."""
    from range.spec.schema import valid_at

    return valid_at(location)


def _within(root: Node, location: Location, *, missing: bool) -> Location:
    """Cut what pydantic adds to the way (names of alternatives, `[key]`); a missing key is kept."""
    way: list[str | int] = []
    node = root
    for part in location:
        inner = _child(node, part)
        if inner is None:
            if missing and part == location[-1]:
                way.append(part)
            break
        node = inner
        way.append(part)
    return tuple(way)


def _child(node: Node, part: str | int) -> Node | None:
    """Go one step down the tree."""
    if isinstance(node, Mapping) and isinstance(part, str):
        return node.values.get(part)
    if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
        return node.items[part]
    return None


def _problem(root: Node, violation: Violation) -> Problem:
    """Find the place of a violation: the value itself, an unknown key, or what the missing key should be in."""
    place, found = _found(root, violation.location)
    return Problem(
        place.line, place.column, field_path(violation.location), violation.found or shortened(found), violation.valid
    )


def _found(root: Node, location: Location) -> tuple[Place, str]:
    """Give where the value stands, and the value as it was written."""
    node, place = root, root.place
    for part in location:
        inner = _child(node, part)
        if inner is None:
            return place, "nothing"
        node = inner
        place = node.place
    return place, described(node)


def _key(root: Node, location: Location) -> Place:
    """Give where a key stands, instead of its value."""
    node = root
    for part in location[:-1]:
        node = _child(node, part) or node
    return node.keys[str(location[-1])] if isinstance(node, Mapping) else node.place


def _leave_out(content: object, locations: Iterable[Location]) -> None:
    """Delete keys from what the file holds."""
    for *way, key in locations:
        holder = content
        for part in way:
            holder = holder[part]  # type: ignore[index]
        if isinstance(holder, dict):
            holder.pop(key, None)
