"""What `range rehearse` takes for wrong in the answers of its rounds."""

from __future__ import annotations

from typing import Any

import pytest

from range.cli.rounds import ROUNDS, Round, rounds

PROBED: dict[str, Any] = {"tried": 300, "passed": 40, "left_out": [], "why": ""}
UNPROBED: dict[str, Any] = {"tried": 0, "passed": 0, "left_out": [], "why": "hosts are left out"}
PROVEN: dict[str, Any] = {"verdict": "PROVEN", "pairs": 210, "findings": [], "probes": PROBED}


def named(name: str) -> Round:
    return next(each for each in ROUNDS if each.name == name)


def test_a_proof_that_packets_agree_with_is_right_and_says_how_many() -> None:
    verify = named("verify")

    assert verify.wrong(PROVEN) is None
    assert verify.told(PROVEN) == "210 pairs of zones PROVEN; 300 packets agree, 40 of them arrived"
    assert verify.told({**PROVEN, "probes": UNPROBED}) == "210 pairs of zones PROVEN"


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (
            {"verdict": "VIOLATED", "findings": [{"why": "packets contradict the proof"}]},
            "packets contradict the proof",
        ),
        ({"probes": {**PROBED, "left_out": ["est/web-1"], "why": "est/web-1 can't be probed from"}}, "est/web-1"),
        (
            {"probes": {**UNPROBED, "left_out": ["est/web-1"], "why": "nobody could be probed from"}},
            "nobody could be probed from: est/web-1",
        ),
    ],
)
def test_what_is_not_proven_and_hosts_that_no_packet_was_sent_from_are_wrong(
    answer: dict[str, Any], wrong: str
) -> None:
    told = named("verify").wrong({**PROVEN, **answer})

    assert told is not None
    assert wrong in told


def test_attacks_are_made_only_where_there_are_hosts() -> None:
    assert {each.name for each in rounds(hosts=True)} - {each.name for each in rounds(hosts=False)} >= {"attack"}
    assert "verify" in {each.name for each in rounds(hosts=False)}
