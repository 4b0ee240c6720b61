"""What the real provider knows: resource types and their properties, read from pulumi_aws without importing it.

Importing pulumi_aws costs seconds and more than a hundred MiB; reading one module's source costs milliseconds,
and happens only where a type or a property has to be refused.
"""

from __future__ import annotations

import ast
import importlib.util
from functools import lru_cache
from pathlib import Path

_GETTER = "getter"


@lru_cache(maxsize=1)
def sources() -> Path:
    """Give the folder of pulumi_aws.

    Raises:
        ModuleNotFoundError: it isn't installed.
    """
    spec = importlib.util.find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pulumi_aws is not installed", name="pulumi_aws")
    return Path(spec.origin).parent


@lru_cache(maxsize=1)
def types() -> dict[str, Path]:
    """Give every type that has a module of its own, as `ec2/vpc`, with the module."""
    found = {}
    for path in sources().glob("*/*.py"):
        if not path.name.startswith(("_", "get_")):
            found[f"{path.parent.name.rstrip('_')}/{path.stem.replace('_', '').lower()}"] = path
    return found


@lru_cache(maxsize=256)
def inputs(token: str) -> frozenset[str]:
    """Give the input properties of a type, named as on the wire; none where the type isn't known."""
    return _properties(token, ("Args", "InitArgs"))


@lru_cache(maxsize=256)
def outputs(token: str) -> frozenset[str]:
    """Give all properties of a type, named as on the wire; none where the type isn't known."""
    return _properties(token, ("",))


def knows(token: str) -> bool:
    """Tell whether the real provider has a resource type."""
    return module_of(token) is not None


def module_of(token: str) -> Path | None:
    """Find the module that defines a type such as `aws:ec2/vpc:Vpc`."""
    try:
        _, middle, name = token.split(":")
    except ValueError:
        return None
    path = types().get(f"{middle.partition('/')[0]}/{name.lower()}")
    return path if path and f"'{token}'" in path.read_text() else None


def _properties(token: str, suffixes: tuple[str, ...]) -> frozenset[str]:
    path = module_of(token)
    if path is None:
        return frozenset()
    wanted = {token.rpartition(":")[2] + suffix for suffix in suffixes}
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef) and node.name in wanted:
            return frozenset(name for item in node.body if (name := _property(item)))
    return frozenset()


def _property(node: ast.stmt) -> str | None:
    """Give the wire name of a property's getter: `@pulumi.getter(name="cidrBlock")`, or the function's own name."""
    if not isinstance(node, ast.FunctionDef):
        return None
    for mark in node.decorator_list:
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Attribute) and mark.func.attr == _GETTER:
            names = [word.value for word in mark.keywords if word.arg == "name"]
            return str(names[0].value) if names and isinstance(names[0], ast.Constant) else node.name
        if isinstance(mark, ast.Attribute) and mark.attr == _GETTER:
            return node.name
    return None
