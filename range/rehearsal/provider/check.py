"""What a program may ask for: unknown types and properties are refused by name, the rest is completed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from range.rehearsal.provider import known
from range.rehearsal.provider.clients import Caller
from range.rehearsal.provider.rows import Field, Row
from range.rehearsal.provider.wire import UNKNOWN, contains_unknown

_NAME_HEX = 7
_HIDDEN = "__defaults"


def type_problem(token: str, served: Mapping[str, Row]) -> str:
    """Say why a resource type isn't served."""
    if known.knows(token):
        return f"the rehearsal doesn't serve {token} yet; its resource table is range/rehearsal/provider/types"
    return f"the AWS provider has no type {token}{near(token, served)}"


def problems(row: Row, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the inputs of a resource, as (property, why)."""
    inputs = {item.name: item for item in row.inputs}
    for name, value in given.items():
        if name.startswith("__"):
            continue
        if name not in inputs:
            yield name, _property_problem(row, name, inputs)
        elif value is not UNKNOWN:
            yield from inputs[name].shape.problems(value, name)
    for item in row.inputs:
        if item.required and given.get(item.name) is None:
            yield item.name, f"{row.token} needs {item.name}"


def completed(
    row: Row, given: Mapping[str, Any], old: Mapping[str, Any], *, name: str, seed: bytes, caller: Caller
) -> dict[str, Any]:
    """Give the inputs with what the provider adds: names, standing values, the Region and all tags."""
    filled = {key: value if contains_unknown(value) else _wanted(row, key, value) for key, value in given.items()}
    made = []
    for item in row.inputs:
        if filled.get(item.name) is None and (value := _made(item, old, name, seed)) is not None:
            filled[item.name] = value
            made.append(item.name)
    if row.regional:
        filled.setdefault("region", caller.region)
    if row.tags:
        tags = filled.get("tags") or {}
        filled["tagsAll"] = UNKNOWN if contains_unknown(tags) else {**dict(caller.default_tags), **tags}
    filled[_HIDDEN] = made
    return filled


def _wanted(row: Row, name: str, value: Any) -> Any:
    known_field = row.by_name.get(name)
    return known_field.shape.wanted(value) if known_field else value


def _made(item: Field, old: Mapping[str, Any], name: str, seed: bytes) -> Any:
    """Make the value of a property that the program leaves out, or keep the one that was made before."""
    if item.fill is not None:
        return item.fill
    if not item.auto:
        return None
    if item.name in (old.get(_HIDDEN) or ()) and old.get(item.name):
        return old[item.name]
    digest = hashlib.sha256(seed + name.encode()).hexdigest()[:_NAME_HEX]
    return item.auto(f"{name}-{digest}")


def _property_problem(row: Row, name: str, inputs: Mapping[str, Field]) -> str:
    if name in known.inputs(row.token):
        return f"the rehearsal doesn't carry out {name} of {row.token}; it does: {', '.join(sorted(inputs))}"
    return f"{row.token} has no property {name}{near(name, known.inputs(row.token) or inputs)}"


def near(name: str, names: Iterable[str]) -> str:
    """Name what is close to a wrong name, or everything there is."""
    close = get_close_matches(name, list(names), n=3)
    return f"; did you mean {' or '.join(close)}?" if close else f"; there are {', '.join(sorted(names))}"
