"""The arguments and options that commands share."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from range.errors import InputError


class CloudName(StrEnum):
    """Where the exercise is: nowhere near AWS unless it is asked for by name."""

    rehearsal = "rehearsal"
    aws = "aws"


class LevelName(StrEnum):
    """How much a reset makes anew."""

    host = "host"
    enclave = "enclave"


Spec = Annotated[Path, typer.Argument(envvar="RANGE_SPEC", metavar="SPEC", help="The exercise file.")]
MaybeSpec = Annotated[
    Path | None, typer.Argument(envvar="RANGE_SPEC", metavar="[SPEC]", help="The exercise file, for its accounts too.")
]
Allies = Annotated[
    list[str] | None,
    typer.Option("--ally", metavar="CODE", help="Only this enclave: an ally's code, red or white. Can be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else.")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask; where nothing is asked, it changes nothing.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait for whoever is at work on an enclave, instead of refusing.")]
Hosts = Annotated[
    bool | None,
    typer.Option(
        "--hosts/--no-hosts",
        help="In a rehearsal, whether instances are machines that one can log into. Remembered; RANGE_NO_HOSTS=1 says no.",
    ),
]
Cloud = Annotated[CloudName, typer.Option("--cloud", envvar="RANGE_CLOUD", help="Where the exercise is.")]


def enclaves_named(codes: list[str] | None, valid: Sequence[str]) -> tuple[str, ...]:
    """Give the enclaves that `--ally` named, each once; none named is an empty tuple.

    Raises:
        InputError: one of them isn't there; the message lists those that are.
    """
    for code in codes or ():
        if code not in valid:
            raise InputError(f"--ally {code}: there is no such enclave", hint=f"valid: {', '.join(valid)}")
    return tuple(dict.fromkeys(codes or ()))
