"""Every boundary once and twenty random kills, in short: a small exercise, one Region, commands without their imports.

`make prove` kills in ten lives more, twenty times in each.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from range.controller.reset_steps import LEVELS
from range.controller.steps import STEPS, Act, acts
from tests.bad_days.crash import WHENS
from tests.bad_days.place import ALLY, PATIENCE_S, errors
from tests.bad_days.quick import REGION, Quick
from tests.bad_days.warm import Begun
from tests.engine.states import state_file

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

LIVES = 10

WORDS = {
    "up": ("up", "--ally", ALLY),
    "reset": ("reset", "--ally", ALLY, "--yes"),
    "reset anew": ("reset", "--ally", ALLY, "--level", "enclave", "--yes"),
    "down": ("down", "--yes"),
}
"""What walks over steps, in the order of a life."""
ACTS: dict[str, tuple[Act, ...]] = {
    "up": acts("up", STEPS),
    "reset": LEVELS["host"],
    "reset anew": tuple(act for act in LEVELS["enclave"] if act.name in ("remake", "witness")),
    "down": acts("down", STEPS),
}
"""Whose boundaries are met; those of the other level that do what they do at this one are left out."""
SESSIONS = {
    ("session", "start", "--ally", ALLY): ("in session", "goes on since"),
    ("session", "end"): ("ready", "no session goes on"),
}
"""What walks over none; the ally's phase after it; and how it is refused where the killed one had come to its end."""
WHERE: dict[str, tuple[str, str, str]] = {
    "record-inventory": ("hub", "hub", ALLY),
    "provision": ("hub", "hub", ALLY),
    "destroy": (ALLY, ALLY, "hub"),
    "prove-nothing-left": ("hub", "hub", "hub"),
}
"""Whose boundary it is at the three moments: one that is still ahead when the one before was met. Else the ally's."""
KILLS = {"up": 5, "session": 4, "reset": 4, "reset anew": 3, "down": 4}
"""Twenty at random moments."""
FIRST_S = 0.1
"""The earliest moment of a random kill."""
OF_MANY = 0.2
"""The latest, as a part of a calm day: where boundaries are met as well, each goes on where the one before was killed."""
SESSION_S = 2.0
"""The latest in a command that opens or ends a session."""
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
def undisturbed(place: Quick) -> dict[str, Calm]:
    """How everything goes when nothing happens; the exercise has been up once."""
    place.weather()  # a rehearsal that has to be started first takes time of its own
    found: dict[str, Calm] = {}
    for command, words in WORDS.items():
        began = time.monotonic()
        assert errors(place.typed(words)) == []
        seconds = time.monotonic() - began
        found[command] = Calm(place.digest(), seconds)
    return found


def boundaries(command: str) -> list[str]:
    """Name every boundary of every step on the way, in the order in which they are met."""
    return [
        f"{command.partition(' ')[0]}:{enclave}:{act.name}:{when}"
        for act in ACTS[command]
        for enclave, when in zip(WHERE.get(act.name, (ALLY,) * 3), WHENS, strict=True)
    ]


@pytest.mark.parametrize("command", KILLS)
def test_killed_at_every_boundary_of_a_step_and_at_random_moments_it_converges(
    place: Quick, undisturbed: dict[str, Calm], command: str, record_property: Any
) -> None:
    if command == "session":
        told = sessions_that_are_killed(place, undisturbed["up"].digest)
    else:
        told = walks_that_are_killed(place, undisturbed[command], command, boundaries(command))
    record_property("counted", told)


def test_down_takes_away_what_a_lost_state_has_forgotten(place: Quick, undisturbed: dict[str, Calm]) -> None:
    assert errors(place.typed(WORDS["up"])) == []
    kept = state_file(place.folder / ".range", f"tiny.{ALLY}")
    for path in kept.parent.glob(f"{kept.name}*"):
        path.unlink()

    answer = place.typed(WORDS["down"])

    assert (answer.code, errors(answer), answer.document["left"]) == (0, [], []), answer
    assert place.digest() == undisturbed["down"].digest


@pytest.mark.prove
@pytest.mark.parametrize("life", range(LIVES))
def test_a_life_that_is_killed_twenty_times_at_random_moments_converges(
    place: Quick, undisturbed: dict[str, Calm], life: int, record_property: Any
) -> None:
    for command in KILLS:
        if command == "session":
            told = sessions_that_are_killed(place, undisturbed["up"].digest)
        else:
            told = walks_that_are_killed(place, undisturbed[command], command, [])
        record_property("counted", f"{command}: {told}")


def walks_that_are_killed(place: Quick, calm: Calm, typed: str, at: Sequence[str]) -> str:
    """Kill commands that walk over steps, at these boundaries and at random moments; give what was counted."""
    seed = a_seed()
    words = WORDS[typed]
    ahead = list(at)
    latest_s = calm.seconds * (OF_MANY if ahead else 1.0)
    victims = at_random(seed, latest_s, KILLS[typed], len(ahead))
    if "reset" in words:
        played(place)
    met, struck = 0, 0
    while ahead or any(victim for victim, _ in victims):
        victim, after_s = victims.pop() if victims else ("", 0.0)
        command, who = killed(place, words, ahead[0] if ahead else "", victim, after_s)
        told = (seed, ahead[:1], victim, command.code, command.stdout[-1000:])
        struck += bool(who)
        if victim and not who:  # all was over by then, or the boundary came first
            victims.insert(0, (victim, after_s / 4))
        assert command.code in (0, 1, 3, -signal.SIGKILL), told
        assert who == "engine" or "DIRTY" not in command.stdout, told  # what an engine left half made isn't as it was
        assert command.code or place.digest() == calm.digest, told
        died_there = command.code == -signal.SIGKILL and who not in KILLED_THEMSELVES
        if ahead and (command.code == 0 or died_there):
            met += died_there
            ahead.pop(0)

    assert (seed, errors(place.typed(words))) == (seed, [])
    assert (seed, place.digest()) == (seed, calm.digest)
    assert struck == KILLS[typed]
    assert met >= len(at) - 2
    return f"seed {seed}: {met} kills at boundaries, {struck} at random moments"


def sessions_that_are_killed(place: Quick, digest: str) -> str:
    """Kill commands that open and end sessions: typed again, the team is in, or is out, and its credentials with it."""
    seed = a_seed()
    dice = random.Random(seed)
    for words in [*SESSIONS] * (KILLS["session"] // len(SESSIONS)):
        phase, refused = SESSIONS[words]
        if phase == "in session":
            assert errors(place.typed(WORDS["reset"])) == []
        command = place.forked(words)
        time.sleep(dice.uniform(FIRST_S, SESSION_S))
        os.kill(command.pid, signal.SIGKILL)
        command.wait(PATIENCE_S)

        again = place.typed(words)
        told = (seed, words, command.code, again)
        assert again.code == 0 or (again.code == 2 and refused in again.stdout), told
        assert row(place)["phase"] == phase, told
        credentials = place.folder / ".range" / "tiny" / "access" / f"{ALLY}.json"
        assert credentials.exists() == (phase == "in session"), told
    assert (seed, place.digest()) == (seed, digest)
    return f"seed {seed}: {KILLS['session']} at random moments"


def played(place: Quick) -> None:
    """Have a team leave something behind."""
    for words in (WORDS["reset"], *SESSIONS):
        assert place.typed(words).code == 0
        if "start" in words:
            given = place.typed(("session", "access", "--ally", ALLY)).document
            with place.entered():
                team = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], REGION)
                ec2 = team.client("ec2")
                ec2.create_key_pair(KeyName="played")
                vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
                ec2.create_security_group(GroupName="played", Description="played", VpcId=vpc)


def row(place: Quick) -> dict[str, Any]:
    """Give the ally's row of the status."""
    found: dict[str, Any] = next(each for each in place.typed(("status",)).document["enclaves"] if each["name"] == ALLY)
    return found


def a_seed() -> int:
    """Draw a seed, and print it."""
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")
    return seed


def at_random(seed: int, latest_s: float, kills: int, others: int) -> list[tuple[str, float]]:
    """Strew random kills among others: whom, and after how long; nobody where it is another's turn.

    As often in the first second of a command as later, since each goes on where the one before was killed.
    """
    dice = random.Random(seed)
    moments = [FIRST_S * (latest_s / FIRST_S) ** dice.random() for _ in [None] * kills]
    found = [*((dice.choice(VICTIMS), moment) for moment in moments), *[("", 0.0)] * (others - 1)]
    dice.shuffle(found)
    return found


def killed(place: Quick, words: Sequence[str], boundary: str, victim: str, after_s: float) -> tuple[Begun, str]:
    """Type a command that dies at a boundary, and kill somebody before that if it takes so long; give it as it ended, and
    who was killed, if anybody."""
    command = place.forked(words, boundary)
    strikes = bool(victim) and command.wait(after_s) is None
    return command, place.strike(command, victim if strikes else "")
