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

    can = len({each.who for each in found.able})
    assert said[0] == f"steadfast: kms:Decrypt on pol: {can} can; {found.asked} of the exercise were asked"
    assert said[-1] == "can't be told: kms:ListKeys: AWS refused the call"


def test_unknown_services_and_actions_are_nobodys_but_whoever_may_do_anything(states: dict[str, State]) -> None:
    found = asked(states, "nextyear:DoIt", "est")

    assert {each.who.rpartition("/")[2] for each in found.able} == {"range-controller"}


def opened(states: dict[str, State], kind: str, name: str, value: Any) -> dict[str, State]:
    """Give states with a thing more in Estonia's account."""
    there = copy.deepcopy(states)
    there[steadfast().enclave("est").account].setdefault(kind, {})[name] = value
    return there


@pytest.mark.parametrize(
    ("principal", "who"),
    [
        ({"AWS": "arn:aws:iam::777777777777:root"}, {"arn:aws:iam::777777777777:root"}),
        ({"AWS": "*"}, {"arn:aws:iam::*:root", "*"}),
    ],
)
def test_who_is_let_in_from_outside_the_exercise_is_listed(
    states: dict[str, State], principal: Any, who: set[str]
) -> None:
    entry = {"Sid": "Open", "Effect": "Allow", "Principal": principal, "Action": "sqs:SendMessage", "Resource": "*"}
    found = asked(
        opened(states, "queues", "inbox", {"Version": "2012-10-17", "Statement": [entry]}), "sqs:Send*", "est"
    )

    outside = [each for each in found.able if each.enclave == "internet"]
    assert {each.who for each in outside} == who
    assert all(each.chain[-1].endswith("Open") for each in outside)
    assert f", {len(who)} from outside among them" in next(lines(found))


def test_the_management_account_is_listed_where_it_may_come_in(states: dict[str, State]) -> None:
    found = asked(states, "sts:AssumeRole", "est")

    roles = {each.resource.rpartition("/")[2] for each in found.able if each.enclave == "internet"}
    assert roles == {"range-controller", "OrganizationAccountAccessRole"}


def test_whom_a_grant_lets_use_a_key_is_listed(states: dict[str, State]) -> None:
    gbr = steadfast().enclave("gbr").account
    grant = {"GrantId": "g", "GranteePrincipal": f"arn:aws:iam::{gbr}:role/x", "Operations": ["Decrypt", "Encrypt"]}
    there = copy.deepcopy(states)
    there[steadfast().enclave("est").account]["keys"]["own"]["grants"] = [grant]

    (able,) = [each for each in asked(there, "kms:Decrypt", "est").able if each.enclave == "gbr"]

    assert (able.who, able.resource) == (f"arn:aws:iam::{gbr}:role/x", "own")
    assert able.chain == ("grant on a key: own",)
    assert [each for each in asked(there, "kms:CreateGrant", "est").able if each.enclave == "gbr"] == []


def test_whom_a_provider_vouches_for_can_not_be_told(states: dict[str, State]) -> None:
    est = steadfast().enclave("est").account
    provider = f"arn:aws:iam::{est}:saml-provider/corp"
    entry = {"Effect": "Allow", "Principal": {"Federated": provider}, "Action": "sts:AssumeRoleWithSAML"}
    role = {"trust": {"Version": "2012-10-17", "Statement": [entry]}}

    found = asked(opened(states, "roles", "door", role), "sts:AssumeRoleWithSAML", "est")

    assert [(each.who, each.verdict) for each in found.able if each.enclave == "internet"] == [(provider, "UNKNOWN")]
