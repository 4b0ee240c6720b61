"""Every boundary once and twenty random kills, in short: a small exercise, two Regions, commands without their imports."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from range.controller.phases import Direction
from range.controller.steps import STEPS, acts
from tests.bad_days.crash import WHENS
from tests.bad_days.place import ALLY, ROOT, Place, errors
from tests.bad_days.test_kills import engines
from tests.bad_days.warm import Begun, Warm
from tests.cli.conftest import Answer

pytestmark = [pytest.mark.engine, pytest.mark.prove, pytest.mark.timeout(900)]

WORDS: dict[Direction, tuple[str, ...]] = {"up": ("up", "--ally", ALLY), "down": ("down", "--yes")}
WHERE: dict[str, tuple[str, str, str]] = {
    "record-inventory": ("hub", "hub", ALLY),
    "provision": ("hub", "hub", ALLY),
    "destroy": (ALLY, ALLY, "hub"),
    "prove-nothing-left": ("hub", "hub", "hub"),
}
"""Whose boundary it is at the three moments: one that is still ahead when the one before was met. Else the ally's."""
REGIONS = "eu-west-2,us-east-1"
KILLS = 20
VICTIMS = ("controller", "controller", "engine", "rehearsal", "everything")
PATIENCE_S = 300.0


class Quick(Place):
    """A place whose commands are forked from a process that has imported everything."""

    def __init__(self, folder: Path) -> None:
        """Write the file, and start that process."""
        super().__init__(folder, RANGE_REHEARSAL_REGIONS=REGIONS)
        self._warm = Warm({**self.environment, "PYTHONPATH": str(ROOT)})
        self._typed = 0

    def forked(self, words: Sequence[str], dies: str = "") -> Begun:
        """Begin a command; `dies` is where it kills itself."""
        self._typed += 1
        return self._warm.begin(
            [*words, str(self.spec), "--json"], self.folder, self.folder / f"typed{self._typed}", dies
        )

    def typed(self, words: Sequence[str], dies: str = "") -> Answer:
        """Type a command, and wait for its end."""
        begun = self.forked(words, dies)
        code = begun.wait(PATIENCE_S)
        assert code is not None, (words, begun.stderr)
        return Answer(code, begun.stdout, begun.stderr)

    def stop(self) -> None:
        """Stop both."""
        self._warm.close()
        super().stop()


@dataclass(frozen=True)
class Calm:
    """What a command leaves in the accounts when nothing happens, and how long this machine takes for it."""

    digest: str
    seconds: float


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quick]:
    """A rehearsal whose exercise is down."""
    place = Quick(tmp_path_factory.mktemp("short"))
    yield place
    place.stop()


@pytest.fixture(scope="module")
def undisturbed(place: Quick) -> dict[Direction, Calm]:
    """How up and down go when nothing happens; the exercise has been up once."""
    found: dict[Direction, Calm] = {}
    for direction, words in WORDS.items():
        began = time.monotonic()
        assert errors(place.typed(words)) == []
        seconds = time.monotonic() - began
        found[direction] = Calm(place.digest(), seconds)
    return found


@pytest.mark.parametrize("direction", WORDS)
def test_killed_at_every_boundary_of_a_step_it_converges(
    place: Quick, undisturbed: dict[Direction, Calm], direction: Direction, record_property: Any
) -> None:
    named = [
        f"{direction}:{enclave}:{act.name}:{when}"
        for act in acts(direction, STEPS)
        for enclave, when in zip(WHERE.get(act.name, (ALLY,) * 3), WHENS, strict=True)
    ]
    killed = 0
    for boundary in named:
        answer = place.typed(WORDS[direction], boundary)
        assert answer.code in (0, 1, 3, -signal.SIGKILL), (boundary, answer.code, answer.stderr)
        killed += answer.code == -signal.SIGKILL

    assert errors(place.typed(WORDS[direction])) == []
    assert place.digest() == undisturbed[direction].digest
    record_property("counted", f"{killed} kills at {len(named)} boundaries")
    assert killed >= len(named) - 2


@pytest.mark.parametrize("direction", WORDS)
def test_killed_at_random_moments_it_converges(
    place: Quick, undisturbed: dict[Direction, Calm], direction: Direction, record_property: Any
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    dice = random.Random(seed)
    victims = [dice.choice(VICTIMS) for _ in [None] * (KILLS // 2)]
    for victim in victims:
        kill(place, victim, dice.uniform(0.02, 0.5) * undisturbed[direction].seconds, WORDS[direction])

    assert (seed, errors(place.typed(WORDS[direction]))) == (seed, [])
    assert (seed, place.digest()) == (seed, undisturbed[direction].digest)
    record_property("counted", f"seed {seed}: {', '.join(victims)}")


def kill(place: Quick, victim: str, after_s: float, words: Sequence[str]) -> None:
    """Type a command and kill somebody some time later, unless all is over by then; wait for the command to end."""
    command = place.forked(words)
    if command.wait(after_s) is None:
        if victim == "engine":
            for engine in engines(command.pid):
                os.kill(engine, signal.SIGKILL)
        if victim in ("rehearsal", "everything"):
            place.kill_rehearsal()
        if victim == "controller":
            os.kill(command.pid, signal.SIGKILL)
        if victim == "everything":
            os.killpg(command.pid, signal.SIGKILL)
    assert command.wait(PATIENCE_S) is not None
    with contextlib.suppress(ProcessLookupError):
        os.killpg(command.pid, signal.SIGKILL)  # an engine that outlived its controller
