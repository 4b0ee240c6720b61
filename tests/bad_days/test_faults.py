"""The whole life of an exercise while AWS errs, loses connections, stalls and throttles: the same digest as on a calm day."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.bad_days.place import ALLY, Place, errors

pytestmark = [pytest.mark.engine, pytest.mark.prove, pytest.mark.timeout(900)]

UP = ("up", "--ally", ALLY)
DOWN = ("down", "--yes")
AGAIN = 4
"""How often a command may be typed until nothing fails any more."""
CALM = {"rate": 0.0, "rules": [], "throttling": 0.0, "latency": "none"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A rehearsal whose exercise is down."""
    place = Place(tmp_path_factory.mktemp("faults"))
    yield place
    place.stop()


@pytest.fixture(autouse=True)
def calm_afterwards(place: Place) -> Iterator[None]:
    """Leave calm weather to the next test, however one ends."""
    yield
    place.weather(**CALM)


@pytest.fixture(scope="module")
def undisturbed(place: Place) -> tuple[str, str]:
    """The digests of the accounts with the exercise up, and with it down again, on a calm day."""
    assert errors(place.type(*UP)) == []
    up = place.digest()
    assert errors(place.type(*DOWN)) == []
    return up, place.digest()


def lived(place: Place, **weather: Any) -> tuple[tuple[str, str], list[int], int]:
    """Bring it up and down in some weather; give the digests, how often each was typed, and how many faults there were."""
    digests, typed, struck = [], [], 0
    for words in (UP, DOWN):
        place.weather(**{**CALM, **weather})
        answer = place.type(*words)
        typed.append(1)
        while errors(answer) and typed[-1] < AGAIN:
            answer = place.type(*words)
            typed[-1] += 1
        assert errors(answer) == []
        struck += place.weather()["struck"]
        place.weather(**CALM)
        digests.append(place.digest())
    return (digests[0], digests[1]), typed, struck


def test_at_two_calls_in_a_hundred_gone_wrong_it_converges(
    place: Place, undisturbed: tuple[str, str], record_property: Any
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)

    digests, typed, struck = lived(place, rate=0.02, seed=seed, speed=20)

    record_property("counted", f"seed {seed}: {struck} faults; up typed {typed[0]} times, down {typed[1]} times")
    assert (seed, digests) == (seed, undisturbed)
    assert struck > 10


@pytest.mark.parametrize("seed", [*map(int, "0123456789")])
def test_at_two_calls_in_a_hundred_it_converges_whatever_the_seed(
    place: Place, undisturbed: tuple[str, str], seed: int
) -> None:
    assert lived(place, rate=0.02, seed=seed, speed=20)[0] == undisturbed


def test_at_a_tenth_of_the_default_buckets_nothing_fails(place: Place, undisturbed: tuple[str, str]) -> None:
    digests, typed, _ = lived(place, throttling=0.1, speed=60)

    assert digests == undisturbed
    assert typed == [1, 1]


def test_an_account_that_is_denied_everything_holds_nobody_else_up(place: Place, undisturbed: tuple[str, str]) -> None:
    denied = place.content["allies"][0]["account"]
    place.weather(**{**CALM, "rules": [{"kind": "error", "call": "*", "account": denied}]})

    answer = place.type(*UP)
    place.weather(**CALM)

    phases = {each["name"]: each["phase"] for each in answer.document["enclaves"]}
    assert answer.code == 1
    assert [each.partition(":")[0] for each in errors(answer)] == [ALLY]
    assert phases["hub"] in ("provisioned", "ready")
    assert errors(place.type(*UP)) == []
    assert place.digest() == undisturbed[0]
