"""What was played where and when: the sessions of an exercise, and what is remembered of each enclave between commands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self, TypeVar

from pydantic import TypeAdapter, ValidationError

from range.controller.kept import read, write
from range.controller.phases import Phase
from range.controller.site import Setting
from range.errors import InputError, Undecided
from range.records.session import Cut, Enclave, Session

T = TypeVar("T")
_SESSIONS: TypeAdapter[tuple[Session, ...]] = TypeAdapter(tuple[Session, ...])
_ENCLAVE: TypeAdapter[Enclave] = TypeAdapter(Enclave)


@dataclass(frozen=True)
class Played:
    """The book of one exercise. Whoever writes of an enclave holds its claim; one command at a time writes of sessions."""

    folder: Path

    @classmethod
    def of(cls, setting: Setting) -> Self:
        """Find an exercise's book."""
        return cls(setting.records)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """Give all sessions, the first of them first."""
        return _parsed(self.folder / "sessions.json", _SESSIONS) or ()

    @property
    def session(self) -> Session | None:
        """Give the session that goes on."""
        return next((each for each in self.sessions if each.open), None)

    def keep(self, session: Session) -> None:
        """Keep a session, in the place of what it was before."""
        others = [each for each in self.sessions if each.number != session.number]
        kept = sorted((*others, session), key=lambda each: each.number)
        write(self.folder / "sessions.json", _SESSIONS.dump_json(tuple(kept), indent=1).decode())

    def enclave(self, name: str) -> Enclave:
        """Give what is remembered of an enclave."""
        return _parsed(self.folder / "enclaves" / f"{name}.json", _ENCLAVE) or Enclave()

    def is_clean(self, name: str, moment: datetime | None = None) -> None:
        """Remember that an enclave was proven to be as its baseline."""
        self._remember(name, self.enclave(name).model_copy(update={"clean": moment or datetime.now(UTC)}))

    def is_cut(self, name: str, cut: Cut | None) -> None:
        """Remember what cuts an enclave off, or that nothing does any more."""
        self._remember(name, self.enclave(name).model_copy(update={"cut": cut}))

    def gone(self, name: str) -> None:
        """Remember that an enclave is gone, and with it all that was played there: a session that goes on goes on without it."""
        session, now = self.session, datetime.now(UTC)
        if session is not None and name in session.enclaves:
            staying = tuple(each for each in session.enclaves if each != name)
            over = session.model_copy(update={"ended": now, "enclaves": (name,)})
            if staying:
                self.keep(over.model_copy(update={"number": len(self.sessions) + 1}))
                self.keep(session.model_copy(update={"enclaves": staying}))
            else:
                self.keep(over)
        self._remember(name, Enclave(clean=now))

    def since_clean(self, name: str) -> tuple[Session, ...]:
        """Give the sessions in which an enclave was played in since it was last proven clean."""
        clean = self.enclave(name).clean
        return tuple(
            each
            for each in self.sessions
            if name in each.enclaves and (clean is None or each.ended is None or each.ended > clean)
        )

    def phase(self, name: str) -> Phase | None:
        """Give the phase that an enclave is in by what was done to it; None where that is for a walk to say."""
        cut = self.enclave(name).cut
        if cut is not None:
            return "quarantined" if cut.quarantine else "frozen"
        session = self.session
        return "in session" if session is not None and name in session.enclaves else None

    def cut_off(self, name: str) -> str | None:
        """Say that an enclave is cut off, since when and why; None where it isn't. Its hosts can't be come by then."""
        cut = self.enclave(name).cut
        if cut is None:
            return None
        return f"{name} has been {self.phase(name)} since {cut.since:%Y-%m-%d %H:%M} UTC by {cut.who}: {cut.why}"

    def _remember(self, name: str, enclave: Enclave) -> None:
        write(self.folder / "enclaves" / f"{name}.json", enclave.model_dump_json(indent=1))


def refuse_players(setting: Setting, enclaves: Iterable[str]) -> None:
    """Refuse to reset an enclave under those who play there.

    Raises:
        InputError: a session goes on in one of these.
    """
    session = Played.of(setting).session
    inside = [name for name in enclaves if session is not None and name in session.enclaves]
    if session is not None and inside:
        raise InputError(
            f"{', '.join(inside)}: {session.told}",
            hint=f"`range session end {setting.spec}` first; or add --force, and whoever is in loses access",
        )


def _parsed(path: Path, adapter: TypeAdapter[T]) -> T | None:
    content = read(path)
    if content is None:
        return None
    try:
        return adapter.validate_json(content)
    except ValidationError as error:
        raise Undecided(
            f"{path} can't be read: {error.errors()[0]['msg']}",
            hint=f"move {path} away; what was played is then unknown, and `range reset --all-hosts` resets all of it",
        ) from error
