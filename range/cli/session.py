"""`range session start|end|extend|access|keep`: who may play, and until when."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from range.cli import output, surroundings
from range.cli.options import Allies, AsJson, Cloud, CloudName, Spec, Wait, Yes, enclaves_named
from range.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from range.controller.site import Setting
    from range.records.session import Access, Session

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

Minutes = Annotated[int, typer.Option("--minutes", min=1, max=1440, help="By how much the session goes on.")]
LOOK_AGAIN_S = 10.0


@app.callback()
def session() -> None:
    """Open and close a session."""


@app.command()
def start(
    spec: Spec, ally: Allies = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False,
    wait: Wait = False,
) -> int:  # fmt: skip
    """Open a session: give teams access, once the network is PROVEN and there is a baseline to go back to."""
    setting, folder = _entered(spec, cloud)
    valid = [enclave.name for enclave in setting.plan.enclaves]
    only = enclaves_named(ally, valid) or tuple(valid)

    from range.controller.command import journaled
    from range.controller.sessions import start as begin

    with journaled(folder, setting.plan.exercise, surroundings.words(), setting.who, wait=wait) as command:
        opened, access = begin(setting, command, only)
    document = {**_told(opened), "access": [_public(each) for each in access]}
    if as_json:
        output.document(document)
    else:
        output.line(f"session {opened.number} until {opened.ends:%H:%M} UTC: {', '.join(opened.enclaves)}")
        output.table(("team", "account", "until"), [(a.enclave, a.account, a.expires) for a in access])
        output.line(f"`range session access {spec} --ally CODE` gives a team its credentials, and renews them")
        output.line(f"`range session keep {spec}` stays, warns, renews and ends")
    return 0


@app.command()
def end(
    spec: Spec, ally: Allies = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False,
    wait: Wait = False,
) -> int:  # fmt: skip
    """End the session: take every participant's access back at once."""
    setting, folder = _entered(spec, cloud)
    only = enclaves_named(ally, [enclave.name for enclave in setting.plan.enclaves])

    from range.controller.command import journaled
    from range.controller.sessions import end as close

    with journaled(folder, setting.plan.exercise, surroundings.words(), setting.who, wait=wait) as command:
        closed = close(setting, command, only)
    if as_json:
        output.document(_told(closed))
    else:
        for host, why in closed.not_told.items():
            output.note(f"{host} still has its team's key, until it is reset: {why}")
        output.line(f"session {closed.number} is over for {', '.join(closed.enclaves)}; `range reset {spec}` is next")
    return 0


@app.command()
def extend(
    spec: Spec,
    minutes: Minutes = 30,
    cloud: Cloud = CloudName.rehearsal,
    as_json: AsJson = False,
    yes: Yes = False,
) -> int:
    """Let the session go on for longer; the lease moves with it."""
    setting, folder = _entered(spec, cloud)

    from range.controller.command import journaled
    from range.controller.sessions import extend as prolong

    with journaled(folder, setting.plan.exercise, surroundings.words(), setting.who):
        moved = prolong(setting, minutes)
    if as_json:
        output.document(_told(moved))
    else:
        output.line(f"session {moved.number} goes on until {moved.ends:%Y-%m-%d %H:%M} UTC")
    return 0


@app.command()
def access(
    spec: Spec, ally: Allies = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False
) -> int:
    """Print a team's credentials, new ones each time, as `export` lines; --json is what credential_process takes."""
    setting, _ = _entered(spec, cloud)
    valid = [enclave.name for enclave in setting.plan.enclaves]
    named = enclaves_named(ally, valid)
    if len(named) != 1:
        raise InputError("whose access? name one team with --ally", hint=f"valid: {', '.join(valid)}")

    from range.controller.sessions import open_access

    given = open_access(setting, named[0], words=surroundings.words(), wait=True)
    if as_json:
        output.document(_process(given))
    else:
        output.line(f"export AWS_ACCESS_KEY_ID={given.access_key_id}")
        output.line(f"export AWS_SECRET_ACCESS_KEY={given.secret_access_key}")
        output.line(f"export AWS_SESSION_TOKEN={given.session_token}")
        output.line(f"export AWS_REGION={setting.plan.region}")
        for line in _logins(given):
            output.line(f"# {line}")
    return 0


@app.command()
def keep(
    spec: Spec, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False, wait: Wait = False
) -> int:
    """Stay with the session until it is over: warn, renew access, and do what the file says when time or money is over."""
    setting, folder = _entered(spec, cloud)

    from range.controller.command import journaled
    from range.controller.sessions import keep_going

    with journaled(folder, setting.plan.exercise, surroundings.words(), setting.who, wait=wait) as command:
        while keep_going(setting, command, datetime.now(UTC), output.note):
            time.sleep(LOOK_AGAIN_S)
    if as_json:
        output.document({"exercise": setting.plan.exercise, "session": None})
    else:
        output.line("no session goes on")
    return 0


def _entered(spec: Path, cloud: CloudName) -> tuple[Setting, Path]:
    """Enter the cloud, and open the doors to it."""
    planned = surroundings.plan(spec)
    folder = surroundings.enter(spec, planned, cloud)
    return replace(surroundings.setting(spec, planned, folder), who=surroundings.who()), folder


def _told(session: Session) -> dict[str, Any]:
    return {"session": session.model_dump(mode="json")}


def _public(access: Access) -> dict[str, Any]:
    return access.model_dump(mode="json", include={"enclave", "account", "role_arn", "expires"})


def _process(access: Access) -> dict[str, Any]:
    """Give credentials in the form of credential_process.

    Source: AWS SDKs and Tools Reference Guide, "Process credential provider" (read 2026-11-28).
    """
    return {
        "Version": 1,
        "AccessKeyId": access.access_key_id,
        "SecretAccessKey": access.secret_access_key,
        "SessionToken": access.session_token,
        "Expiration": access.expires.isoformat(),
        "Login": access.login and access.login.model_dump(),
    }


def _logins(access: Access) -> list[str]:
    """Give a command for each host that a team may log in to, and why it can't where that is so."""
    login = access.login
    if login is None:
        return []
    told = [
        f"ssh -i {login.key} -J {login.through} {login.user}@{address}  # {name}"
        for name, address in login.hosts.items()
    ]
    return [*told, *(f"{name} doesn't know the key: {why}" for name, why in login.not_told.items())]
