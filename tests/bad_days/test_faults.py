"""The whole life of an exercise while AWS errs, loses connections, stalls and throttles: the same as on a calm day."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from range.rehearsal.services import only_reads
from range.rehearsal.weather.events import FILE
from tests.bad_days.place import ALLY, errors
from tests.bad_days.quick import Quick
from tests.cli.conftest import Answer

pytestmark = [pytest.mark.engine, pytest.mark.prove, pytest.mark.timeout(900)]

UP, DOWN = ("up", "--ally", ALLY), ("down", "--yes")
LIFE = (
    UP,
    ("configure", "--ally", ALLY),
    ("session", "start", "--ally", ALLY),
    ("session", "end"),
    ("reset", "--ally", ALLY, "--yes"),
    DOWN,
)
"""From nothing to nothing; what an operator types when all goes well."""
AGAIN = 4
"""How often a command may be typed until nothing fails any more."""
CALM = {"rate": 0.0, "rules": [], "throttling": 0.0, "latency": "none"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quick]:
    """A rehearsal whose exercise is down."""
    place = Quick(tmp_path_factory.mktemp("faults"))
    yield place
    place.stop()


@pytest.fixture(autouse=True)
def calm_afterwards(place: Quick) -> Iterator[None]:
    """Leave calm weather to the next test, however one ends."""
    yield
    place.weather(**CALM)


@pytest.fixture(scope="module")
def undisturbed(place: Quick) -> list[str]:
    """What is in the accounts after each command of a life on a calm day."""
    digests, typed, _ = lived(place)
    assert set(typed) == {1}
    return digests


def lived(place: Quick, **weather: Any) -> tuple[list[str], list[int], int]:
    """Live through it in some weather; give the digests, how often each command was typed, and how many faults there were."""
    digests, typed, struck = [], [], 0
    for words in LIFE:
        place.weather(**{**CALM, **weather})
        answer = place.typed(words)
        typed.append(1)
        while answer.code and typed[-1] < AGAIN:
            never_wrongly(answer)
            answer = place.typed(words)
            typed[-1] += 1
        assert answer.code == 0, (words, answer.stdout[-2000:], answer.stderr[-2000:])
        struck += place.weather()["struck"]
        place.weather(**CALM)
        digests.append(place.digest())
    return digests, typed, struck


def never_wrongly(answer: Answer) -> None:
    """A bad day may leave something untold; it never makes anything of what is as it should be."""
    told = answer.stdout + answer.stderr
    assert answer.code in (1, 3), told
    assert "VIOLATED" not in told
    assert "DIRTY" not in told


def test_at_two_calls_in_a_hundred_gone_wrong_it_converges(
    place: Quick, undisturbed: list[str], record_property: Any
) -> None:
    seed = random.SystemRandom().randrange(1_000_000)
    print(f"seed {seed}")

    digests, typed, struck = lived(place, rate=0.02, seed=seed, speed=20)

    record_property("counted", f"seed {seed}: {struck} faults; commands were typed {typed} times")
    assert (seed, digests) == (seed, undisturbed)
    assert struck > 10


@pytest.fixture(scope="module")
def changing(place: Quick, undisturbed: list[str]) -> dict[tuple[str, ...], list[str]]:
    """Every call with which an `up`, or a `down`, changes something."""
    found: dict[tuple[str, ...], list[str]] = {}
    for words in (UP, DOWN):
        before = len(recorded(place))
        place.weather(**{**CALM, "events": True})
        assert place.typed(words).code == 0
        place.weather(**{**CALM, "events": False})
        names = {json.loads(line)["call"] for line in recorded(place)[before:]}
        changes = (name for name in names if not only_reads(name.partition(".")[2]))
        found[words] = sorted(name for name in changes if not name.startswith("sts."))
    return found


def recorded(place: Quick) -> list[str]:
    """Give what is written of calls so far."""
    log = place.home / "rehearsal" / FILE
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


@pytest.mark.parametrize("words", [pytest.param(UP, id="up"), pytest.param(DOWN, id="down")])
@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"kind": "lost"}, id="nobody is told of the first"),
        pytest.param({"kind": "lost", "after": 1}, id="nobody is told of the second"),
        pytest.param({"kind": "unavailable-after"}, id="of the first it is told that it failed"),
        pytest.param({"kind": "error", "code": "InternalFailure"}, id="the first is refused"),
    ],
)
def test_where_every_call_goes_wrong_once_it_converges(
    place: Quick,
    undisturbed: list[str],
    changing: dict[tuple[str, ...], list[str]],
    fault: dict[str, Any],
    words: tuple[str, ...],
    record_property: Any,
) -> None:
    if words == DOWN:
        assert place.typed(UP).code == 0
    place.weather(**{**CALM, "rules": [{**fault, "call": name, "times": 1} for name in changing[words]]})
    typed = 1
    while (answer := place.typed(words)).code and typed < 2 * AGAIN:
        never_wrongly(answer)
        typed += 1
    struck = place.weather()["struck"]
    place.weather(**CALM)
    there = place.digest()
    down = place.typed(DOWN)

    record_property("counted", f"{words[0]}, {fault}: {struck} faults; it was typed {typed} times")
    assert (answer.code, down.code) == (0, 0), answer.stderr[-2000:]
    assert struck > len(changing[words]) / 3
    assert there == undisturbed[LIFE.index(words)]


@pytest.mark.parametrize("seed", [*map(int, "0123456789")])
def test_at_two_calls_in_a_hundred_it_converges_whatever_the_seed(
    place: Quick, undisturbed: list[str], seed: int
) -> None:
    assert lived(place, rate=0.02, seed=seed, speed=20)[0] == undisturbed


def test_at_a_tenth_of_the_default_buckets_nothing_fails(place: Quick, undisturbed: list[str]) -> None:
    digests, typed, _ = lived(place, throttling=0.1, speed=60)

    assert digests == undisturbed
    assert set(typed) == {1}


def test_an_account_that_is_denied_everything_holds_nobody_else_up(place: Quick, undisturbed: list[str]) -> None:
    denied = place.content["allies"][0]["account"]
    place.weather(**{**CALM, "rules": [{"kind": "error", "call": "*", "account": denied}]})

    answer = place.typed(UP)
    place.weather(**CALM)

    phases = {each["name"]: each["phase"] for each in answer.document["enclaves"]}
    assert answer.code == 1
    assert [each.partition(":")[0] for each in errors(answer)] == [ALLY]
    assert phases["hub"] == "ready"
    assert errors(place.typed(UP)) == []
    assert place.digest() == undisturbed[0]
