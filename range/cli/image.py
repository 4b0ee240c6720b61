"""`range image build|prune`: golden images, of which hosts are made that then need only what is their own."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from range.cli import ask, output, surroundings
from range.cli.options import AsJson, Cloud, CloudName, Spec, Yes
from range.cli.progress import shown

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

    from range.controller.site import Setting

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)

Roles = Annotated[list[str] | None, typer.Option("--role", metavar="ROLE", help="Only this role. Can be repeated.")]
Everything = Annotated[bool, typer.Option("--all", help="Also those that the exercise has a use for, and their key.")]


@app.callback()
def image() -> None:
    """Build and prune golden images: one configured image per role, from which hosts are made."""


@app.command()
def build(
    spec: Spec, role: Roles = None, cloud: Cloud = CloudName.rehearsal, as_json: AsJson = False, yes: Yes = False
) -> int:
    """Build the golden images that the exercise has a use for; those that are there stay.

    The hub has to be up: builders stand in its zone of services, are configured as hosts are, verified, stripped of who
    they were, and imaged. Hosts that stand already keep what they were made of; `up` makes new ones of these images.
    """
    setting, folder = _entered(spec, cloud)

    from range.controller.command import journaled
    from range.controller.golden import build as build_images

    stop = threading.Event()

    def request(number: int, frame: FrameType | None) -> None:
        stop.set()

    with journaled(folder, setting.plan.exercise, surroundings.words(), setting.who) as command, shown() as view:
        before = {number: signal.signal(number, request) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            built = build_images(
                setting, role or (), words=command.words, on_progress=view.progress, tell=output.note, stop=stop
            )
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        failed = [each for each in built if each.error]
        command.exit_code = 1 if failed else 0
        command.error = "; ".join(f"{each.name}: {each.error}" for each in failed) or None
    if as_json:
        output.document({"images": [{"name": each.name, "image": each.image, "error": each.error} for each in built]})
    else:
        output.table(("image", "id", ""), [(each.name, each.image or "", each.error or "") for each in built])
    return command.exit_code


@app.command()
def prune(
    spec: Spec,
    everything: Everything = False,
    cloud: Cloud = CloudName.rehearsal,
    as_json: AsJson = False,
    yes: Yes = False,
) -> int:
    """Delete the golden images that the exercise has no use for, with their snapshots; hosts made of them stay."""
    setting, folder = _entered(spec, cloud)

    from range.controller.command import journaled
    from range.controller.golden import prune as prune_images

    if everything and not yes:
        ask.before_prune(setting.plan.exercise)
    with journaled(folder, setting.plan.exercise, surroundings.words(), setting.who) as command:
        gone = prune_images(setting, everything=everything, words=command.words)
    if as_json:
        output.document({"removed": list(gone)})
    else:
        output.line("\n".join(f"removed {name}" for name in gone) or "no golden image is without use")
    return 0


def _entered(spec: Path, cloud: CloudName) -> tuple[Setting, Path]:
    planned = surroundings.plan(spec)
    folder = surroundings.enter(spec, planned, cloud)
    return replace(surroundings.setting(spec, planned, folder), who=surroundings.who()), folder
