"""Who is cut off stays so until somebody gives exactly that back, and what broke off is handed to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.controller import sessions
from range.controller.claims import claim
from range.controller.command import Command
from range.controller.conductor import Ended
from range.controller.cuts import freeze, quarantine, thaw
from range.controller.journal import Journal
from range.controller.outcome import Outcome
from range.controller.phases import Phase
from range.controller.played import Played, refuse_players
from range.controller.resets import hold, put_out, summed_up
from range.controller.site import Setting
from range.errors import Busy, CloudError, InputError
from range.records.reset import ResetResult
from range.records.session import Access, Session
from range.session.cut import cut, is_cut
from tests.controller.acls import Acls

NOW = datetime.now(UTC)
STACK = "steadfast.est"


@pytest.fixture
def account() -> Acls:
    return Acls("acl-1", "acl-2")


@pytest.fixture
def setting(tmp_path: Path, account: Acls) -> Setting:
    plan = SimpleNamespace(
        exercise="steadfast", stack=lambda name: f"steadfast.{name}", enclave=lambda name: SimpleNamespace(account=name)
    )
    fake = SimpleNamespace(
        plan=plan, records=tmp_path / "steadfast", locks=tmp_path / "locks", spec=Path("x.yaml"), who="ann",
        stands=lambda _: True, sessions=SimpleNamespace(account=lambda _: account),
    )  # fmt: skip
    return cast(Setting, fake)


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    with Journal(tmp_path / "journal.sqlite") as journal:
        yield Command("steadfast", "range words", "ann", journal.command_began("steadfast", "words", "ann"), journal)


def phase_of(command: Command) -> str:
    """Give est's phase."""
    return command.journal.standings("steadfast")["est"].phase


def plays(setting: Setting, *enclaves: str) -> None:
    """Have a session go on."""
    Played.of(setting).keep(
        Session(number=1, began=NOW, ends=NOW + timedelta(hours=4), who="ann", enclaves=enclaves or ("est",))
    )


def end_all(setting: Setting) -> None:
    """Have no session go on."""
    played = Played.of(setting)
    for each in played.sessions:
        played.keep(each.model_copy(update={"ended": NOW}))


def broke_off(step: str, exit_code: int) -> Ended:
    """Tell of a reset of est that broke off at a step."""
    return Ended("est", {"look": Outcome(), step: Outcome(error="AWS said no", exit_code=exit_code)})


def test_whose_entry_is_no_cut_is_not_called_one_and_stays_as_it_was(account: Acls) -> None:
    theirs: dict[str, Any] = {
        "NetworkAclId": "acl-2",
        "RuleNumber": 1,
        "Egress": True,
        "Protocol": "-1",
        "RuleAction": "allow",
    }
    account.call("ec2", "create_network_acl_entry", **theirs)

    with pytest.raises(CloudError, match="isn't cut off: entry 1") as refused:
        cut(account, STACK)

    assert "delete that entry of account 200000000002" in (refused.value.hint or "")
    assert list(account.entries.values()) == [theirs]


def test_a_cut_that_was_killed_half_way_is_made_whole(account: Acls) -> None:
    entries = cut(account, STACK)
    account.call("ec2", "delete_network_acl_entry", NetworkAclId="acl-1", RuleNumber=1, Egress=False)
    assert not is_cut(account, STACK)

    assert cut(account, STACK) == entries
    assert is_cut(account, STACK)


@pytest.mark.parametrize("phase", ["ready", "provisioned", "failed"])
def test_a_thaw_gives_the_phase_back_that_was_there_before(phase: Phase, setting: Setting, command: Command) -> None:
    command.journal.stands("steadfast", "est", phase, direction="up")

    freeze(setting, command, ["est"])
    frozen = phase_of(command)
    thaw(setting, command, ["est"])

    assert (frozen, phase_of(command)) == ("frozen", phase)


def test_a_session_that_ended_under_a_freeze_is_not_given_back(setting: Setting, command: Command) -> None:
    plays(setting)
    command.journal.stands("steadfast", "est", "in session", direction="session")
    freeze(setting, command, ["est"])
    end_all(setting)

    freeze(setting, command, ["est"])
    thaw(setting, command, ["est"])

    assert phase_of(command) == "ready"


def test_a_freeze_that_is_typed_again_takes_new_networks_along_and_a_thaw_gives_them_back(
    setting: Setting, command: Command, account: Acls
) -> None:
    freeze(setting, command, ["est"])
    account.acls.append("acl-3")

    freeze(setting, command, ["est"])
    cut_off = is_cut(account, STACK)
    thaw(setting, command, ["est"])

    assert (cut_off, account.entries) == (True, {})


def test_a_reset_that_broke_off_leaves_the_enclave_quarantined_and_says_that_nobody_knows(
    setting: Setting, command: Command, account: Acls, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = (broke_off("prove", 1),)

    hold(setting, command, ended)
    (row,) = summed_up(ended, setting)

    assert is_cut(account, STACK)
    assert phase_of(command) == "quarantined"
    assert (row.verdict, row.exit_code) == ("UNKNOWN", 3)
    assert "--level enclave" in (row.hint or "")


@pytest.mark.parametrize("before", [True, False])
def test_after_ctrl_c_only_what_was_quarantined_before_is_cut_off_again(
    before: bool, setting: Setting, command: Command, account: Acls
) -> None:
    if before:
        quarantine(setting, "est", "DIRTY")
        account.entries.clear()  # as a reset gives the network back

    hold(setting, command, (ended := (broke_off("prove", 130)),))
    (row,) = summed_up((ended,), setting)

    assert (is_cut(account, STACK), row.exit_code) == (before, 130)


@pytest.mark.parametrize(
    "ended",
    [
        Ended("est", {"look": Outcome(error="in session", exit_code=2)}),
        Ended("est", refusal=Outcome(error="busy", exit_code=1)),
        Ended(
            "est",
            {
                "look": Outcome(),
                "witness": Outcome(
                    reset=ResetResult(name="est", verdict="DIRTY", baseline="b", observed="o", exit_code=1),
                    error="DIRTY", exit_code=1,
                ),
            },
        ),
    ],
)  # fmt: skip
def test_what_touched_nothing_or_came_to_a_verdict_is_not_held(
    ended: Ended, setting: Setting, command: Command, account: Acls
) -> None:
    hold(setting, command, (ended,))
    (row,) = summed_up((ended,), setting)

    assert account.entries == {}
    assert row.exit_code == (ended.failure or ("", Outcome()))[1].exit_code


def test_where_there_is_no_network_to_cut_it_stays_failed(setting: Setting, command: Command, account: Acls) -> None:
    account.acls.clear()
    command.journal.stands("steadfast", "est", "failed", direction="reset")

    hold(setting, command, (broke_off("remake", 1),))

    assert phase_of(command) == "failed"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The enclaves whose teams were given credentials."""
    names: list[str] = []

    def give(_: Setting, enclave: str) -> Access:
        names.append(enclave)
        return cast(Access, SimpleNamespace(enclave=enclave))

    monkeypatch.setattr(sessions, "_open", give)
    monkeypatch.setattr(sessions, "close_access", lambda *_: {})
    return names


def test_credentials_are_given_in_session_and_never_from_a_quarantined_enclave(
    setting: Setting, given: list[str]
) -> None:
    with pytest.raises(InputError, match="isn't in session"):
        sessions.open_access(setting, "est", words="w", wait=False)
    plays(setting)
    sessions.open_access(setting, "est", words="w", wait=False)
    quarantine(setting, "est", "DIRTY: a queue")

    with pytest.raises(InputError, match="est is quarantined: DIRTY: a queue"):
        sessions.open_access(setting, "est", words="w", wait=False)
    assert given == ["est"]


def test_nobody_is_given_credentials_while_another_command_is_at_work_on_the_enclave(
    setting: Setting, given: list[str]
) -> None:
    plays(setting)

    with (
        claim(setting.locks, STACK, who="bob", command="range reset"),
        pytest.raises(Busy, match="`range reset` by bob"),
    ):
        sessions.open_access(setting, "est", words="w", wait=False)
    assert given == []


def test_access_that_expires_is_renewed_in_the_next_round_where_somebody_is_at_work(
    setting: Setting, command: Command, given: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plays(setting)
    monkeypatch.setattr(sessions, "due", lambda *_: ())
    monkeypatch.setattr(sessions, "spent_usd", lambda *_: {})
    vars(setting.plan).update(session=None, budget_usd=None)

    with claim(setting.locks, STACK, who="bob", command="range configure"):
        goes_on = sessions.keep_going(setting, command, NOW, print)
    sessions.keep_going(setting, command, NOW, print)

    assert (goes_on, given) == (True, ["est"])


def test_whoever_is_put_out_by_force_gets_no_credentials_any_more(
    setting: Setting, command: Command, given: list[str]
) -> None:
    plays(setting, "est", "pol")

    put_out(setting, command, ["est", "fra"])

    with pytest.raises(InputError, match="est isn't in session"):
        sessions.open_access(setting, "est", words="w", wait=False)
    refuse_players(setting, ["est"])
    with pytest.raises(InputError, match="pol: session 1 goes on"):
        refuse_players(setting, ["pol"])
