"""Exercises of any size up to thirty-six allies, cut out of the example."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

EXAMPLE = Path(__file__).parents[1] / "examples" / "nations36.yaml"


def exercise_of(folder: Path, allies: int) -> Path:
    """Write an exercise file with the example's first allies, red and white; and give its path."""
    return _written(folder, f"bench{allies}", _content(allies))


def lean_exercise_of(folder: Path, enclaves: int) -> Path:
    """Write one with as many enclaves, red and white among them, each as small as one can be; and give its path.

    An ally has one zone and no hosts: 85 resources. All that isolates, protects and records is there.
    """
    content = _content(enclaves - 2)
    content["flows"] = []
    content["profiles"]["standard"] = {"zones": {"targets": {"prefix": 26}}, "hosts": {}}
    for service in content["hub"]["services"].values():
        service["reached_from"] = ["allies.targets"]
    return _written(folder, f"lean{enclaves}", content)


def _content(allies: int) -> dict[str, Any]:
    """Take the example's first allies, and the flows between who is left."""
    content: dict[str, Any] = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    content["allies"] = content["allies"][:allies]
    known = {"allies", "hub", *content["teams"], *(ally["code"] for ally in content["allies"])}
    content["flows"] = [
        flow for flow in content["flows"] if {flow["from"].split(".")[0], flow["to"].split(".")[0]} <= known
    ]
    return content


def _written(folder: Path, name: str, content: dict[str, Any]) -> Path:
    content["name"] = name
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path
