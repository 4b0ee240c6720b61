"""What the results of Ansible's tasks say a host is now: its traits, by which it is known again without a walk.

A trait says no more than what the task itself looked at, and what its result says it found or made. A task of a module that
isn't known here has results that nobody can read: a host with one is gone over by Ansible every time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from range.records.plan import Record

Kind = Literal["path", "unit", "user", "output"]
Result = Mapping[str, Any]

ON_THE_CONTROLLER = frozenset(
    {"assert", "debug", "fail", "import_role", "import_tasks", "include_role", "include_tasks", "meta", "set_fact",
     "set_stats", "validate_argument_spec"}
)  # fmt: skip
"""Modules that neither look at a host nor change one."""


class Trait(Record):
    """One thing about a host, as it is to be."""

    kind: Kind
    name: str
    """A path, a unit, a user; of a command its words, one per line."""
    told: dict[str, str]
    """What is known of it; what else may be true of it counts for nothing."""


def traits(module: str, result: Result) -> tuple[Trait, ...] | None:
    """Give the traits that a task's result tells of; None where it can't be read."""
    name = module.rpartition(".")[2]
    if name in ON_THE_CONTROLLER:
        return ()
    read = _READ.get(name)
    if read is None or "censored" in result:
        return None
    found: list[Trait] = []
    for each in result.get("results") or (result,):
        if each.get("skipped"):
            continue
        try:
            found += read(each)
        except KeyError:
            return None
    return tuple(found)


def digest(text: str) -> str:
    """Tell what a command printed from anything else."""
    return hashlib.sha256(text.rstrip("\r\n").encode(errors="surrogateescape")).hexdigest()


def _path(result: Result) -> Sequence[Trait]:
    """Read what copy, template and file say; a copy that leaves alone what is there says nothing of what is in it."""
    name = str(result.get("dest") or result["path"])
    if result.get("state") == "absent":
        return (Trait(kind="path", name=name, told={"type": "none"}),)
    given = _arguments(result)
    if "path" not in given and not given.get(
        "force", True
    ):  # of a copy: file says `force` too, and means another thing
        return (Trait(kind="path", name=name, told={"type": "file"}),)
    told = {key: str(result[key]) for key in ("mode", "owner", "group")}
    told["type"] = "directory" if result.get("state") == "directory" else "file"
    if told["type"] == "file":
        told["sha1"] = str(result["checksum"])
    return (Trait(kind="path", name=name, told=told),)


def _unit(result: Result) -> Sequence[Trait]:
    told = {"stale": "no"}
    if result.get("state") in ("started", "restarted", "reloaded"):
        told["active"] = "active"
    if result.get("enabled"):
        told["enabled"] = "enabled"
    return (Trait(kind="unit", name=str(result["name"]), told=told),)


def _user(result: Result) -> Sequence[Trait]:
    told = {key: str(result[key]) for key in ("uid", "comment", "home", "shell")}
    return (Trait(kind="user", name=str(result["name"]), told=told),)


def _output(result: Result) -> Sequence[Trait]:
    """Read what a command that only looks at something printed; one that changes something is no trait."""
    if result["changed"]:
        return ()
    told = {"code": str(result["rc"]), "sha256": digest(str(result["stdout"]))}
    return (Trait(kind="output", name="\n".join(map(str, result["cmd"])), told=told),)


def _arguments(result: Result) -> Mapping[str, Any]:
    return dict((result.get("invocation") or {}).get("module_args") or {})


_READ: Mapping[str, Callable[[Result], Sequence[Trait]]] = {
    "command": _output,
    "copy": _path,
    "file": _path,
    "systemd_service": _unit,
    "template": _path,
    "user": _user,
}
"""How the results of each module are read."""
