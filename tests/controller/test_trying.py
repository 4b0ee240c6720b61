"""Packets in a reset: to whom they are sent, and what becomes of an enclave whose hosts can't be tried."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.controller.played import Played
from range.controller.site import Setting
from range.controller.trying import packets_of, tried
from range.errors import CloudError
from range.records.proof import Probes, Proof
from range.records.session import Session
from range.verify.decision import prove
from tests.verify.exercises import steadfast
from tests.verify.ranges import range_of


@pytest.fixture(scope="module")
def proof() -> Proof:
    """The proof of a correct range."""
    return prove(steadfast(), range_of(steadfast()).cloud.snapshot())


class Ways:
    """Stands where the ways to hosts are: no host can be come by, and who was asked is noted."""

    def __init__(self, refusal: str = "") -> None:
        self.refusal = refusal
        self.asked: set[str] = set()

    def open(self, patience_s: float, stop: threading.Event) -> None:
        if self.refusal:
            raise CloudError(self.refusal)

    def as_root(self, enclave: str, host: str, words: Sequence[str]) -> list[str]:
        self.asked.add(enclave)
        return ["false"]


def setting(folder: Path, ways: Ways | None, up: Sequence[str] = ("gbr", "est", "pol", "red", "white")) -> Setting:
    """Give what counts here of an exercise in which est is reset."""
    found: Any = SimpleNamespace(
        plan=steadfast(),
        records=folder,
        ways=ways,
        hostless="hosts are left out",
        resets=("est",),
        stands=lambda name: name in up,
    )
    return cast("Setting", found)


def play_in(at: Setting, *enclaves: str) -> None:
    """Open a session."""
    now = datetime.now(UTC)
    Played.of(at).keep(Session(number=1, began=now, ends=now, who="me", enclaves=enclaves))


def test_where_there_are_no_hosts_that_is_said_and_skipped(tmp_path: Path, proof: Proof) -> None:
    packets = packets_of(tried(setting(tmp_path, None), lambda: proof).probes, "est")

    assert packets == ((), ("packets: hosts are left out",), ())


def test_a_bastion_that_does_not_answer_is_a_reason_not_to_be_clean(tmp_path: Path, proof: Proof) -> None:
    packets = packets_of(tried(setting(tmp_path, Ways("timed out")), lambda: proof).probes, "est")

    assert packets.problems == ("packets couldn't be sent from est: timed out",)


def test_nobody_is_tried_who_plays_or_is_not_up(tmp_path: Path, proof: Proof) -> None:
    ways = Ways()
    at = setting(tmp_path, ways, up=("est", "pol", "gbr", "red"))
    play_in(at, "gbr")

    tried(at, lambda: proof)

    assert ways.asked == {"hub", "est", "pol", "red"}


def test_nobody_is_tried_without_whom_it_is_proven(tmp_path: Path, proof: Proof) -> None:
    ways = Ways()

    tried(setting(tmp_path, ways), lambda: proof, {"pol", "gbr"})

    assert ways.asked == {"hub", "est", "red", "white"}


def test_a_silent_host_of_its_own_is_a_problem_and_one_of_anothers_is_not() -> None:
    probes = Probes(tried=5, passed=2, dropped=3, left_out=("pol/web-1",), why="pol/web-1 is silent")

    assert packets_of(probes, "est").notes == ("5 packets agree with it, 2 of them arrived",)
    assert packets_of(probes, "pol").problems == ("packets couldn't be sent from pol/web-1: pol/web-1 is silent",)
