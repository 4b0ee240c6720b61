"""Sessions of an exercise: opening, ending, extending, and doing what is due while one goes on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from range.controller.baselines import Baselines, needed
from range.controller.claims import claim
from range.controller.command import Command
from range.controller.cuts import freeze
from range.controller.kept import write
from range.controller.logins import close_logins, open_logins
from range.controller.played import Played
from range.controller.proving import judged
from range.controller.site import Setting
from range.errors import Busy, InputError, NotClean, RangeError, Undecided
from range.plan.cost import enclave_usd_per_h
from range.plan.terms import Due, due
from range.records.proof import Proof
from range.records.session import Access, Session

RENEWED_BEFORE = timedelta(minutes=15)
"""How long before it expires access is renewed."""


def start(setting: Setting, command: Command, enclaves: Sequence[str]) -> tuple[Session, tuple[Access, ...]]:
    """Open a session: every enclave must be ready, have a baseline of this file, and be proven now.

    One that was being opened for the same enclaves when its command failed or was killed is opened to its end.

    Raises:
        InputError: a session goes on already, an enclave isn't ready, or the lease has ended.
        NotClean, Undecided: the proof isn't PROVEN.
    """
    played, now = Played.of(setting), datetime.now(UTC)
    with _claimed(setting, command, enclaves):  # what is asked before that may be otherwise by then
        half_open = _half_open(setting, command, enclaves)
        if half_open is None:
            _refuse_to_start(setting, command, enclaves, now)
        proof = _proven(setting, enclaves)
        session = half_open or Session(
            number=len(played.sessions) + 1,
            began=now,
            ends=now + timedelta(hours=setting.plan.session.length_h),
            who=setting.who,
            enclaves=tuple(enclaves),
            proof_sha256=proof.snapshot_sha256,
        )
        played.keep(session)  # before anybody has access: killed here, it is known that somebody may have had
        access = tuple(_open(setting, name) for name in enclaves)
        for name in enclaves:
            command.journal.stands(setting.plan.exercise, name, "in session", direction="session")
    return session, access


def _half_open(setting: Setting, command: Command, enclaves: Sequence[str]) -> Session | None:
    """Give the session that goes on for the very same enclaves, if one of them was not told of it yet."""
    session = Played.of(setting).session
    if session is None or set(session.enclaves) != set(enclaves):
        return None
    standings = command.journal.standings(setting.plan.exercise)
    return session if any(standings[name].phase == "ready" for name in enclaves if name in standings) else None


def _proven(setting: Setting, enclaves: Sequence[str]) -> Proof:
    """Give the proof of now.

    Raises:
        NotClean, Undecided: it isn't PROVEN for one of the enclaves.
    """
    proof = setting.proof.get()
    missing = frozenset(each.name for each in setting.plan.enclaves if not setting.stands(each.name))
    found = [each for name in enclaves for each in judged(proof, name, missing)]
    if found:
        told = f"the isolation isn't proven: {found[0].source} → {found[0].to} {found[0].traffic}: {found[0].why}"
        hint = f"`range verify {setting.spec}` shows it in full"
        violated = any(each.verdict == "VIOLATED" for each in found)
        raise NotClean(told, hint=hint) if violated else Undecided(told, hint=hint)
    return proof


def _refuse_to_start(setting: Setting, command: Command, enclaves: Sequence[str], now: datetime) -> None:
    played, spec = Played.of(setting), setting.spec
    going_on = played.session
    if going_on is not None:
        raise InputError(going_on.told, hint=f"`range session end {spec}` first")
    lease = setting.plan.session.lease_end
    if lease is not None and lease <= now:
        raise InputError(f"the lease ended at {lease:%Y-%m-%d %H:%M} UTC", hint=f"mend `lease_end` in {spec}")
    standings = command.journal.standings(setting.plan.exercise)
    for name in enclaves:
        phase = standings[name].phase if name in standings else "absent"
        if phase != "ready":
            raise InputError(f"{name} is {phase}, not ready", hint=f"`range check {spec}` says why and what to do")
        needed(setting, name)
        unclean = played.since_clean(name)
        if unclean:
            raise InputError(
                f"{name} was played in (session {unclean[-1].number}) and not reset since",
                hint=f"`range reset {spec} --ally {name}`",
            )


def end(setting: Setting, command: Command, only: Sequence[str] = ()) -> Session:
    """End the session: every participant's access is taken back, at once and in every enclave.

    Raises:
        InputError: none goes on.
        RangeError: some access couldn't be taken back; the session goes on, and the same command tries again.
    """
    played = Played.of(setting)
    session = played.session
    if session is None:
        raise InputError("no session goes on", hint=f"`range session start {setting.spec}` begins one")
    leaving = tuple(name for name in session.enclaves if not only or name in only)
    failed: list[str] = []
    not_told: dict[str, str] = {}
    with _claimed(setting, command, leaving):
        for name in leaving:
            try:
                not_told |= close_access(setting, name)
                phase = played.enclave(name).cut
                if phase is None:
                    command.journal.stands(setting.plan.exercise, name, "ready", direction="session")
            except RangeError as error:
                failed.append(f"{name}: {error.message}")
        if failed:
            raise RangeError(f"access wasn't taken back everywhere: {'; '.join(failed)}", hint="type it again")
        return _ended(played, session.model_copy(update={"not_told": not_told}), leaving)


def _ended(played: Played, session: Session, leaving: Sequence[str]) -> Session:
    """Keep that a session is over; where it goes on for others, those who leave get an entry of their own."""
    now = datetime.now(UTC)
    staying = tuple(name for name in session.enclaves if name not in leaving)
    if not staying:
        over = session.model_copy(update={"ended": now})
        played.keep(over)
        return over
    gone = session.model_copy(update={"number": len(played.sessions) + 1, "ended": now, "enclaves": tuple(leaving)})
    played.keep(gone)
    played.keep(session.model_copy(update={"enclaves": staying}))
    return gone


def extend(setting: Setting, minutes: int) -> Session:
    """Move the session's end, and the lease with it where that would end earlier; spent warnings come again.

    Raises:
        InputError: none goes on.
    """
    played = Played.of(setting)
    session = played.session
    if session is None:
        raise InputError("no session goes on, so there is nothing to extend")
    ends = session.ends + timedelta(minutes=minutes)
    lease = session.lease_end or setting.plan.session.lease_end
    moved = session.model_copy(
        update={"ends": ends, "lease_end": ends if lease and lease < ends else session.lease_end}
    )
    played.keep(moved)
    return moved


def open_access(setting: Setting, enclave: str, *, words: str, wait: bool) -> Access:
    """Give a team new credentials in its enclave, for an hour at most, and keep them where only the operator reads.

    The enclave is claimed for that, so that whoever ends a session or resets comes before it or after it.

    Raises:
        InputError: the enclave isn't in session, or is quarantined.
        Busy: another command is at work there, and `wait` says not to wait for it.
    """
    stack = setting.plan.stack(enclave)
    with claim(setting.locks, stack, who=setting.who, command=words, wait=wait):
        played = Played.of(setting)
        session, cut = played.session, played.enclave(enclave).cut
        if session is None or enclave not in session.enclaves:
            hint = f"`range session start {setting.spec} --ally {enclave}`"
            raise InputError(f"{enclave} isn't in session", hint=hint)
        if cut is not None and cut.quarantine:
            hint = f"`range reset {setting.spec} --ally {enclave} --force`"
            raise InputError(f"{enclave} is quarantined: {cut.why}", hint=hint)
        return _open(setting, enclave)


def _open(setting: Setting, enclave: str) -> Access:
    """Give a team new credentials; whoever calls it has claimed the enclave."""
    from range.session.access import open_access as opened

    account = setting.sessions.account(setting.plan.enclave(enclave).account)
    access = opened(account, setting.plan.exercise, enclave, enclave)
    access = access.model_copy(update={"login": open_logins(setting, enclave)})
    write(setting.records / "access" / f"{enclave}.json", access.model_dump_json(indent=1), mode=0o600)
    return access


def close_access(setting: Setting, enclave: str) -> dict[str, str]:
    """Take back every session of an enclave's participants that was issued until now, and their SSH key.

    Gives the hosts that couldn't be told, and why: one that players broke must not keep a session open.
    """
    from range.session.access import revoke

    account = setting.sessions.account(setting.plan.enclave(enclave).account)
    revoke(account, setting.plan.exercise, enclave, datetime.now(UTC) + timedelta(seconds=1))
    (setting.records / "access" / f"{enclave}.json").unlink(missing_ok=True)
    return close_logins(setting, enclave)


def spent_usd(setting: Setting, now: datetime) -> dict[str, float]:
    """Project what each enclave has cost since its baseline was recorded, this month, from the plan and the clock."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    spent = {}
    for enclave in setting.plan.enclaves:
        recorded = Baselines.of(setting, enclave.name).read()
        if recorded is not None:
            hours = (now - max(recorded.recorded, month)).total_seconds() / 3600
            spent[enclave.name] = round(enclave_usd_per_h(setting.plan, enclave.name) * max(hours, 0.0), 2)
    return spent


def keep_going(setting: Setting, command: Command, now: datetime, tell: Callable[[str], None]) -> bool:
    """Do what is due in the session now; False once it is over. Access that expires soon is renewed."""
    played = Played.of(setting)
    session = played.session
    if session is None:
        return False
    for each in due(session, setting.plan.session, now, spent_usd(setting, now), setting.plan.budget_usd):
        tell(each.why)
        _do(setting, command, each)
        current = played.session
        if current is None:
            return False
        played.keep(current.model_copy(update={"warned": (*current.warned, each.key)}))
    for name in session.enclaves:
        _renew(setting, command, name, now)
    return True


def _do(setting: Setting, command: Command, each: Due) -> None:
    if each.what == "end":
        end(setting, command, each.enclaves)
    elif each.what == "freeze":
        session = Played.of(setting).session
        freeze(setting, command, each.enclaves or (session.enclaves if session else ()), why=each.why)


def _renew(setting: Setting, command: Command, enclave: str, now: datetime) -> None:
    """Renew access that expires soon; where another command is at work, or nobody is let in, the next round tries again."""
    path = setting.records / "access" / f"{enclave}.json"
    if path.exists() and Access.model_validate_json(path.read_bytes()).expires - now > RENEWED_BEFORE:
        return
    with contextlib.suppress(Busy, InputError):
        open_access(setting, enclave, words=command.words, wait=False)


def _claimed(setting: Setting, command: Command, enclaves: Iterable[str]) -> ExitStack:
    """Hold the claims of enclaves, so that nobody is at work on them."""
    with ExitStack() as held:
        for name in enclaves:
            stack = setting.plan.stack(name)
            held.enter_context(claim(setting.locks, stack, who=command.who, command=command.words, wait=command.wait))
        return held.pop_all()
