"""The reference of the exercise file and its JSON Schema, made from the models.

`python -m range.spec.reference docs` writes both, and the page of weaknesses; a test says when they are behind.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from range.spec.models import Exercise, Model
from range.spec.rules.hosts import ROLES
from range.spec.schema import Schema, described, field_docs, published_schema
from range.spec.weaknesses_page import page

HEAD = """\
# The exercise file

One YAML file says what an exercise is: who plays, in which accounts, on what, and who may reach whom. `range validate`
judges it and touches nothing; every problem is named with its line, its field, what was found and what would be valid,
and the exit code is 2. [examples/steadfast.yaml](../examples/steadfast.yaml) is a whole one;
[exercise.schema.json](exercise.schema.json) lets an editor check it while you type:

```yaml
# yaml-language-server: $schema=../docs/exercise.schema.json
```

## How it is read
- UTF-8, one document, 1 MiB at most. Numbers are numbers and texts are texts: account ids are quoted.
- YAML's anchors, aliases, tags and directives are refused. What is reused is a profile.
- `no` is a text, `0123` isn't octal, `22:30` isn't a number: scalars are those of YAML 1.2.
- A profile is apart from an edition: next year's exercise changes dates and allies, not profiles.

## Beside it
The addresses are kept in a lock file beside the exercise file (`steadfast.yaml` has `steadfast.lock.json`). Commit it.
Nobody who is in it moves, whoever joins or leaves; an ally that left the file keeps its addresses until
`range down --ally` has proved that nothing of it is left.

## What goes together
- Zones are named `enclave.zone`; the enclave is an ally's code, `hub`, `red`, `white`, or `allies` for every ally
  that has such a zone. The hub's zone for flows is `services`; the way into its zone `management` is the controller's.
- A flow is between two enclaves. Between two allies both are named by their codes and both stand in `consent`.
- Every permission is there once: no flow repeats a service or another flow.
- An account is in the file once, and so is an ally.
- Targets (roles that begin with `target_`) are mirrored to their enclave's sensor if it has one. There is one sensor at
  most, for at most 10 targets, and their sizes are ones that AWS can mirror.
- The supernet is private, doesn't overlap 172.17.0.0/16, and holds the hub (a /22 at least), red, white and all allies.

## Roles
"""


def reference() -> str:
    """Give docs/exercise-file.md."""
    lines = [HEAD + ", ".join(f"`{role}`" for role in ROLES), ""]
    schema = published_schema()
    docs = field_docs()
    for model in _models():
        part = schema if model is Exercise else schema["$defs"][model.__name__]
        about = (model.__doc__ or "").strip().split("\n\n", 1)[0]
        lines += [f"## {model.__name__}", "", about, "", "| key | what it is | valid | default |", "|---|---|---|---|"]
        lines += _rows(part, docs[model.__name__], schema)
        lines += [""]
    return "\n".join(lines).rstrip() + "\n"


def schema_text() -> str:
    """Give docs/exercise.schema.json."""
    return json.dumps(published_schema(), indent=2) + "\n"


def _models() -> Iterator[type[Model]]:
    """Give the models, the whole file first, then in the order in which it uses them."""
    seen: list[type[Model]] = [Exercise]
    for model in seen:
        yield model
        seen += [inner for inner in _inner_models(model) if inner not in seen]


def _inner_models(model: type[Model]) -> list[type[Model]]:
    """Give the models that the fields of a model are made of."""
    found: list[type[Model]] = []
    waiting: list[Any] = [field.annotation for field in model.model_fields.values()]
    while waiting:
        part = waiting.pop(0)
        if isinstance(part, type) and issubclass(part, Model):
            found.append(part)
        waiting += getattr(part, "__args__", ())
    return list(dict.fromkeys(found))


def _rows(part: Schema, docs: dict[str, str], whole: Schema) -> Iterator[str]:
    """Give one line for each key."""
    for key, field in part["properties"].items():
        about = docs.get(key, "")
        valid = field["description"].removeprefix(about).strip(" ()") or _kind(field, whole)
        default = f"`{json.dumps(field['default'])}`" if "default" in field else ""
        default = "" if key in part.get("required", ()) else default or "nothing"
        yield f"| `{key}` | {about} | {valid} | {default} |".replace("|  |", "| |")


def _kind(field: Schema, whole: Schema) -> str:
    """Name the model that a key holds."""
    references = [choice["$ref"] for choice in (field, *field.get("anyOf", ())) if "$ref" in choice]
    if not references:
        return described(field)
    name = references[0].rsplit("/", 1)[1]
    assert name in whole["$defs"], name
    return f"[{name}](#{name.lower()})"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (folder / "exercise-file.md").write_text(reference())
    (folder / "exercise.schema.json").write_text(schema_text())
    (folder / "weaknesses.md").write_text(page())
