"""The Pulumi schema of what is served: enough for `pulumi import` to write a program's text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from range.rehearsal.provider.rows import Field, Row
from range.rehearsal.provider.shapes import Block, Flag, Labels, Many, Shape, Whole

_ANY = {"$ref": "pulumi.json#/Any"}


def text(rows: Iterable[Row], version: str) -> str:
    """Give the schema as JSON."""
    return json.dumps({"name": "aws", "version": version, "resources": {row.token: _resource(row) for row in rows}})


def _resource(row: Row) -> dict[str, Any]:
    inputs = [item for item in row.inputs if item.name != "tagsAll"]
    return {
        "properties": {item.name: _property(item) for item in row.by_name.values() if item.output},
        "inputProperties": {item.name: _property(item) for item in inputs},
        "requiredInputs": [item.name for item in inputs if item.required],
    }


def _property(item: Field) -> dict[str, Any]:
    return {**_type(item.shape), **({"secret": True} if item.secret else {})}


def _type(shape: Shape) -> dict[str, Any]:
    match shape:
        case Flag():
            return {"type": "boolean"}
        case Whole():
            return {"type": "integer"}
        case Labels():
            return {"type": "object", "additionalProperties": {"type": "string"}}
        case Many():
            return {"type": "array", "items": _type(shape.item)}
        case Block():
            return dict(_ANY)
        case _:
            return {"type": "string"}
