"""What is remembered of the golden images that were built: by which traits a host that is made of one is known."""

from __future__ import annotations

from pathlib import Path

from range.configure.traits import Trait
from range.files import write_whole
from range.records.plan import Record


class Made(Record):
    """One golden image, with what its roles' tasks found when it was built."""

    name: str
    image: str
    """Its id."""
    snapshots: tuple[str, ...] = ()
    tasks: int = 0
    traits: tuple[Trait, ...] | None = None
    """None where a task's result could not be read: then hosts made of it are gone over as if they weren't."""
    skipped: dict[str, str] = {}
    """What could not be done, and why."""


class Shelf:
    """The records of an exercise's images, a file each."""

    def __init__(self, records: Path) -> None:
        """Look below the folder of what is recorded of the exercise."""
        self.folder = records / "images"

    def of(self, name: str) -> Made | None:
        """Give what is remembered of an image; what can't be read is forgotten."""
        if not name or "/" in name:
            return None
        try:
            return Made.model_validate_json((self.folder / f"{name}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def all(self) -> tuple[Made, ...]:
        """Give all that is remembered, by name."""
        found = (self.of(path.stem) for path in sorted(self.folder.glob("*.json")))
        return tuple(each for each in found if each is not None)

    def keep(self, made: Made) -> None:
        """Remember an image, all of it or nothing."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self.folder / f"{made.name}.json", made.model_dump_json(indent=2))

    @property
    def key(self) -> tuple[str, ...]:
        """The ids of the key that images are encrypted with: its own, and its alias; empty where there is none."""
        try:
            return tuple((self.folder / "key").read_text(encoding="utf-8").split())
        except OSError:
            return ()

    def keep_key(self, *ids: str) -> None:
        """Remember the key; none forgets it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.folder / "key").write_text("\n".join(ids), encoding="utf-8")

    def forget(self, name: str) -> None:
        """Forget an image: it is gone."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)
