"""Killed with SIGKILL at every boundary of a step, and at random moments: typed again, it converges to the same digest."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from range.controller.phases import Direction
from range.controller.steps import STEPS, acts
from tests.bad_days.crash import WHENS
from tests.bad_days.place import ALLY, ROOT, Place, clean, errors

pytestmark = [pytest.mark.engine, pytest.mark.prove, pytest.mark.timeout(900)]

UP = ("up", "--ally", ALLY)
DOWN = ("down", "--yes")
DIRECTIONS: tuple[Direction, ...] = ("up", "down")
ENCLAVES = ("hub", ALLY)
KILLS = 20
VICTIMS = ("controller", "controller", "engine", "rehearsal", "everything")
NOBODY = "nobody, since all was over"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A rehearsal whose exercise is down, and has been up once."""
    place = Place(tmp_path_factory.mktemp("kills"))
    yield place
    place.stop()


@pytest.fixture(scope="module")
def undisturbed(place: Place) -> tuple[Calm, Calm]:
    """How up and down go when nothing happens."""
    return calm(place, *UP), calm(place, *DOWN)


@dataclass(frozen=True)
class Calm:
    """What a command leaves in the accounts when nothing happens, and how long this machine takes for it."""

    digest: str
    seconds: float


def calm(place: Place, *words: str) -> Calm:
    """Type a command on a calm day."""
    began = time.monotonic()
    assert errors(place.type(*words)) == []
    seconds = time.monotonic() - began
    return Calm(place.digest(), seconds)


def boundaries(direction: Direction) -> list[str]:
    """Name every boundary of every step on the way; enclaves take turns, so that each boundary is met once."""
    named = [(act.name, when) for act in acts(direction, STEPS) for when in WHENS]
    return [f"{direction}:{ENCLAVES[number % 2]}:{step}:{when}" for number, (step, when) in enumerate(named)]


def test_killed_at_every_boundary_of_a_step_it_converges(
    place: Place, undisturbed: tuple[Calm, Calm], record_property: Any
) -> None:
    killed = 0
    for direction, words, calm_day in zip(DIRECTIONS, (UP, DOWN), undisturbed, strict=True):
        for boundary in boundaries(direction):
            killed += dies(place, boundary, *words)

        assert errors(place.type(*words)) == []
        assert place.digest() == calm_day.digest
    record_property("counted", f"{killed} kills at {len([*boundaries('up'), *boundaries('down')])} boundaries")
    assert killed >= len(STEPS) * 2


def dies(place: Place, boundary: str, *words: str) -> int:
    """Type a command that dies at a boundary, if it still comes there; say how often it died."""
    command = [sys.executable, "-m", "tests.bad_days.crash", boundary, *words, str(place.spec), "--json"]
    environment = {**clean(), "PYTHONPATH": str(ROOT)}
    log = place.folder / "died.log"
    with log.open("wb") as output:  # not a pipe, which an engine that outlives its controller would keep open
        done = subprocess.run(command, cwd=place.folder, env=environment, stdout=output, stderr=output, check=False)
    assert done.returncode in (0, 1, 3, -signal.SIGKILL), (boundary, done.returncode, log.read_text())
    return int(done.returncode == -signal.SIGKILL)


def test_killed_at_random_moments_it_converges(
    place: Place, undisturbed: tuple[Calm, Calm], record_property: Any
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    told = killed_at_random(place, undisturbed, seed, KILLS)
    record_property("counted", f"seed {seed}: {told}")


def killed_at_random(place: Place, undisturbed: tuple[Calm, Calm], seed: int, kills: int) -> str:
    """Kill so often, half of it on the way up and half on the way down; say whom, and see that it converged."""
    dice = random.Random(seed)
    told = []
    for words, calm_day in zip((UP, DOWN), undisturbed, strict=True):
        for _ in [None] * (kills // 2):
            victim, after_s = dice.choice(VICTIMS), dice.uniform(0.02, 1.0) * calm_day.seconds
            told.append(kill(place, victim, after_s, *words))

        answer = place.type(*words)
        assert (seed, errors(answer)) == (seed, [])
        assert (seed, place.digest()) == (seed, calm_day.digest)
    return ", ".join(f"{told.count(victim)} × {victim}" for victim in [*dict.fromkeys(VICTIMS), NOBODY])


def kill(place: Place, victim: str, after_s: float, *words: str) -> str:
    """Type a command and kill somebody some time later, unless all is over by then; say who."""
    command = place.begin(*words)
    try:
        command.wait(after_s)
    except subprocess.TimeoutExpired:
        return place.strike(command, victim)
    place.strike(command, "")
    return NOBODY
