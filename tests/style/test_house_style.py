"""What style.md asks for and no linter sees. Each test lists every place that breaks its rule."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CODE = ("range", "stacks", "tests", "tools", "bench")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
NAMES_THAT_SAY_NOTHING = {"utils", "helpers", "common", "base", "manager", "handler", "data", "info"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)

MACHINE_PATH = re.compile(r"(?<![\w.$}*~-])/(?:root|home|work|Users)/\w")
INDEX_ADDRESS = re.compile(
    r"--(?:extra-)?index-url|registry *= *\"?https?:|\"resolved\": *\"https?:|^deb +http", re.MULTILINE
)


@cache
def modules() -> dict[Path, ast.Module]:
    """Parse every Python file once."""
    paths = sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))
    return {path: ast.parse(path.read_text(encoding="utf-8"), path) for path in paths}


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[Path, ast.AST]]:
    """Find every node of some kinds, with its file."""
    return ((path, node) for path, tree in modules().items() for node in ast.walk(tree) if isinstance(node, kinds))


def place(path: Path, node: ast.AST) -> str:
    """Name a node as an editor would open it."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def tracked_texts() -> Iterator[tuple[Path, str]]:
    """Read every tracked file that is text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("this is no git clone")
    for name in listed.stdout.split("\0"):
        path = ROOT / name
        if name and path.is_file():
            content = path.read_bytes()
            if b"\0" not in content:
                yield path, content.decode()


def test_the_builtin_range_keeps_its_meaning() -> None:
    imports = [
        place(path, node)
        for path, node in nodes(ast.Import)
        for alias in getattr(node, "names", ())
        if alias.name.split(".")[0] == "range"
    ]

    assert imports == [], "write `from range.x import Y`: `import range` rebinds the builtin"


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}

    assert [f"{path.relative_to(ROOT)}: {n}" for path, n in lengths.items() if n > LONGEST_MODULE] == []


def test_no_function_is_longer_than_50_lines() -> None:
    lengths = ((path, node, (getattr(node, "end_lineno", 0) or 0) - node.lineno + 1) for path, node in functions())

    assert [f"{place(path, node)}: {n} lines" for path, node, n in lengths if n > LONGEST_FUNCTION] == []


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Find every function and method."""
    for path, node in nodes(*FUNCTIONS):
        assert isinstance(node, FUNCTIONS)
        yield path, node


def test_modules_are_named_for_what_they_hold() -> None:
    empty_names = [path for path in modules() if {path.stem, path.parent.name} & NAMES_THAT_SAY_NOTHING]

    assert [str(path.relative_to(ROOT)) for path in empty_names] == []


def test_no_except_hides_what_it_caught() -> None:
    hidden = [
        place(path, node)
        for path, node in nodes(ast.ExceptHandler)
        if isinstance(node, ast.ExceptHandler) and catches_all(node.type) and all(map(does_nothing, node.body))
    ]
    suppressed = [
        place(path, node)
        for path, node in nodes(ast.Call)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith("suppress")
        and any(catches_all(argument) for argument in node.args)
    ]

    assert hidden + suppressed == []


def catches_all(caught: ast.expr | None) -> bool:
    """Say whether an except clause, or an argument of suppress, takes every error."""
    if isinstance(caught, ast.Tuple):
        return any(catches_all(each) for each in caught.elts)
    return caught is None or (isinstance(caught, ast.Name) and caught.id in {"Exception", "BaseException"})


def does_nothing(statement: ast.stmt) -> bool:
    """Say whether a statement is pass, continue or a constant."""
    return isinstance(statement, (ast.Pass, ast.Continue)) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def test_tests_can_be_named_alike() -> None:
    tests = ROOT / "tests"

    assert not (tests / "range").exists(), "a folder named range would hide the package from its own tests"
    assert [str(path) for path in tests.rglob("__init__.py")] == []


def test_no_file_names_a_package_index() -> None:
    named = [str(path.relative_to(ROOT)) for path, text in tracked_texts() if INDEX_ADDRESS.search(text)]

    assert [name for name in named if name != "tests/style/test_house_style.py"] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    named = [str(path.relative_to(ROOT)) for path, text in tracked_texts() if MACHINE_PATH.search(text)]

    assert [name for name in named if name != "tests/style/test_house_style.py"] == []


def test_the_cli_is_built_in_the_version_of_the_sdk() -> None:
    dependencies = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    (sdk,) = (each.removeprefix("pulumi==") for each in dependencies if each.startswith("pulumi=="))

    assert f"github.com/pulumi/pulumi/pkg/v3 v{sdk}\n" in (ROOT / "tools/pulumi/go.mod").read_text(encoding="utf-8")
    assert f"\npulumi=={sdk} \\\n" in (ROOT / "requirements.lock").read_text(encoding="utf-8")
