"""Who can do what to an enclave's things: everybody who can is listed, with the statements, and nobody else."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from range.records.answers import WhoCan
from range.records.snapshot import Snapshot, order
from range.verify.identity.able import lines, who_can
from tests.verify.exercises import steadfast
from tests.verify.identity.accounts import State
from tests.verify.identity.estates import correct
from tests.verify.identity.faulty import answers


@pytest.fixture(scope="module")
def states() -> dict[str, State]:
    return correct(steadfast())


def asked(states: dict[str, State], action: str, on: str) -> WhoCan:
    plan = steadfast()
    found = tuple(sorted(answers(plan, states), key=order))
    taken = datetime(2026, 11, 28, tzinfo=UTC)
    snapshot = Snapshot(exercise=plan.exercise, region=plan.region, taken=taken, steady=True, answers=found)
    return who_can(plan, snapshot, action, on)


def test_nobody_else_than_its_own_people_and_the_archivist_decrypts_with_an_allys_key(states: dict[str, State]) -> None:
    found = asked(states, "kms:Decrypt", "est")

    strangers = {(each.enclave, each.who.rpartition("/")[2]) for each in found.able if each.enclave not in ("est", "")}
    assert strangers == {("hub", "range-controller")}
    archivist = next(each for each in found.able if each.enclave == "hub")
    assert "kms:viaservice is s3.eu-west-2.amazonaws.com" in archivist.why
    assert archivist.chain[-1].endswith(", Archive")
    assert (found.doubts, {each.verdict for each in found.able}) == ((), {"ALLOWED"})


def test_whom_a_policy_lets_in_and_whose_own_policies_do_is_listed_with_both_statements(
    states: dict[str, State],
) -> None:
    there = copy.deepcopy(states)
    plan = steadfast()
    est, gbr = plan.enclave("est").account, plan.enclave("gbr").account
    role = f"arn:aws:iam::{gbr}:role/steadfast-gbr-as-participant"
    entry: dict[str, Any] = {"Sid": "Open", "Effect": "Allow", "Principal": {"AWS": role}, "Action": "s3:Get*"}
    bucket = {"Version": "2012-10-17", "Statement": [{**entry, "Resource": "arn:aws:s3:::mine/*"}]}
    there[est]["buckets"]["mine"] = {"ownership": "BucketOwnerEnforced", "policy": bucket}
    read = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    there[gbr]["roles"]["steadfast-gbr-as-participant"]["policies"]["more"] = {
        "Version": "2012-10-17",
        "Statement": [read],
    }

    found = asked(there, "s3:GetObject", "est")

    (able,) = [each for each in found.able if each.enclave == "gbr" and each.who == role]
    assert able.resource == "arn:aws:s3:::mine"
    assert any("Read" in each for each in able.chain)
    assert able.chain[-1].endswith("Open") or any(each.endswith("Open") for each in able.chain)
    assert asked(states, "s3:GetObject", "est").able != found.able


def test_the_answer_reads_as_sentences_and_says_what_it_lacks(states: dict[str, State]) -> None:
    found = asked(states, "kms:Decrypt", "pol")
    said = list(lines(found.model_copy(update={"doubts": ("kms:ListKeys: AWS refused the call",)})))

    assert said[0].startswith(f"steadfast: kms:Decrypt on pol: {len(found.able)} of {found.asked} can")
    assert said[-1] == "can't be told: kms:ListKeys: AWS refused the call"


def test_unknown_services_and_actions_are_nobodys_but_whoever_may_do_anything(states: dict[str, State]) -> None:
    found = asked(states, "nextyear:DoIt", "est")

    assert {each.who.rpartition("/")[2] for each in found.able} == {"range-controller"}
