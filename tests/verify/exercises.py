"""Plans to prove: Steadfast, variants of it, and random ones of any size."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from range.plan.addresses import allot
from range.plan.build import plan_of
from range.plan.lock import AddressLock
from range.records.plan import Plan
from range.spec.loading import load
from range.spec.models import Exercise

STEADFAST = Path(__file__).parents[2] / "examples" / "steadfast.yaml"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def _told() -> dict[str, Any]:
    """Give the example's file, to be changed."""
    told = yaml.safe_load(STEADFAST.read_text(encoding="utf-8"))
    return {**told, "lease_end": told["lease_end"].isoformat()}


def _exercise(told: dict[str, Any]) -> Exercise:
    """Read a changed file."""
    return Exercise.model_validate_json(json.dumps(told))


def planned(exercise: Exercise) -> Plan:
    """Plan an exercise as if it had never been planned before."""
    return plan_of(exercise, allot(exercise, AddressLock()))


@cache
def steadfast() -> Plan:
    """Give the example's plan."""
    return planned(load(STEADFAST, now=NOW))


def told_with_egress() -> dict[str, Any]:
    """Give the example's file, in which Estonia's targets, and the hub's services, may reach the web."""
    egress = {"from": ["est.targets", "hub.services"], "ports": [443], "why": "they fetch updates"}
    return {**_told(), "egress": egress}


@cache
def steadfast_with_egress() -> Plan:
    """Give the plan of that file."""
    return planned(_exercise(told_with_egress()))


PLANS = {"steadfast": steadfast, "with egress": steadfast_with_egress}
"""The plans that faults are put into."""


def of_size(allies: int, hosts_per_ally: int = 4) -> Plan:
    """Give the plan of an exercise like Steadfast with many allies, and many hosts each."""
    told = _told()
    told["allies"] = [_ally(number) for number in range(allies)]
    told["supernet"], told["enclave_prefix"] = "10.0.0.0/8", 20
    told["flows"] = [flow for flow in told["flows"] if "consent" not in flow]
    standard = told["profiles"]["standard"]
    standard["zones"] = {"targets": {"prefix": 22}, "sensors": {"prefix": 24}}
    groups = [name for name in standard["hosts"] if name != "sensor"]
    wanted, place = hosts_per_ally - 1, 0
    standard["hosts"] = {"sensor": standard["hosts"]["sensor"]}
    while wanted > 0:
        count = min(64, wanted)
        name = f"{groups[place % 3]}{place}" if place > 2 else groups[place]
        host = {"role": "target_web", "zone": "targets", "image": "debian-13", "size": "t3.micro", "count": count}
        standard["hosts"][name] = host
        wanted, place = wanted - count, place + 1
    return planned(_exercise(told))


def _ally(number: int, profile: str = "standard") -> dict[str, str]:
    """Give the ally of a number; the codes are made up."""
    code = f"{chr(97 + number // 26 // 26)}{chr(97 + number // 26 % 26)}{chr(97 + number % 26)}"
    account = str(400_000_000_000 + number)
    return {"code": code, "account": account, "profile": profile, "contact": f"cyber@example.{code}.test"}


def at_random(random: Random, allies: int) -> Plan:
    """Give the plan of a random exercise that the file's rules allow."""
    told = _told()
    told["availability_zones"] = ["euw2-az1", "euw2-az2", "euw2-az3"][: random.randint(1, 3)]
    told["supernet"] = random.choice(["10.0.0.0/8", "10.64.0.0/12", "172.16.0.0/12"])
    told["enclave_prefix"] = random.choice([21, 22])
    zones = ["targets", "sensors", "offices"]
    told["profiles"]["small"] = {
        "zones": {"targets": {"prefix": 26}},
        "hosts": {
            "web": {"role": "target_web", "zone": "targets", "image": "debian-13", "count": random.randint(1, 3)}
        },
    }
    standard = told["profiles"]["standard"]
    standard["zones"]["offices"] = {"prefix": random.choice([25, 26])}
    standard["hosts"]["desk"] = {"role": "target_desk", "zone": "offices", "image": "debian-13"}
    standard["hosts"]["web"]["count"] = random.randint(1, 3)
    told["allies"] = [_ally(number, random.choice(["standard", "standard", "small"])) for number in range(allies)]
    told["flows"] = [flow for flow in told["flows"] if "consent" not in flow]
    told["flows"] += _bilateral(random, told["allies"], zones)
    if random.random() < 0.5:
        told["flows"].append(
            {"from": "allies.sensors", "to": "white.referees", "protocol": "udp", "ports": [514], "why": "a second log"}
        )
    if random.random() < 0.4:
        source = random.choice(
            ["allies.targets", "hub.services", "red.attackers", f"{told['allies'][0]['code']}.targets"]
        )
        told["egress"] = {"from": [source], "ports": random.choice([[443], [80, 443], ["8000-8100"]]), "why": "updates"}
    return planned(_exercise(told))


def _bilateral(random: Random, allies: list[dict[str, str]], zones: list[str]) -> list[dict[str, Any]]:
    """Give some flows between two allies each, few enough for the gateway's route tables."""
    found = []
    for _ in range(random.randint(0, min(4, len(allies) // 2))):
        one, other = random.sample(allies, 2)
        source, target = (random.choice(zones) if ally["profile"] == "standard" else "targets" for ally in (one, other))
        protocol = random.choice(["tcp", "udp", "icmp"])
        ports = {} if protocol == "icmp" else {"ports": random.choice([[443], ["5000-5010"], [22, 3389]])}
        flow = {"from": f"{one['code']}.{source}", "to": f"{other['code']}.{target}", "protocol": protocol, **ports}
        found.append({**flow, "why": "a joint cell", "consent": [one["code"], other["code"]]})
    return found
