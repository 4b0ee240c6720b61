"""Random mischief, session after session, each followed by a reset: CLEAN means that the tests' own eyes see no difference."""

from __future__ import annotations

import os
import random
from collections import Counter
from typing import Any

import boto3
import pytest

from tests.reset.conftest import PREFIX, Range
from tests.reset.ids import Ids
from tests.reset.mischief import DEEDS, played
from tests.reset.observer import photograph

pytestmark = [pytest.mark.engine, pytest.mark.prove, pytest.mark.timeout(86_400)]

SESSIONS = int(os.environ.get("VANDAL_SESSIONS", "1000"))
"""How many are played; a thousand take most of a day on two cores."""


def participant(ground: Range) -> Any:
    """Open a session and give the clients of whoever plays in est."""
    assert ground.type("session", "start", "--ally", "est").code == 0
    given = ground.type("session", "access", "--ally", "est").document
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return ground.client_of(boto3.Session(*keys, region_name="eu-west-2"))


def test_no_reset_is_ever_called_clean_that_is_not(ground: Range, record_property: Any) -> None:
    seed = int(os.environ.get("VANDAL_SEED", random.randrange(10**9)))
    print(f"VANDAL_SEED={seed}")
    chance, verdicts, deeds = random.Random(seed), Counter[str](), Counter[str]()
    before = photograph(ground.mallory)

    for number in range(1, SESSIONS + 1):
        insider = chance.random() < 0.5
        client = ground.mallory if insider else participant(ground)
        wanted = chance.sample(sorted(DEEDS), chance.randint(0, 12))
        done = played(client, Ids(ground.mallory, 100 + number, PREFIX), wanted)
        deeds.update(done)
        if not insider:
            assert ground.type("session", "end").code == 0
        (answer,) = ground.reset().document["enclaves"]
        verdicts[answer["verdict"]] += 1
        now = photograph(ground.mallory)
        told = f"seed {seed}, session {number}, {done}: {answer}"
        if answer["verdict"] == "CLEAN":
            assert answer["baseline"] == answer["observed"], told
            assert now == before, (told, now ^ before)
            continue
        assert answer["why"], told
        known = [each.split("(event ")[1].split(")")[0] for each in answer["why"] if "(event " in each]
        anew = ground.reset("--level", "enclave", *(word for one in known for word in ("--acknowledge", one)))
        assert anew.code == 0, (told, anew)
        before = photograph(ground.mallory)

    record_property("counted", f"seed {seed}, {dict(verdicts)}, {sum(deeds.values())} deeds of {len(deeds)} kinds")
    assert verdicts["CLEAN"] >= SESSIONS // 2
