"""`range ssh`: log in to a host, or run a command there, from the management zone."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from range.cli import output, surroundings
from range.cli.options import Cloud, CloudName, Spec
from range.errors import InputError
from range.records.plan import Plan

Ally = Annotated[str | None, typer.Option("--ally", metavar="CODE", help="The enclave, where HOST doesn't name it.")]
Target = Annotated[str, typer.Argument(metavar="HOST", help="enclave/host, such as est/web; or a host with --ally.")]
Words = Annotated[list[str] | None, typer.Argument(metavar="[COMMAND]...", help="What to run; nothing: a shell.")]

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command(context_settings={"allow_interspersed_args": False, "ignore_unknown_options": False})
def ssh(spec: Spec, host: Target, command: Words = None, ally: Ally = None, cloud: Cloud = CloudName.rehearsal) -> int:
    """Log in to a host through the bastion of the management zone, or run a command there.

    Options stand before SPEC; what follows HOST is the command, and its exit code is that of this one. A host's key is
    trusted when it is first seen, and pinned: another one is refused until the host is replaced.
    """
    planned = surroundings.plan(spec)
    enclave, name = host_named(planned, host, ally)
    folder = surroundings.enter(spec, planned, cloud, as_it_is=True)
    ways = surroundings.ways_or_refuse(planned, folder)

    from range.cloud.ssh import HostName
    from range.controller.played import Played

    if (told := Played(folder / planned.exercise).cut_off(enclave)) is not None:
        output.note(f"{told}; its hosts may not answer")
    words = ways.command(HostName(enclave, name), *(command or ()), terminal=not command and sys.stdin.isatty())
    os.execvp(words[0], words)  # noqa: S606 - it is to take this process's place


def host_named(planned: Plan, host: str, ally: str | None) -> tuple[str, str]:
    """Give the enclave and the host that were named.

    Raises:
        InputError: there is none of that name; the message lists those that are.
    """
    enclave, _, name = host.rpartition("/")
    enclave = enclave or ally or ""
    known = {each.name: [one.name for one in each.hosts] for each in (planned.hub, *planned.enclaves)}
    if enclave not in known:
        told = f"there is no enclave {enclave}" if enclave else f"{host} names no enclave"
        raise InputError(told, hint=f"valid: {', '.join(f'{each}/{name or host}' for each in known)}")
    numbered = [one for one in known[enclave] if one.rpartition("-")[0] == name]
    if name not in known[enclave] and len(numbered) == 1:
        return enclave, numbered[0]
    if name not in known[enclave]:
        raise InputError(
            f"{enclave} has no host {name}", hint=f"valid: {', '.join(f'{enclave}/{one}' for one in known[enclave])}"
        )
    return enclave, name
