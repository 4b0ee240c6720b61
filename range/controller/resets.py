"""Before and after a reset: who is in, who is put out, and what each walk came to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from range.controller.baselines import Baselines, needed
from range.controller.conductor import Ended
from range.controller.logins import close_logins
from range.controller.played import Played
from range.controller.site import Setting
from range.errors import InputError
from range.records.reset import ResetResult


def refuse(setting: Setting, enclaves: Sequence[str], *, force: bool) -> None:
    """Refuse a reset that can't be, before anything is touched.

    Raises:
        InputError: somebody plays there, the file was changed since the baseline, or there is none; or the clock is wrong.
    """
    played = Played.of(setting)
    session = played.session
    if session is not None and not force:
        inside = [name for name in enclaves if name in session.enclaves]
        if inside:
            raise InputError(
                f"{', '.join(inside)}: {session.told}",
                hint=f"`range session end {setting.spec}` first; or add --force, and whoever is in loses access",
            )
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


def revoke_first(setting: Setting, enclaves: Iterable[str]) -> None:
    """Take the participants' sessions back before an enclave is reset under them."""
    from range.session.access import revoke

    for name in enclaves:
        close_logins(setting, name)
        account = setting.sessions.account(setting.plan.enclave(name).account)
        revoke(account, setting.plan.exercise, name, datetime.now(UTC))


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
    return ResetResult(
        name=one.enclave,
        verdict="UNKNOWN",
        baseline=digest,
        observed="",
        why=(why,),
        seconds=one.seconds,
        error=failure.error if failure else why,
        hint=failure.hint if failure else None,
        exit_code=(failure.exit_code or 3) if failure else 3,
    )
