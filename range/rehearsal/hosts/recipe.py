"""What an image is made of, as `recipe.toml` has it, and the digest that names an image made of just that."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from range.errors import RangeError

_FILE = Path(__file__).with_name("recipe.toml")
_FORM = "1"
"""Raised when the same recipe is made into something else."""


@dataclass(frozen=True)
class Recipe:
    """What an image is made of."""

    suite: str
    stands_for: tuple[str, ...]
    """Names of AWS images, with `*` for any characters."""
    packages: tuple[str, ...]
    started_by_roles: tuple[str, ...]
    masked: tuple[str, ...]
    left_out: tuple[str, ...]
    files: tuple[tuple[str, str], ...]
    """Paths with their content."""

    @cached_property
    def digest(self) -> str:
        """Name what is made of this recipe: another recipe has another name."""
        return hashlib.sha256(f"{_FORM} {self!r}".encode()).hexdigest()[:16]


def recipe(file: Path = _FILE) -> Recipe:
    """Read a recipe.

    Raises:
        RangeError: it can't be read, lacks something, or says what recipes don't say.
    """
    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
        lists = {name: tuple(value) for name, value in found.items() if name not in ("suite", "files")}
        return Recipe(suite=found["suite"], files=tuple(sorted(found.get("files", {}).items())), **lists)
    except (OSError, tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise RangeError(f"{file} is no recipe of an image: {error}", hint=f"git checkout {file}") from error
