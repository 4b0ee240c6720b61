"""The catalogue of faults: rows of YAML, written out case by case, and how one is made in a cloud."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "faults"
FILES = ("rules", "routes", "internet", "channels", "cuts", "unmodelled")
_NOT_SAID = {"what", "unrehearsed"}
_NAME = re.compile(r"\{([^{}]+)\}")
_WORD = re.compile(r"\$(\w+)")
Call = Callable[[str, str, dict[str, Any]], dict[str, Any]]
"""Does an operation, such as `ec2.create_route`, in an account."""
Look = Callable[[str, str, str], str]
"""Looks something up that no call gave: an account, what, of what."""


@dataclass(frozen=True)
class Fault:
    """One control taken away or weakened, with what it needs to bite."""

    kind: str
    what: str
    plan: str
    verdict: str
    steps: tuple[dict[str, Any], ...]
    """Calls that still have names in them."""
    names: tuple[str, ...]
    """Resources that the findings must name. What the fault needs to bite is at fault, too, and may be named before."""

    unrehearsed: str = ""
    """What the rehearsal cloud can't do yet that this fault needs."""

    @property
    def only_in_memory(self) -> bool:
        """Say whether a step has no call of AWS's: it stands for what another service does."""
        return any(step.get("only") == "memory" for step in self.steps)

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


def catalogue() -> list[Fault]:
    """Read all faults."""
    openings = yaml.safe_load((FOLDER / "openings.yaml").read_text(encoding="utf-8"))
    return [fault for name in FILES for row in _rows(name) for fault in _written_out(row, openings)]


def harmless() -> list[Fault]:
    """Read the changes that open and cut nothing."""
    return [change for row in _rows("harmless") for change in _written_out(row, {})]


def _rows(name: str) -> list[dict[str, Any]]:
    """Read a file."""
    rows: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return rows


def _written_out(row: dict[str, Any], openings: dict[str, list[dict[str, Any]]]) -> Iterator[Fault]:
    """Give a row's faults, one per case."""
    for case in row["cases"]:
        words = _words(case)
        needed = [step for name in case.get("needs", row.get("needs", ())) for step in openings[name]]
        steps = tuple(_filled(step, words) for step in (*row["does"], *needed))
        what = str(_filled(row["what"], words))
        yield Fault(
            kind=row["class"],
            what=f"{what} ({', '.join(str(v) for k, v in case.items() if isinstance(v, str) and k not in _NOT_SAID)})",
            plan=row.get("plan", "steadfast"),
            verdict=row.get("verdict", "VIOLATED"),
            steps=steps,
            names=tuple(_filled(row["names"], words)),
            unrehearsed=case.get("unrehearsed", row.get("unrehearsed", "")),
        )


def _words(case: dict[str, Any]) -> dict[str, Any]:
    """Give a case's words, with the enclaves of its zones."""
    words = dict(case)
    for new, old in (("here", "from"), ("there", "to"), ("place", "at")):
        if old in case:
            words[new] = case[old].partition(".")[0]
    return words


def _filled(value: Any, words: Mapping[str, Any]) -> Any:
    """Put a case's words in the place of `$word`; one that stands alone keeps its type."""
    if isinstance(value, str):
        if (alone := _WORD.fullmatch(value)) is not None:
            return words[alone[1]]
        return _WORD.sub(lambda match: str(words[match[1]]), value)
    if isinstance(value, list):
        return [_filled(one, words) for one in value]
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for key, one in value.items():
            inner = _filled(one, words)
            found |= {"*": inner} if key == "*" else {str(_filled(key, words)): inner}
        return found
    return value


def make(fault: Fault, names: dict[str, Any], call: Call, look: Look) -> tuple[str, ...]:
    """Make a fault, call by call; give the ids of the resources that it names."""
    known = dict(names)
    for step in fault.steps:
        account = known[f"{step['in']}.account"]
        if "look" in step:
            said: Any = {"it": look(account, step["look"], _named(step["of"], known))}
        else:
            said = call(account, step["call"], _parameters(step["with"], known))
        for name, path in step.get("keep", {}).items():
            known[name] = _at(said, path)
    return tuple(str(_named(name, known)) for name in fault.names)


def _parameters(asked: dict[str, Any], known: dict[str, Any]) -> dict[str, Any]:
    """Give a call's parameters; what stands under `*` is put among them."""
    found = {key: _named(value, known) for key, value in asked.items() if key != "*"}
    more = _named(asked.get("*", {}), known)
    return {**found, **more}


def _named(value: Any, known: Mapping[str, Any]) -> Any:
    """Put ids in the place of `{name}`; one that stands alone keeps its type."""
    if isinstance(value, str):
        if (alone := _NAME.fullmatch(value)) is not None:
            return known[alone[1]]
        return _NAME.sub(lambda match: str(known[match[1]]), value)
    if isinstance(value, list):
        return [_named(one, known) for one in value]
    if isinstance(value, dict):
        return {key: _named(one, known) for key, one in value.items()}
    return value


def _at(said: Any, path: str) -> Any:
    """Find something in an answer."""
    for part in path.split("."):
        said = said[int(part)] if isinstance(said, list) else said[part]
    return said


def spelled(fault: Fault) -> str:
    """Give all that a fault does, to tell it from others."""
    return json.dumps([fault.plan, fault.steps], sort_keys=True)
