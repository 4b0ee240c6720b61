"""How golden images are called: by everything that is in them, and by nothing that isn't."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.golden import PLAYBOOKS, golden_name, golden_names
from range.plan.inputs import PER_HOST
from range.plan.lock import lock_path, read
from range.records.plan import Plan
from range.spec.loading import load

WHENEVER = datetime.min.replace(tzinfo=UTC)
STEADFAST = Path(__file__).parents[2] / "examples" / "steadfast.yaml"
ROLES = PLAYBOOKS / "roles"


def planned(tmp_path: Path, edit: Callable[[Any], Any] = lambda _: None) -> Plan:
    content = yaml.safe_load(STEADFAST.read_text())
    edit(content)
    spec = tmp_path / "edited.yaml"
    spec.write_text(yaml.safe_dump(content, sort_keys=False))
    exercise = load(spec, now=WHENEVER)
    return plan_of(exercise, allot(exercise, read(lock_path(STEADFAST))))


def name_of(plan: Plan, enclave: str, host: str, playbooks: Path = PLAYBOOKS) -> str:
    place = plan.enclave(enclave)
    (found,) = (each for each in place.hosts if each.name == host)
    return golden_name(plan, place, found, playbooks)


def test_hosts_of_one_role_share_an_image_across_allies(tmp_path: Path) -> None:
    plan = planned(tmp_path)

    assert len({name_of(plan, ally, "web-1") for ally in ("gbr", "est", "pol")}) == 1
    assert len(golden_names(plan)) == 9
    assert sum(map(len, golden_names(plan).values())) == sum(len(each.hosts) for each in (plan.hub, *plan.enclaves))


@pytest.mark.parametrize(
    "edit",
    [
        lambda file: file["profiles"]["standard"]["hosts"]["web"].update(weaknesses={"exposed-backup": False}),
        lambda file: file["images"]["debian-13"].update(name="debian-13-amd64-20261117-2299"),
        lambda file: file["hub"]["services"]["collector"].update(port=6515),
    ],
    ids=["an input", "the base image", "where events go"],
)
def test_another_input_or_base_is_another_image(tmp_path: Path, edit: Callable[[Any], Any]) -> None:
    assert name_of(planned(tmp_path, edit), "est", "web-1") != name_of(planned(tmp_path), "est", "web-1")


def test_another_role_or_common_file_is_another_image_and_one_of_a_foreign_role_is_not(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    names = [name_of(plan, "est", "web-1")]
    for number, role in enumerate(("target_dns", "target_web", "foundation")):
        playbooks = tmp_path / str(number)
        shutil.copytree(PLAYBOOKS, playbooks)
        (playbooks / "roles" / role / "tasks" / "main.yml").write_text("---\n")
        names.append(name_of(plan, "est", "web-1", playbooks))

    assert names[1] == names[0]
    assert len(set(names)) == 3


def test_what_uses_an_input_of_one_host_alone_is_left_out_of_images() -> None:
    for path in [*ROLES.glob("*/tasks/*.yml"), *ROLES.glob("*/templates/**/*.j2")]:
        text = path.read_text(encoding="utf-8")
        used = [name for name in (*PER_HOST, "foundation_certificate", "foundation_authority") if name in text]
        if path.suffix == ".yml" and used and path.name != "verify.yml":
            for task in yaml.safe_load(text):
                assert not any(name in str(task) for name in used) or "host" in task.get("tags", ()), (
                    path,
                    task["name"],
                )
        elif used:
            assert templates_of_one_host(path), path


def templates_of_one_host(template: Path) -> bool:
    """Say whether every task that writes a template is one of those that images are made without."""
    role = next(each for each in template.parents if each.parent == ROLES)
    source = str(template.relative_to(role / "templates"))
    tasks = [task for path in role.glob("tasks/*.yml") for task in yaml.safe_load(path.read_text(encoding="utf-8"))]
    writing = [task for task in tasks if source in str(task.get("ansible.builtin.template"))]
    return bool(writing) and all("host" in task.get("tags", ()) for task in writing)
