"""What the Pulumi state knows of a stack: its resources, and the operations that nobody saw the end of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from range.errors import ProvisionError
from range.files import write_whole
from range.provision.project import NAME


class Known(BaseModel):
    """One resource as the state has it. Secret values are still encrypted."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    urn: str
    type: str
    id: str = ""
    custom: bool = False
    provider: str = ""
    parent: str = ""
    dependencies: tuple[str, ...] = ()
    inputs: dict[str, Any] = {}
    outputs: dict[str, Any] = {}
    init_errors: tuple[str, ...] = Field(default=(), validation_alias=AliasChoices("init_errors", "initErrors"))
    """Why it isn't as wanted, although it is there."""
    created: str = ""
    modified: str = ""

    @property
    def name(self) -> str:
        """The name that the program gave it."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def provider_name(self) -> str:
        """The name that the program gave its provider: `ally` or `hub`."""
        return self.provider.split("::")[-2] if "::" in self.provider else ""

    @property
    def real(self) -> bool:
        """Say whether it is a thing in AWS, and not a component or a provider."""
        return self.custom and not self.type.startswith("pulumi:")

    @property
    def half_made(self) -> bool:
        """Say whether its create failed after it was there, and nothing has been at it since.

        The engine would only update it: to what differs from its inputs, and not by what a create does besides.
        Source: pulumi pkg/v3 v3.250.0, resource/deploy/step.go (CreateStep, UpdateStep: `Created`, `Modified`).
        """
        return self.real and bool(self.init_errors) and self.created == self.modified

    def as_declared(self) -> dict[str, Any]:
        """Give it in the words of a deployment, as what a program wants and nobody has made yet."""
        return self.model_dump(include={"urn", "type", "custom", "provider", "parent", "dependencies", "inputs"})


class Pending(BaseModel):
    """An operation that was begun and never ended: its effect is there, or not."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    resource: Known
    type: str
    """`creating`, `updating`, `deleting`, `reading`."""


class State(BaseModel):
    """One stack's state."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    resources: tuple[Known, ...] = ()
    pending_operations: tuple[Pending, ...] = ()

    @property
    def real(self) -> tuple[Known, ...]:
        """The things in AWS that the state knows."""
        return tuple(known for known in self.resources if known.real)

    def with_dependents(self, urns: Iterable[str]) -> frozenset[str]:
        """Give these, and all that depends on any of them or is inside of it."""
        found = set(urns)
        for known in self.resources:  # what something depends on comes before it
            if found & {known.parent, *known.dependencies}:
                found.add(known.urn)
        return frozenset(found)

    @cached_property
    def known(self) -> frozenset[str]:
        """Every id, ARN and name that the state has of anything: what isn't among them the state doesn't know."""
        return self.known_of(known.type for known in self.real)

    def known_of(self, types: Iterable[str]) -> frozenset[str]:
        """Every id, ARN and name that the state has of things of some types: a role may be named as a profile is."""
        wanted = frozenset(types)
        of_type = (known for known in self.real if known.type in wanted)
        return frozenset(
            text for known in of_type for text in (known.id, *_texts(known.inputs), *_texts(known.outputs)) if text
        )


def _texts(value: Any) -> Iterator[str]:
    """Give every text inside of a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def of_deployment(stack: str, deployment: Mapping[str, Any] | None) -> State:
    """Read a deployment as `pulumi stack export` gives it, and as checkpoints hold it."""
    try:
        return State.model_validate(deployment or {})
    except ValueError as unreadable:
        raise ProvisionError(
            f"the state of {stack} can't be read: {unreadable}",
            hint="restore it from the backend's .pulumi/backups, or run `range down` to clear the accounts without it",
        ) from unreadable


def names(backend_url: str) -> frozenset[str] | None:
    """Name the stacks that a file backend has, without starting the CLI; None where it isn't a plain folder here.

    The CLI would read them all, and fails where an engine writes the attributes beside a file at that moment: they,
    unlike the file, aren't replaced at once. Source: gocloud.dev blob/fileblob/fileblob.go (setAttrs), 2026-11-22.
    """
    folder = _folder(backend_url)
    if folder is None:
        return None
    files = [path.name for path in (folder / "stacks" / NAME).glob("*.json*")]
    return frozenset(name.partition(".json")[0] for name in files if name.endswith(_CHECKPOINTS))


_CHECKPOINTS = (".json", ".json.gz", ".json.zst")


def _folder(backend_url: str) -> Path | None:
    """Give the folder of a file backend on this machine."""
    url = urlsplit(backend_url)
    if url.scheme != "file" or url.netloc or url.query:
        return None
    return Path(unquote(url.path)) / ".pulumi"


def register(backend_url: str, stack: str) -> bool:
    """Make a stack known to a file backend, with nothing in it, as `pulumi stack init` does; a known one stays as it is.

    Its secrets are encrypted as those of the exercise's other stacks are, by the same passphrase and salt: an engine takes 0.3 s
    of a processor for each salt that it meets, and an enclave's meets the hub's, too.
    False where all that is left to the CLI, which takes 0.6 s for it: another kind of backend, a folder that the CLI hasn't
    used yet. Source: pulumi pkg/v3 v3.250.0, backend/diy/backend.go (CreateStack), backend/diy/meta.go.
    """
    folder = _folder(backend_url)
    meta = None if folder is None else folder / "meta.yaml"
    if folder is None or meta is None or not meta.is_file() or meta.read_text(encoding="utf-8").strip() != _LAYOUT:
        return False
    stacks = folder / "stacks" / NAME
    checkpoint_: dict[str, Any] = {"stack": f"organization/{NAME}/{stack}"}
    latest = _empty_like(stacks, stack.partition(".")[0])
    if latest is not None:
        checkpoint_["latest"] = latest
    content = json.dumps({"version": 3, "checkpoint": checkpoint_}, separators=(",", ":"))
    try:
        stacks.mkdir(parents=True, exist_ok=True)
        write_whole(stacks / f"{stack}.json", content, anew=True)
    except OSError:
        return False  # the CLI meets the same, and tells it
    return True


def _empty_like(stacks: Path, exercise: str) -> dict[str, Any] | None:
    """Give a deployment of nothing whose secrets are encrypted as those of another stack of the exercise; None without one."""
    for path in sorted(stacks.glob(f"{exercise}.*.json")):
        try:
            latest = json.loads(path.read_bytes()).get("checkpoint", {}).get("latest") or {}
        except (OSError, ValueError):
            continue  # gone, or damaged: its own next run tells that
        provider = latest.get("secrets_providers") or {}
        if provider.get("type") == "passphrase" and "manifest" in latest:
            return {"manifest": latest["manifest"], "secrets_providers": provider, "metadata": {}}
    return None


_LAYOUT = "version: 1"
"""Stacks in a folder for each project."""


def checkpoint(backend_url: str, stack: str) -> State | None:
    """Read a stack's state from a file backend, without starting the CLI (0.5 s each).

    None where the backend isn't a plain folder of this machine; an empty state where it has no such stack.
    Source of the layout: pulumi pkg/v3 v3.250.0, backend/diy/store.go (projectReferenceStore).
    """
    folder = _folder(backend_url)
    if folder is None or not folder.is_dir():
        return None
    path = folder / "stacks" / NAME / f"{stack}.json"
    if not path.exists():
        compressed = any(path.with_name(stack + suffix).exists() for suffix in _CHECKPOINTS)
        return None if compressed else State()
    try:
        content = json.loads(path.read_bytes())
    except ValueError as unreadable:
        raise ProvisionError(
            f"the state of {stack} is damaged: {path}: {unreadable}",
            hint=f"restore it from {folder / 'backups' / NAME / stack}, or move it away and run `range down`",
        ) from unreadable
    if content.get("version") != 3:
        return None
    return of_deployment(stack, content.get("checkpoint", {}).get("latest"))
