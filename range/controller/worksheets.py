"""The worksheet of a reset under way: one file per enclave, written after every step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import ValidationError

from range.controller.kept import read, write
from range.controller.outcome import Outcome
from range.controller.site import Site
from range.errors import Interrupted, RangeError, Undecided
from range.records.observation import Difference
from range.records.reset import Worksheet
from range.records.session import Cut


@dataclass(frozen=True)
class Sheet:
    """Where one enclave's worksheet is."""

    path: Path

    @classmethod
    def of(cls, site: Site) -> Self:
        """Find it."""
        return cls(site.setting.records / "reset" / f"{site.enclave}.json")

    def read(self) -> Worksheet:
        """Give what was found and done so far.

        Raises:
            Undecided: there is none, or it is damaged.
        """
        content = read(self.path)
        try:
            return Worksheet.model_validate_json(content or b"")
        except ValidationError as error:
            raise Undecided(
                f"the worksheet {self.path} can't be read, so nobody knows what this reset has done",
                hint=f"move {self.path} away and type the same command again",
            ) from error

    def write(self, work: Worksheet) -> None:
        """Keep it."""
        write(self.path, work.model_dump_json(indent=1))


def going_on(site: Site, step: str, act: Callable[[Worksheet], Worksheet]) -> Outcome:
    """Do one step on a worksheet and keep what it came to.

    What goes wrong is written down, and the reset goes on: the witness says in the end what it left, and a reset with
    problems is never clean.
    """
    sheet = Sheet.of(site)
    work = sheet.read()
    if not work.touched and not (site.setting.reset and site.setting.reset.all_hosts):
        return Outcome()
    try:
        after = act(work)
    except Interrupted:
        raise
    except RangeError as error:
        after = work.model_copy(update={"problems": (*work.problems, f"{step}: {error.message}")})
    sheet.write(after)
    new = [*after.problems[len(work.problems) :], *after.skipped[len(work.skipped) :]]
    return Outcome(notes=tuple(new))


def without_cut(found: Iterable[Difference], cut: Cut | None) -> tuple[Difference, ...]:
    """Leave out of what differs the entries by which the range itself has cut the enclave off."""
    ours = {f"{entry.acl} {'egress' if entry.egress else 'ingress'} 1" for entry in (cut.entries if cut else ())}
    return tuple(each for each in found if not (each.type == "ec2:network-acl-entry" and each.id in ours))
