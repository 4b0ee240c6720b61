"""What is remembered of hosts: by which inputs each was made what its role says, and by which traits it is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from range.configure.traits import Trait
from range.files import write_whole
from range.records.plan import Record


class Known(Record):
    """One host, after a run."""

    digest: str
    """Of everything that it was configured by."""
    done: bool = False
    """Whether the run came to its end; services of a host that was left half done are to be restarted."""
    tasks: int = 0
    traits: tuple[Trait, ...] | None = None
    """None where the result of some task could not be read: then the host is gone over every time."""
    skipped: dict[str, str] = {}
    """What could not be done on the host, and why."""


class Memory:
    """The records of one enclave's hosts, a file each."""

    def __init__(self, folder: Path) -> None:
        """Keep them in a folder, for the owner alone."""
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def of(self, host: str) -> Known | None:
        """Give what is remembered of a host; what can't be read is forgotten, and the host gone over again."""
        try:
            return Known.model_validate_json(self._file(host).read_bytes())
        except (OSError, ValueError):
            return None

    def keep(self, host: str, known: Known) -> None:
        """Remember a host, all of it or nothing."""
        file = self._file(host)
        write_whole(file, known.model_dump_json(indent=2))

    def forget(self, hosts: Iterable[str] | None = None) -> None:
        """Forget hosts, or all of them: they are gone, or others are in their place."""
        files = self._folder.glob("*.json") if hosts is None else [self._file(host) for host in hosts]
        for file in files:
            file.unlink(missing_ok=True)

    def _file(self, host: str) -> Path:
        return self._folder / f"{host}.json"


def digest(told: Mapping[str, Any], common: Mapping[str, Any], playbooks: Path) -> str:
    """Tell everything that a host is configured by from anything else: its inputs, the files that they name, the playbooks."""
    found = hashlib.sha256(json.dumps([told, common], sort_keys=True).encode())
    for name in (told["foundation_certificate"], common["foundation_authority"]):
        found.update(hashlib.sha256(Path(name).read_bytes()).digest())
    found.update(_of_folder(playbooks).encode())
    return found.hexdigest()


@cache
def _of_folder(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(f"{path.relative_to(folder)} ".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()
