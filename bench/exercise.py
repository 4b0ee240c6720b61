"""Exercises of any size up to thirty-six allies, cut out of the example."""

from __future__ import annotations

from pathlib import Path

import yaml

EXAMPLE = Path(__file__).parents[1] / "examples" / "nations36.yaml"


def exercise_of(folder: Path, allies: int) -> Path:
    """Write an exercise file with the example's first allies, red and white; and give its path."""
    content = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    content["name"] = f"bench{allies}"
    content["allies"] = content["allies"][:allies]
    known = {"allies", "hub", *content["teams"], *(ally["code"] for ally in content["allies"])}
    content["flows"] = [
        flow for flow in content["flows"] if {flow["from"].split(".")[0], flow["to"].split(".")[0]} <= known
    ]
    path = folder / f"bench{allies}.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return path
