"""A session whose opening was broken off is opened to its end by the same command, and by no other."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.controller import sessions
from range.controller.command import Command
from range.controller.journal import Journal
from range.controller.played import Played
from range.controller.site import Setting
from range.errors import CloudError, InputError, NotClean
from range.records.session import Access
from tests.controller.findings import finding

NAMES = ("est", "pol")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.sqlite") as journal:
        for name in NAMES:
            journal.stands("steadfast", name, "ready", direction="up")
        yield journal


@pytest.fixture
def command(journal: Journal) -> Command:
    return Command("steadfast", "range session start", "me", journal.command_began("steadfast", "words", "me"), journal)


@pytest.fixture
def found() -> list[Any]:
    """What the proof finds."""
    return []


@pytest.fixture
def setting(tmp_path: Path, found: list[Any], monkeypatch: pytest.MonkeyPatch) -> Setting:
    monkeypatch.setattr(sessions, "needed", lambda *_: None)
    proof = SimpleNamespace(findings=found, snapshot_sha256="sha")
    plan = SimpleNamespace(
        exercise="steadfast", session=SimpleNamespace(length_h=4, lease_end=None), stack=lambda name: f"steadfast.{name}",
        enclaves=[SimpleNamespace(name=name, account=name) for name in NAMES],
    )  # fmt: skip
    fake = SimpleNamespace(
        plan=plan, records=tmp_path / "steadfast", locks=tmp_path / "locks", spec=Path("x.yaml"), who="me",
        stands=lambda _: True, proof=SimpleNamespace(get=lambda: proof),
    )  # fmt: skip
    return cast(Setting, fake)


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The enclaves whose access AWS refuses to give."""
    refuse: set[str] = set()

    def open_access(_: Setting, enclave: str) -> Access:
        if enclave in refuse:
            raise CloudError("no answer")
        return cast(Access, SimpleNamespace(enclave=enclave))

    monkeypatch.setattr(sessions, "_open", open_access)
    return refuse


def test_a_session_that_was_half_open_is_opened_to_its_end(
    setting: Setting, command: Command, refusing: set[str]
) -> None:
    refusing.add("pol")
    with pytest.raises(CloudError):
        sessions.start(setting, command, NAMES)
    refusing.clear()

    opened, access = sessions.start(setting, command, NAMES)

    assert opened.number == 1
    assert len(Played.of(setting).sessions) == 1
    assert [each.enclave for each in access] == [*NAMES]
    assert {row.phase for row in command.journal.standings("steadfast").values()} == {"in session"}


def test_a_session_that_is_open_is_not_begun_twice(setting: Setting, command: Command, refusing: set[str]) -> None:
    sessions.start(setting, command, NAMES)

    with pytest.raises(InputError, match="session 1 goes on"):
        sessions.start(setting, command, NAMES)


def test_one_that_is_half_open_for_others_is_left_to_them(
    setting: Setting, command: Command, refusing: set[str]
) -> None:
    refusing.add("pol")
    with pytest.raises(CloudError):
        sessions.start(setting, command, NAMES)

    with pytest.raises(InputError, match="session 1 goes on"):
        sessions.start(setting, command, ["est"])


def test_one_that_is_half_open_is_proven_again(
    setting: Setting, command: Command, refusing: set[str], found: list[Any]
) -> None:
    refusing.add("pol")
    with pytest.raises(CloudError):
        sessions.start(setting, command, NAMES)
    refusing.clear()
    found.append(finding("est.targets", "pol.targets"))

    with pytest.raises(NotClean, match=r"est\.targets → pol\.targets"):
        sessions.start(setting, command, NAMES)


def test_its_end_stays_where_it_was(setting: Setting, command: Command, refusing: set[str]) -> None:
    refusing.add("pol")
    with pytest.raises(CloudError):
        sessions.start(setting, command, NAMES)
    before = Played.of(setting).session
    refusing.clear()
    opened, _ = sessions.start(setting, command, NAMES)

    assert before is not None
    assert opened.ends == before.ends > datetime.now(UTC) + timedelta(hours=3)
