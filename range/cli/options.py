"""The arguments and options that commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class CloudName(StrEnum):
    """Where the exercise is: nowhere near AWS unless it is asked for by name."""

    rehearsal = "rehearsal"
    aws = "aws"


Spec = Annotated[Path, typer.Argument(envvar="RANGE_SPEC", metavar="SPEC", help="The exercise file.")]
Allies = Annotated[
    list[str] | None,
    typer.Option("--ally", metavar="CODE", help="Only this enclave: an ally's code, red or white. Can be repeated."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else.")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
Cloud = Annotated[CloudName, typer.Option("--cloud", envvar="RANGE_CLOUD", help="Where the exercise is.")]
