"""Before and after a reset: who is in, who is put out, what each walk came to, and what is held back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from range.controller.baselines import Baselines, needed
from range.controller.claims import claim
from range.controller.command import Command
from range.controller.conductor import Ended
from range.controller.cuts import quarantine
from range.controller.played import Played, refuse_players
from range.controller.sessions import end
from range.controller.site import Setting
from range.errors import InputError, Interrupted, Undecided
from range.records.reset import ResetResult

FIRST = "look"
"""The first step of a reset, which touches nothing."""
_SAID_OTHERWISE = (InputError.exit_code, Interrupted.exit_code)
"""Exit codes that say more than that nobody knows."""


def refuse(setting: Setting, enclaves: Sequence[str], *, force: bool) -> None:
    """Refuse a reset that can't be, before anything is touched.

    Raises:
        InputError: somebody plays there, the file was changed since the baseline, or there is none; or the clock is wrong.
    """
    played = Played.of(setting)
    if not force:
        refuse_players(setting, enclaves)
    now = datetime.now(UTC)
    for name in enclaves:
        whole = setting.reset is not None and setting.reset.level == "enclave"
        recorded = Baselines.of(setting, name).read() if whole else needed(setting, name)
        latest = max(filter(None, (played.enclave(name).clean, recorded.recorded if recorded else None)), default=now)
        if latest > now:
            raise InputError(
                f"this machine's clock says {now:%Y-%m-%d %H:%M:%S} UTC, and {name} was last looked at at "
                f"{latest:%Y-%m-%d %H:%M:%S}: it went backwards",
                hint="set the clock, then type the same command again; the trail is read by time",
            )


def put_out(setting: Setting, command: Command, enclaves: Sequence[str]) -> None:
    """End the session in these enclaves, so that whoever is in loses access and gets none any more."""
    session = Played.of(setting).session
    inside = tuple(name for name in enclaves if session is not None and name in session.enclaves)
    if inside:
        end(setting, command, inside)


def hold(setting: Setting, command: Command, ended: Iterable[Ended]) -> None:
    """Cut off every enclave whose reset broke off before a verdict: it is handed to nobody.

    One that was quarantined before had its network back for a while. After Ctrl-C nothing is known against the others.
    """
    for one in ended:
        step, failure = one.failure or ("", None)
        given = any(outcome.reset is not None for outcome in one.outcomes.values())
        if failure is None or given or step in ("", FIRST):
            continue
        remembered = Played.of(setting).enclave(one.enclave).cut
        if remembered is None and failure.exit_code == Interrupted.exit_code:
            continue
        stack = setting.plan.stack(one.enclave)
        with claim(setting.locks, stack, who=command.who, command=command.words, wait=True):
            if quarantine(setting, one.enclave, f"UNKNOWN: {step}: {failure.error}"):
                continue  # no network to cut, or it can't be: it stays failed, and no session starts there
            command.journal.stands(
                setting.plan.exercise, one.enclave, "quarantined", direction="reset", step=step, error=failure.error
            )


def summed_up(ended: Iterable[Ended], setting: Setting) -> tuple[ResetResult, ...]:
    """Give one row per enclave; a walk that ended before the witness looked is UNKNOWN."""
    return tuple(_row(one, setting) for one in ended)


def _row(one: Ended, setting: Setting) -> ResetResult:
    found = next((outcome.reset for outcome in one.outcomes.values() if outcome.reset is not None), None)
    if found is not None:
        return found.model_copy(update={"seconds": one.seconds})
    step, failure = one.failure or ("", None)
    recorded = Baselines.of(setting, one.enclave).path
    digest = ""
    if recorded.exists():
        baseline = Baselines.of(setting, one.enclave).read()
        digest = baseline.digest if baseline else ""
    why = f"{step}: {failure.error}" if failure else "it was not looked at"
    again = f"`range reset {setting.spec} --ally {one.enclave}` again, or with `--level enclave`, which makes it anew"
    refused = failure is not None and (not step or failure.exit_code in _SAID_OTHERWISE)
    return ResetResult(
        name=one.enclave,
        verdict="UNKNOWN",
        baseline=digest,
        observed="",
        why=(why,),
        seconds=one.seconds,
        error=failure.error if failure else why,
        hint=(failure.hint if failure else None) or again,
        exit_code=failure.exit_code if failure is not None and refused else Undecided.exit_code,
    )
