"""What tells the work of one controller from that of another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from range.cli import surroundings
from range.controller.site import Setting
from tests.cli.conftest import EXAMPLES


def setting(home: Path, backend: str = "file:///state") -> Setting:
    spec = EXAMPLES / "steadfast.yaml"
    return Setting(spec, surroundings.plan(spec), home, backend, cast(Any, None), cast(Any, None))


def test_controllers_with_the_same_home_work_from_the_same_wherever_they_see_it(tmp_path: Path) -> None:
    (tmp_path / "seen").symlink_to(tmp_path / "home")

    assert setting(tmp_path / "home").digest == setting(tmp_path / "seen").digest


def test_a_controller_that_keeps_its_records_elsewhere_works_from_something_else(tmp_path: Path) -> None:
    assert setting(tmp_path / "home").digest != setting(tmp_path / "other").digest


def test_so_does_one_with_another_state_or_another_plan(tmp_path: Path) -> None:
    one = setting(tmp_path)
    other = replace(one, plan=one.plan.model_copy(update={"region": "eu-west-3"}))

    assert len({one.digest, other.digest, setting(tmp_path, "s3://state").digest}) == 3
