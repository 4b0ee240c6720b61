"""Every boundary once and twenty random kills, in short: a small exercise, one Region, commands without their imports."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from range.controller.phases import Direction
from range.controller.steps import STEPS, acts
from tests.bad_days.crash import WHENS
from tests.bad_days.place import ALLY, errors
from tests.bad_days.quick import PATIENCE_S, Quick
from tests.bad_days.test_kills import engines

pytestmark = [pytest.mark.engine, pytest.mark.prove, pytest.mark.timeout(900)]

WORDS: dict[Direction, tuple[str, ...]] = {"up": ("up", "--ally", ALLY), "down": ("down", "--yes")}
WHERE: dict[str, tuple[str, str, str]] = {
    "record-inventory": ("hub", "hub", ALLY),
    "provision": ("hub", "hub", ALLY),
    "destroy": (ALLY, ALLY, "hub"),
    "prove-nothing-left": ("hub", "hub", "hub"),
}
"""Whose boundary it is at the three moments: one that is still ahead when the one before was met. Else the ally's."""
KILLS = 20
FIRST_S = 0.1
"""The earliest moment of a random kill."""
VICTIMS = ("controller", "controller", "controller", "engine", "engine", "rehearsal", "everything")
KILLED_THEMSELVES = ("controller", "everything")
"""Victims whose command doesn't get as far as the boundary."""


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
    place.weather()  # a rehearsal that has to be started first takes time of its own
    found: dict[Direction, Calm] = {}
    for direction, words in WORDS.items():
        began = time.monotonic()
        assert errors(place.typed(words)) == []
        seconds = time.monotonic() - began
        found[direction] = Calm(place.digest(), seconds)
    return found


def boundaries(direction: Direction) -> list[str]:
    """Name every boundary of every step on the way, in the order in which they are met."""
    return [
        f"{direction}:{enclave}:{act.name}:{when}"
        for act in acts(direction, STEPS)
        for enclave, when in zip(WHERE.get(act.name, (ALLY,) * 3), WHENS, strict=True)
    ]


@pytest.mark.parametrize("direction", WORDS)
def test_killed_at_every_boundary_of_a_step_and_at_random_moments_it_converges(
    place: Quick, undisturbed: dict[Direction, Calm], direction: Direction, record_property: Any
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    words, calm = WORDS[direction], undisturbed[direction]
    ahead, victims = boundaries(direction), at_random(seed, calm.seconds, len(boundaries(direction)))
    met, struck = 0, 0
    while ahead or any(victim for victim, _ in victims):
        victim, after_s = victims.pop() if victims else ("", 0.0)
        code, was_struck = killed(place, words, ahead[0] if ahead else "", victim, after_s)
        struck += was_struck
        if victim and not was_struck:  # all was over by then, or the boundary came first
            victims.insert(0, (victim, after_s / 4))
        assert (seed, code in (0, 1, 3, -signal.SIGKILL)) == (seed, True), (ahead, victim, code)
        if ahead and (code == 0 or (code == -signal.SIGKILL and not (was_struck and victim in KILLED_THEMSELVES))):
            met += code != 0
            ahead.pop(0)

    assert (seed, errors(place.typed(words))) == (seed, [])
    assert (seed, place.digest()) == (seed, calm.digest)
    record_property("counted", f"seed {seed}: {met} kills at boundaries, {struck} at random moments")
    assert struck == KILLS // 2
    assert met >= len(boundaries(direction)) - 2


def at_random(seed: int, calm_s: float, others: int) -> list[tuple[str, float]]:
    """Strew random kills among others: whom, and after how long; nobody where it is another's turn.

    As often in the first second of a command as later, since each goes on where the one before was killed.
    """
    dice = random.Random(seed)
    kills = [(dice.choice(VICTIMS), FIRST_S * (0.2 * calm_s / FIRST_S) ** dice.random()) for _ in [None] * (KILLS // 2)]
    found = [*kills, *[("", 0.0)] * (others - 1)]
    dice.shuffle(found)
    return found


def killed(place: Quick, words: Sequence[str], boundary: str, victim: str, after_s: float) -> tuple[int | None, bool]:
    """Type a command that dies at a boundary, and kill somebody before that if it takes so long; give how it ended, and
    whether somebody was killed."""
    command = place.forked(words, boundary)
    struck = bool(victim) and command.wait(after_s) is None
    if struck:
        if victim == "engine":
            for engine in engines(command.pid):
                os.kill(engine, signal.SIGKILL)
        if victim in ("rehearsal", "everything"):
            place.kill_rehearsal()
        if victim == "controller":
            os.kill(command.pid, signal.SIGKILL)
        if victim == "everything":
            os.killpg(command.pid, signal.SIGKILL)
    code = command.wait(PATIENCE_S)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(command.pid, signal.SIGKILL)  # an engine that outlived its controller
    return code, struck
