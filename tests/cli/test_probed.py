"""`range verify` where packets are to be sent: what it says when there is no host, or none can be come by."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from range.cli import surroundings, verify
from range.errors import CloudError
from range.records.proof import Proof
from range.verify.decision import prove
from range.verify.matrix import lines
from tests.verify.exercises import steadfast
from tests.verify.ranges import range_of


@pytest.fixture(scope="module")
def proof() -> Proof:
    """The proof of a correct range."""
    return prove(steadfast(), range_of(steadfast()).cloud.snapshot())


class Ways:
    """Stands where the ways to hosts are: the bastion answers or not, and what is run on a host is `words` here."""

    def __init__(self, refusal: str | None, words: Sequence[str] = ()) -> None:
        self.refusal, self.words = refusal, list(words)
        self.asked: list[str] = []

    def open(self, patience_s: float, stop: threading.Event) -> None:
        """Come by the bastion, or not."""
        if self.refusal:
            raise CloudError(self.refusal)

    def as_root(self, enclave: str, host: str, words: Sequence[str]) -> list[str]:
        """Note what is to be run, and run something else."""
        self.asked.append(f"{enclave}/{host} {words[0]}")
        return self.words


def probed(monkeypatch: pytest.MonkeyPatch, proof: Proof, ways: Ways | None) -> Proof:
    """Have packets sent."""
    monkeypatch.setattr(surroundings, "ways", lambda planned, folder: ways)
    monkeypatch.setenv("RANGE_HOSTLESS", "hosts were left out")
    return verify._probed(steadfast(), proof, Path("nowhere"), ())


def test_without_hosts_the_verdict_stays_and_that_is_said(monkeypatch: pytest.MonkeyPatch, proof: Proof) -> None:
    seen = probed(monkeypatch, proof, None)

    assert seen.verdict == proof.verdict == "PROVEN"
    assert "no packets were sent to check it: hosts were left out" in list(lines(seen))


def test_a_bastion_that_does_not_answer_is_said_and_makes_no_verdict(
    monkeypatch: pytest.MonkeyPatch, proof: Proof
) -> None:
    seen = probed(monkeypatch, proof, Ways("the bastion hub/bastion-1 can't be come by: timed out"))

    assert (seen.verdict, seen.probes.tried) == ("PROVEN", 0)
    assert "bastion" in seen.probes.why


def test_what_runs_on_hosts_runs_as_root_and_a_host_that_fails_is_named(
    monkeypatch: pytest.MonkeyPatch, proof: Proof
) -> None:
    ways = Ways(None, ("sh", "-c", "echo no python3 here >&2"))

    seen = probed(monkeypatch, proof, ways)

    assert seen.verdict == "PROVEN"
    assert "no python3 here" in seen.probes.why
    assert "hub/bastion-1 python3" in ways.asked
