"""The deliberate weaknesses of targets, as the roles describe them: one file per role, which docs and checks share."""

from __future__ import annotations

import functools
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

ROLES_FOLDER = Path(__file__).parents[2] / "playbooks" / "roles"


class Weakness(BaseModel):
    """One deliberate weakness of a target."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    technique: str
    """Of MITRE ATT&CK, which it lets red show: `T1190`."""
    what: str
    why: str
    """Why it is worth training on."""
    found_by: str
    """How a blue team finds it."""


@functools.cache
def weaknesses(role: str) -> dict[str, Weakness]:
    """Give a role's weaknesses by name; a role that is no target has none."""
    path = ROLES_FOLDER / role / "weaknesses.yml"
    if not path.exists():
        return {}
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {name: Weakness.model_validate(told) for name, told in found.items()}
