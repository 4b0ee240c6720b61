"""The Pulumi project in the controller's own work directories: `Pulumi.yaml`, less what a run by hand needs."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[2]
"""The folder that `pulumi` is run in by hand: where the project's own `Pulumi.yaml` is."""

NAME = "defence-range"
"""The project's name, which is part of every URN: never to be changed while an exercise lives."""

SETTINGS = f"""\
name: {NAME}
runtime: python
config:
  pulumi:disable-default-providers: ["aws"]
"""


def work_directory(home: Path, stack: str) -> Path:
    """Make the work directory of a stack, or find it: in `.range`, below `work`, by the stack's name.

    It is kept from run to run, because it holds the salt of the stack's secrets, and is apart from the project's own
    folder, so that the stack which an engineer selected by hand stays selected.
    """
    directory = home / "work" / stack
    directory.mkdir(parents=True, exist_ok=True)
    settings = directory / "Pulumi.yaml"
    if not settings.exists() or settings.read_text(encoding="utf-8") != SETTINGS:
        settings.write_text(SETTINGS, encoding="utf-8")
    return directory


def forget_salts(exercise: str, root: Path = ROOT) -> None:
    """Remove what runs by hand wrote down of an exercise's stacks: the salt of their secrets, and nothing else.

    Pulumi believes that file before it asks the state, and the file is the project's, whichever backend the stack was
    in: the salt of another directory's rehearsal would refuse this one's passphrase. Without it the state is asked.
    """
    for written in (root / ".range" / "config").glob(f"Pulumi.{exercise}.*.yaml"):
        written.unlink(missing_ok=True)
