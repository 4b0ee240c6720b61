"""The exercise file's JSON Schema, and what it says is valid at a place."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from typing import Any

from range.spec import models
from range.spec.problems import Location, one_of

Schema = dict[str, Any]


@cache
def bare_schema() -> Schema:
    """Give the schema as pydantic makes it, with the types' descriptions."""
    return models.Exercise.model_json_schema(by_alias=True)


def published_schema() -> Schema:
    """Give the schema for editors: with a description on every field, from the models' docstrings."""
    schema = models.Exercise.model_json_schema(by_alias=True)
    docs = field_docs()
    for name, model in ((models.Exercise.__name__, schema), *schema["$defs"].items()):
        for key, field in model.get("properties", {}).items():
            about = docs[name].get(key, "")
            typed = field.get("description", "")
            field["description"] = f"{about} ({typed})" if about and typed else about or typed
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Exercise", **schema}


def field_docs() -> dict[str, dict[str, str]]:
    """Give the docstring under each field of each model, by the key that the file uses."""
    docs: dict[str, dict[str, str]] = {}
    for statement in ast.parse(inspect.getsource(models)).body:
        if not isinstance(statement, ast.ClassDef):
            continue
        model = getattr(models, statement.name)
        of_model = docs.setdefault(statement.name, {})
        for field, about in zip(statement.body, statement.body[1:], strict=False):
            match field, about:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    of_model[model.model_fields[name].alias or name] = " ".join(text.split())
    return docs


def valid_at(location: Location) -> str:
    """Say what may stand at a place; for a key that isn't known, which keys are."""
    schema = _resolved(bare_schema())
    for part in location:
        inner = _inside(schema, part)
        if inner is None:
            return one_of(schema.get("properties", {}), str(part))
        schema = _resolved(inner)
    return described(schema)


def described(schema: Schema) -> str:
    """Put a schema in words: its keys, or its description."""
    if keys := schema.get("properties"):
        return f"a mapping with {', '.join(keys)}"
    if about := schema.get("description"):
        return str(about)
    return str(schema.get("type", "another value"))


def _inside(schema: Schema, part: str | int) -> Schema | None:
    """Go one key or position further; None where the schema knows no such key."""
    if isinstance(part, int):
        return _schema(schema.get("items", schema))
    if "properties" in schema:
        return _schema(schema["properties"].get(part))
    by_pattern = schema.get("patternProperties", {}).values()
    return _schema(next(iter(by_pattern), schema.get("additionalProperties", schema)))


def _resolved(schema: Schema) -> Schema:
    """Follow a reference to its definition; of an optional value, give the value."""
    for choice in schema.get("anyOf", ()):
        if "$ref" in choice and "description" not in schema:
            return _resolved(choice)
    if "$ref" not in schema:
        return schema
    definition: Schema = bare_schema()["$defs"][schema["$ref"].rsplit("/", 1)[1]]
    return definition | {key: about for key, about in schema.items() if key == "description"}


def _schema(value: object) -> Schema | None:
    """Give a schema that is a mapping; the schema `true` allows what it likes and says nothing."""
    return value if isinstance(value, dict) else None
