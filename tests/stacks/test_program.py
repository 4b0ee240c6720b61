"""How a stack's program starts, and what it says when it can't."""

from __future__ import annotations

import ast
import sys
import types
from pathlib import Path
from typing import Any

import pytest

import stacks
from range.errors import EnvironmentMissing, InputError, ProvisionError
from stacks import program

SOURCES = sorted(Path(stacks.__file__).parent.rglob("*.py"))


def test_an_unknown_stack_is_refused_and_the_known_ones_are_named(record: Any, steadfast: Path) -> None:
    with pytest.raises(InputError) as refused:
        record("steadfast.fra", steadfast)

    assert "steadfast.fra" in refused.value.message
    assert refused.value.hint is not None
    assert all(f"steadfast.{name}" in refused.value.hint for name in ("hub", "gbr", "est", "pol", "red", "white"))


def test_without_a_backend_nothing_is_made(record: Any, steadfast: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_BACKEND_URL")

    with pytest.raises(EnvironmentMissing, match="PULUMI_BACKEND_URL"):
        record("steadfast.est", steadfast)


def test_without_the_controllers_key_nothing_is_made(
    record: Any, steadfast: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RANGE_SSH_KEY", str(tmp_path / "gone"))
    with pytest.raises(EnvironmentMissing, match=r"gone\.pub"):
        record("steadfast.est", steadfast)
    monkeypatch.delenv("RANGE_SSH_KEY")
    with pytest.raises(EnvironmentMissing, match="RANGE_SSH_KEY is not set"):
        record("steadfast.est", steadfast)


def test_a_preview_before_the_hub_was_ever_up_counts_the_same_resources(
    record: Any, recorded: dict[str, Any], steadfast: Path
) -> None:
    preview = record("steadfast.est", steadfast, preview=True, hub_outputs={})

    assert preview.declared().keys() == recorded["est"].declared().keys()
    assert "transitGatewayId" not in preview.one("VpcAttachment").inputs


def test_an_update_before_the_hub_is_up_says_what_to_do(record: Any, steadfast: Path) -> None:
    with pytest.raises(ProvisionError) as refused:
        record("steadfast.est", steadfast, hub_outputs={})

    assert "steadfast.hub" in refused.value.message
    assert refused.value.hint is not None
    assert "range up" in refused.value.hint


def test_an_update_keeps_the_addresses_in_the_lock_and_a_preview_does_not(record: Any, exercise_file: Any) -> None:
    spec: Path = exercise_file()
    lock = spec.with_name("steadfast.lock.json")
    before = lock.read_text()
    lock.unlink()

    record("steadfast.hub", spec, preview=True)
    assert not lock.exists()

    record("steadfast.hub", spec)
    assert lock.read_text() == before


def test_prepare_finishes_every_import_that_programs_use() -> None:
    program.prepare()
    used = {
        alias.name
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "pulumi_aws"
        for alias in node.names
    }

    assert {module.__name__.rpartition(".")[2] for module in program._MODULES} == used
    assert all(type(sys.modules[f"pulumi_aws.{name}"]) is types.ModuleType for name in used)


def test_the_program_by_hand_wants_to_know_the_exercise(monkeypatch: pytest.MonkeyPatch) -> None:
    import runpy

    monkeypatch.delenv("RANGE_SPEC", raising=False)

    with pytest.raises(EnvironmentMissing, match="RANGE_SPEC"):
        runpy.run_module("stacks.__main__", run_name="__main__")


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_no_program_asks_for_the_time_or_knows_of_rehearsals(source: Path) -> None:
    names = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Attribute | ast.Name)
    }

    assert names.isdisjoint({"now", "utcnow", "today", "time", "random", "uuid4"})
    assert not any("rehears" in name.lower() for name in names)
