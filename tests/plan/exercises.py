"""Exercises for tests: the examples, and as many made-up ones as hypothesis likes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.lock import AddressLock
from range.records.plan import Plan
from range.spec.countries import ALPHA_3
from range.spec.loading import load
from range.spec.models import Exercise
from range.spec.rules import violations
from range.spec.rules.flows import flow_violations

EXAMPLES = Path(__file__).parents[2] / "examples"
NOW = datetime(2026, 11, 22, tzinfo=UTC)
EMPTY = AddressLock()


@cache
def example(name: str) -> Exercise:
    """Load one of the examples; it is frozen, so once is enough."""
    return load(EXAMPLES / f"{name}.yaml", now=NOW)


def planned(exercise: Exercise, lock: AddressLock = EMPTY) -> Plan:
    """Plan an exercise with the addresses that it gets."""
    return plan_of(exercise, allot(exercise, lock))


def content(exercise: Exercise) -> dict[str, Any]:
    """Give an exercise as the file has it, to be changed."""
    written: dict[str, Any] = json.loads(exercise.model_dump_json(by_alias=True))
    return written


def exercise_of(written: dict[str, Any]) -> Exercise:
    """Read an exercise back; what the loader would refuse is refused."""
    exercise = Exercise.model_validate_json(json.dumps(written))
    assert list(violations(exercise, NOW)) == []
    return exercise


def with_allies(exercise: Exercise, codes: list[str]) -> Exercise:
    """Give the exercise with these allies; those that it has keep their account. Bilateral flows go."""
    written = content(exercise)
    known = {ally["code"]: ally for ally in written["allies"]}
    written["allies"] = [
        known.get(code)
        or {"code": code, "account": account_of(code), "profile": "standard", "contact": "a@example.test"}
        for code in codes
    ]
    written["flows"] = [flow for flow in written["flows"] if not flow["consent"]]
    return exercise_of(written)


def account_of(code: str) -> str:
    """Make up an account id for an ally."""
    return "4" + "".join(f"{ord(letter):03d}" for letter in code) + "00"


def with_flow(exercise: Exercise, **flow: Any) -> Exercise:
    """Give the exercise with one more flow; `source` stands for `from`."""
    written = content(exercise)
    written["flows"].append({"from": flow.pop("source"), "why": "a test wants it", **flow})
    return exercise_of(written)


def with_egress(exercise: Exercise, *zones: str, ports: tuple[int, ...] = (443,)) -> Exercise:
    """Give the exercise with a way to the internet."""
    return exercise_of(content(exercise) | {"egress": {"from": list(zones), "ports": list(ports), "why": "updates"}})


codes = st.lists(st.sampled_from(sorted(ALPHA_3)), min_size=1, max_size=5, unique=True)
ports = st.lists(
    st.integers(1, 65535) | st.sampled_from(["20-25", "440-450", "1024-65535"]), min_size=1, max_size=3, unique=True
)


@st.composite
def exercises(draw: st.DrawFn) -> Exercise:
    """Make up an exercise: allies, places, flows that the rules allow, and perhaps egress."""
    written = content(with_allies(example("steadfast"), draw(codes)))
    written["availability_zones"] = [f"euw2-az{number + 1}" for number in range(draw(st.integers(1, 3)))]
    written["enclave_prefix"] = draw(st.sampled_from([20, 22, 23]))
    written["flows"] = []
    names = [ally["code"] for ally in written["allies"]]
    zones = ["red.attackers", "white.referees", "hub.services", "allies.targets", "allies.sensors"]
    zones += [f"{name}.{zone}" for name in names for zone in ("targets", "sensors")]
    for _ in range(draw(st.integers(0, 6))):
        protocol = draw(st.sampled_from(["tcp", "udp", "icmp"]))
        source, to = draw(st.sampled_from(zones)), draw(st.sampled_from(zones))
        parties = [end.partition(".")[0] for end in (source, to)]
        flow = {
            "from": source,
            "to": to,
            "protocol": protocol,
            "ports": [] if protocol == "icmp" else draw(ports),
            "why": "made up",
            "consent": parties if set(parties) <= set(names) else [],
        }
        if not list(flow_violations(_shaped(written | {"flows": [*written["flows"], flow]}))):
            written["flows"].append(flow)
    if draw(st.booleans()):
        sources = draw(st.lists(st.sampled_from(zones), min_size=1, max_size=3, unique=True))
        written["egress"] = {"from": sources, "ports": draw(ports), "why": "made up"}
        if list(flow_violations(_shaped(written))):
            written["egress"] = None
    return exercise_of(written)


def _shaped(written: dict[str, Any]) -> Exercise:
    """Read an exercise whose flows may break rules."""
    return Exercise.model_validate_json(json.dumps(written))
