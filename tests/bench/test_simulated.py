"""What simulated time says of many allies, from the calls of one: here of a small life that was written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from bench.runs import Life, StepRun, tasks
from bench.simulated import (
    ALLY,
    GIVEN_UP_AFTER_S,
    HUB,
    Recorded,
    account_of,
    denied,
    many,
    stuck,
    terms,
    with_a_stuck_state,
)
from range.controller.steps import acts
from range.rehearsal.weather.makespan import Called, Task, ends, renamed
from range.verify.taking import ACCOUNTS_AT_ONCE, QUESTIONS_AT_ONCE

ACCOUNTS = {"200000000001": HUB, "210000000001": ALLY}
CALLS = {"record-inventory": 5, "provision": 60, "configure": 0, "verify": 5, "baseline": 5}
SIZE, SLOW = 12, 1
ELSEWHERE = "300000000001"
"""The account of an enclave that wasn't brought up, which the proof looks at all the same."""


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    """A hub and an ally whose stacks take a minute's calls, and whose looks take some."""
    looked_at = {"call": "ec2.DescribeVpcs", "account": ELSEWHERE, "region": "eu-west-2", "urn": "", "by": "", "status": 200,
                 "narrow": True, "began": 1301.0}  # fmt: skip
    events: list[Mapping[str, Any]] = [looked_at]
    steps = []
    for account, enclave in ACCOUNTS.items():
        for number, act in enumerate(acts("up")):
            began = 100.0 * number + 1000.0 * (enclave == ALLY)
            steps.append(StepRun(enclave, act.name, began, began + 99))
            urn = f"urn:pulumi:x.{enclave}::vpc" if act.name == "provision" else ""
            events += [
                {"call": "ec2.CreateVpc" if urn else "ec2.DescribeVpcs", "account": account, "region": "eu-west-2",
                 "urn": urn, "by": "provider" if urn else "", "status": 200, "narrow": True, "began": began + 1}
            ] * CALLS[act.name]  # fmt: skip
    found = tasks(Life("up", HUB, ACCOUNTS, steps, events, {}))
    hub = [task for task in found if task.name.startswith(f"{HUB} ")]
    return Recorded(hub, [task for task in found if task not in hub], "210000000001", 0.0)


def ended(recorded: Recorded, **slow: float) -> dict[str, float]:
    """Tell when each enclave is through."""
    copies = many(recorded, SIZE)
    found = ends(copies, terms(copies, slow={account_of(SLOW): each for each in slow.values()}))
    return {name.split(" ")[0]: end for name, end in found.items() if name.endswith(" baseline ended")}


def test_one_ally_that_is_ten_times_as_slow_delays_no_other_by_more_than_a_twentieth(recorded: Recorded) -> None:
    calm, bad = ended(recorded), ended(recorded, ten_times=10.0)

    slow = f"ally{SLOW}"
    assert len(calm) == SIZE + 1
    assert bad[slow] > 5 * calm[slow]
    assert max(bad[name] / calm[name] for name in calm if name not in (HUB, slow)) <= 1.05


def test_an_ally_that_is_denied_everything_does_nothing_and_holds_nobody_up(recorded: Recorded) -> None:
    copies = many(recorded, SIZE)
    left = denied(copies)
    calm, bad = ends(copies, terms(copies)), ends(left, terms(left))

    assert {name for name in calm if name not in bad} == {name for name in calm if name.startswith(f"ally{SLOW} ")}
    assert all(bad[name] <= calm[name] for name in bad)


def test_a_state_that_never_ends_holds_its_own_ally_until_it_is_given_up() -> None:
    made = Called("ec2.RunInstances", "1", "eu-west-2", entered=(("instance:pending", "i-1"),))
    seen = Called("ec2.DescribeInstances", "1", "eu-west-2", moved=("i-1",))
    one = [Task("ally host", (made, seen))]
    tasks_ = [task for number in (0, SLOW) for task in renamed(one, "ally", f"ally{number}", accounts={})]

    found = ends(stuck(tasks_), with_a_stuck_state(terms(tasks_)))

    assert found[f"ally{SLOW} host"] >= GIVEN_UP_AFTER_S > found["ally0 host"]


def test_without_a_state_to_wait_for_none_can_be_stuck(recorded: Recorded) -> None:
    with pytest.raises(ValueError, match="waits for no state"):
        stuck(many(recorded, SIZE))


def test_the_hub_is_proven_when_nobody_works_on_it_any_more(recorded: Recorded) -> None:
    copies = many(recorded, SIZE)
    found = ends(copies, terms(copies, slow={account_of(SLOW): 10.0}))

    assert found[f"{HUB} verify begun"] == max(found[f"ally{number} configure ended"] for number in (0, SLOW))


def test_without_a_slow_one_all_allies_are_proven_at_the_same_time(recorded: Recorded) -> None:
    assert len({end for name, end in ended(recorded).items() if name != HUB}) == 1


def test_a_look_at_somebody_else_is_not_copied_for_every_ally(recorded: Recorded) -> None:
    asked = {call.account for task in many(recorded, SIZE) for call in task.calls}

    assert ELSEWHERE not in asked
    assert len(asked) == SIZE + 1


def test_the_proof_asks_no_more_questions_at_once_than_the_product(recorded: Recorded) -> None:
    copies = many(recorded, 2 * ACCOUNTS_AT_ONCE)
    found = ends(copies, terms(copies))
    asked = sorted(end for name, end in found.items() if " verify look " in name)
    at_once = ACCOUNTS_AT_ONCE * QUESTIONS_AT_ONCE

    assert len(asked) > at_once
    assert asked[0] == asked[ACCOUNTS_AT_ONCE] < asked[at_once]
