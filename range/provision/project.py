"""The Pulumi project in the controller's own work directories: `Pulumi.yaml`, less what a run by hand needs."""

from __future__ import annotations

from pathlib import Path

NAME = "defence-range"
"""The project's name, which is part of every URN: never to be changed while an exercise lives."""

SETTINGS = f"""\
name: {NAME}
runtime: python
config:
  pulumi:disable-default-providers: ["aws"]
"""


def work_directory(home: Path, stack: str) -> Path:
    """Make the work directory of a stack, or find it: `.range/work/<stack>`.

    It is kept from run to run, because it holds the salt of the stack's secrets, and is apart from the project's own
    folder, so that the stack which an engineer selected by hand stays selected.
    """
    directory = home / "work" / stack
    directory.mkdir(parents=True, exist_ok=True)
    settings = directory / "Pulumi.yaml"
    if not settings.exists() or settings.read_text(encoding="utf-8") != SETTINGS:
        settings.write_text(SETTINGS, encoding="utf-8")
    return directory
