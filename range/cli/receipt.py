"""`range receipt verify`: whether a receipt is what a key signed; needs no network, no range and no exercise file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from range.cli import output
from range.cli.options import AsJson

SIGNED = "SIGNED"
"""What is said of a bundle, which gives no verdict itself: each receipt in it has its own."""

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The receipt, or a bundle of evidence.")]
Key = Annotated[Path, typer.Option("--key", metavar="FILE", help="The operator's public key, as you were given it.")]


@app.callback()
def receipt() -> None:
    """Verify a signed receipt, anywhere: no network, no range."""


@app.command()
def verify(file: File, key: Key, as_json: AsJson = False) -> int:
    """Say whether a receipt is what that key signed, and what it says.

    It exits with 0 for a receipt that was signed and says CLEAN, with 1 for one that was altered or says DIRTY, and with
    3 for one that says UNKNOWN. Of a bundle of evidence every file is verified.
    """
    from range.receipts.bundles import is_bundle
    from range.receipts.bundles import verify as verify_bundle
    from range.receipts.envelope import key_id
    from range.receipts.keys import public_key
    from range.receipts.statement import verify as verified

    found = verify_bundle(file, key) if is_bundle(file) else verified(file, key)
    said = found.predicate
    verdict = str(said.get("verdict", SIGNED))
    if as_json:
        document = {"signed": True, "key": key_id(public_key(key)), **found.model_dump(), "verdict": verdict}
        output.document(document)
    else:
        output.line(f"signed by {key_id(public_key(key))}")
        output.line(f"{found.kind} of {said.get('exercise')}.{said.get('enclave')}: {verdict}")
        for name in ("who", "ended", "sessions", "hosts_replaced", "skipped"):
            if said.get(name):
                output.line(f"  {name.replace('_', ' ')}: {_told(said[name])}")
        for why in said.get("why", ()):
            output.line(f"  {why}")
    return {"CLEAN": 0, SIGNED: 0, "DIRTY": 1, "UNKNOWN": 3}.get(verdict, 3)


def _told(value: Any) -> str:
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
