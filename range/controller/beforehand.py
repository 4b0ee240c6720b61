"""What was in an enclave's account before the exercise came: the record that a teardown is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from range.controller.kept import read, write
from range.controller.site import Site
from range.files import write_whole
from range.records.inventory import Inventory
from range.records.observation import Observation


@dataclass(frozen=True)
class Beforehand:
    """One enclave's record: open while the enclave stands, closed when it is proven gone.

    A closed record still serves a `down` that is typed again; the next `up` makes a new one.
    """

    opened: Path
    closed: Path

    @classmethod
    def of(cls, site: Site) -> Self:
        """Find the record of a site's enclave."""
        folder = site.setting.records / "beforehand"
        return cls(folder / f"{site.enclave}.json", folder / f"{site.enclave}.closed.json")

    @property
    def is_open(self) -> bool:
        """Say whether there is a record of what was there before the enclave that stands."""
        return self.opened.exists()

    @property
    def is_recorded(self) -> bool:
        """Say whether there is a record, open or closed."""
        return self.opened.exists() or self.closed.exists()

    @property
    def latest(self) -> Inventory | None:
        """Give the record, or the last one that was closed; None where there never was one."""
        for path in (self.opened, self.closed):
            if path.exists():
                return Inventory.model_validate_json(path.read_bytes())
        return None

    @property
    def seen(self) -> Observation | None:
        """Give what the witness saw then; None where it didn't look."""
        content = read(self._seen)
        return None if content is None else Observation.model_validate_json(content)

    def saw(self, observation: Observation) -> None:
        """Keep what the witness saw."""
        write(self._seen, observation.model_dump_json())

    @property
    def is_missed(self) -> bool:
        """Say whether a teardown found the enclave standing, and no record."""
        return self._missed.exists()

    def missed(self) -> None:
        """Write down that a teardown found the enclave standing, and no record: once it is gone nothing else tells."""
        write(self._missed, datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def lacking(self) -> tuple[Path, ...]:
        """Name the files without which nobody knows what was there before."""
        return (self._seen,) if self.is_recorded else (self.opened, self._seen)

    @property
    def _missed(self) -> Path:
        return self.opened.with_name(f"{self.opened.stem}.missed")

    @property
    def _seen(self) -> Path:
        return self.opened.with_name(f"{self.opened.stem}.seen.json")

    def record(self, inventory: Inventory) -> None:
        """Write a record, whole or not at all."""
        self.opened.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.opened, inventory.model_dump_json())
        self._missed.unlink(missing_ok=True)

    def close(self) -> None:
        """Close the record, if one is open."""
        if self.is_open:
            self.opened.replace(self.closed)
