"""The published schema and reference are the models', and the schema accepts what the loader accepts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from range.spec.loading import load
from range.spec.models import Exercise
from range.spec.reference import reference, schema_text
from range.spec.schema import field_docs, published_schema, valid_at
from range.spec.weaknesses_page import page
from tests.spec.files import EXAMPLES, NOW

DOCS = EXAMPLES.parent / "docs"
AGAIN = "write it again: python -m range.spec.reference docs"


def test_the_published_schema_is_up_to_date() -> None:
    assert (DOCS / "exercise.schema.json").read_text() == schema_text(), AGAIN


def test_the_reference_is_up_to_date() -> None:
    assert (DOCS / "exercise-file.md").read_text() == reference(), AGAIN


def test_every_field_of_every_model_is_described() -> None:
    schema = published_schema()
    models = {"Exercise": schema, **schema["$defs"]}

    bare = [
        f"{name}.{key}"
        for name, model in models.items()
        for key in model["properties"]
        if len(model["properties"][key].get("description", "")) < 5
    ]

    assert bare == []
    assert set(field_docs()["Flow"]) == {"from", "to", "protocol", "ports", "why", "consent"}


@pytest.mark.parametrize("name", ["steadfast", "nations36"])
def test_the_schema_accepts_the_examples(name: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    exercise = load(EXAMPLES / f"{name}.yaml", now=NOW)

    jsonschema.validate(json.loads(exercise.model_dump_json(by_alias=True, exclude_defaults=True)), published_schema())


@pytest.mark.parametrize(
    ("location", "valid"),
    [
        (("allies", 3, "code"), "ISO 3166"),
        (("profiles", "standard", "hosts", "web", "disk_gib"), "16384 GiB"),
        (("profiles", "standard", "zones", "targets"), "a mapping with prefix"),
        (("hub", "services", "intel", "reached_from", 0), "enclave.zone"),
        (("egress", "ports", 0), "8000-8080"),
        (("teams", "blue"), "red, white"),
        ((), "a mapping with name, region"),
    ],
)
def test_what_is_valid_is_known_at_every_place(location: tuple[str | int, ...], valid: str) -> None:
    assert valid in valid_at(location)


def test_the_exercise_is_frozen() -> None:
    assert Exercise.model_config["frozen"]


def test_validating_imports_nothing_heavy() -> None:
    heavy = {"pulumi", "pulumi_aws", "boto3", "botocore", "moto", "dbos", "rich", "grpc", "typer", "ansible_runner"}
    code = f"import sys; from range.spec.loading import load; print(sorted({heavy!r} & set(sys.modules)))"

    child = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )

    assert child.stdout.strip() == "[]"


def test_the_page_of_weaknesses_is_what_the_roles_say() -> None:
    assert (DOCS / "weaknesses.md").read_text() == page(), AGAIN
