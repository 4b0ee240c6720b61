"""Every fault of the catalogue is caught, with the thing and the statement named; nothing else is, and no false alarm."""

from __future__ import annotations

import copy
import json
from collections import Counter
from random import Random
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.cloud.images import Images
from range.cloud.sessions import Account
from range.plan import names
from range.records.plan import Plan
from range.records.proof import Finding
from range.records.snapshot import Answer, Refusal
from range.verify.identity.judgement import Identities
from tests.verify.exercises import steadfast
from tests.verify.identity.accounts import State
from tests.verify.identity.estates import correct
from tests.verify.identity.faulty import Fault, answers, catalogue, make, named
from tests.verify.identity.judged import judged

FAULTS = catalogue()


@pytest.fixture(scope="module")
def proof() -> Identities:
    """A proof that goes on from fault to fault, as one that watches a range does."""
    return Identities(steadfast())


@pytest.fixture(scope="module")
def states() -> dict[str, State]:
    return correct(steadfast())


def found(proof: Identities, states: dict[str, State]) -> list[Finding]:
    return proof.findings(answers(steadfast(), states))


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_caught_and_its_statement_is_named(
    proof: Identities, states: dict[str, State], fault: Fault
) -> None:
    faulty = copy.deepcopy(states)
    make(fault, faulty, steadfast())

    findings = found(proof, faulty)
    right, others = judged(findings, fault, named(dict(fault.said), steadfast()))

    assert right, [f"{each.source} → {each.to} {each.verdict} {each.why}" for each in findings]
    assert [each.why for each in others] == []


def test_the_catalogue_has_enough_of_enough_kinds() -> None:
    kinds = Counter(fault.kind for fault in FAULTS)

    assert len(FAULTS) >= 60
    assert len(kinds) >= 10
    assert len({json.dumps(fault.said, sort_keys=True) for fault in FAULTS}) == len(FAULTS)


def test_a_correct_range_raises_no_alarm(states: dict[str, State]) -> None:
    assert found(Identities(steadfast()), states) == []


@pytest.mark.parametrize("seed", range(12))
def test_what_concerns_only_ones_own_account_raises_no_alarm(
    proof: Identities, states: dict[str, State], seed: int
) -> None:
    luck, plan = Random(seed), steadfast()
    there = copy.deepcopy(states)
    for enclave in (plan.hub, *plan.enclaves):
        for _ in range(luck.randint(1, 6)):
            _own_thing(there[enclave.account], enclave.account, luck)

    assert [each.why for each in found(proof, there)] == []


def _own_thing(state: State, account: str, luck: Random) -> None:
    """Make something of a team's own, whose policy is about its own account."""
    root = luck.choice([f"arn:aws:iam::{account}:root", account, f"arn:aws:iam::{account}:role/x{luck.randint(1, 9)}"])
    own = {"StringEquals": {"aws:PrincipalAccount": account}}
    source = {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": f"arn:aws:*:*:{account}:*"}}
    who, when = luck.choice(
        [
            ({"AWS": root}, {}),
            ("*", own),
            ("*", {"StringEquals": {"AWS:SourceOwner": account}}),
            ({"AWS": "*"}, {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/*"}, **own}),
            ({"Service": "s3.amazonaws.com"}, source),
        ]
    )
    kind, action = luck.choice(
        [("queues", "sqs:*"), ("topics", "sns:*"), ("destinations", "logs:*"), ("buses", "events:*")]
    )
    statement = {"Effect": "Allow", "Principal": who, "Action": action, "Resource": "*", "Condition": when}
    policy: dict[str, Any] = {"Version": "2012-10-17", "Statement": [statement]}
    state.setdefault(kind, {})[f"own{luck.randint(1, 99)}"] = policy
    state.setdefault("images", {})[f"ami-{luck.randint(1, 99):017x}"] = []
    state["keys"]["own"].setdefault("grants", []).append(
        {"GrantId": "g", "GranteePrincipal": f"arn:aws:iam::{account}:role/x", "Operations": ["Decrypt"]}
    )


def test_the_one_of_ten_thousand_statements_that_opens_is_found(states: dict[str, State]) -> None:
    plan, there = steadfast(), copy.deepcopy(states)
    est, gbr = plan.enclave("est").account, plan.enclave("gbr").account
    entries = [
        {"Sid": f"s{number}", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{est}:role/r{number}"},
         "Action": f"sqs:A{number}", "Resource": "*"}
        for number in range(10_000)
    ]  # fmt: skip
    entries[5_000]["Principal"] = {"AWS": gbr}
    there[est]["queues"] = {"long": {"Version": "2012-10-17", "Statement": entries}}

    (finding,) = found(Identities(plan), there)

    assert (finding.source, finding.to, finding.verdict) == ("gbr", "est", "VIOLATED")
    assert finding.chain[-1].endswith("s5000")


def test_an_answer_that_is_refused_missing_or_cut_short_is_unknown(states: dict[str, State]) -> None:
    plan: Plan = steadfast()
    whole, proof = list(answers(plan, states)), Identities(plan)
    for number, answer in enumerate(whole):
        if (answer.service, answer.operation) in (("s3", "ListBuckets"), ("ec2", "DescribeVpcEndpoints")):
            continue
        if answer.account != plan.hub.account:
            continue
        refused = answer.model_copy(update={"refusal": Refusal(code="AccessDenied", message="no"), "pages": ()})
        for told in ([refused], []):
            findings = proof.findings([*whole[:number], *told, *whole[number + 1 :]])
            if answer.service == "sso-admin" and told:
                continue
            assert any(each.verdict == "UNKNOWN" for each in findings), answer.operation


def test_an_answer_of_another_form_is_unknown_and_never_proven(states: dict[str, State]) -> None:
    plan = steadfast()
    for answer in list(answers(plan, states)):
        if answer.account == plan.hub.account and answer.operation == "GetAccountAuthorizationDetails":
            broken: list[Answer] = [each if each != answer else _broken(answer) for each in answers(plan, states)]
            verdicts = {each.verdict for each in Identities(plan).findings(broken)}
            assert "UNKNOWN" in verdicts


def _broken(answer: Answer) -> Answer:
    result = {**answer.pages[0].result, "RoleDetailList": [{"Arn": 7}]}
    return answer.model_copy(update={"pages": (answer.pages[0].model_copy(update={"result": result}),)})


GOLDEN = "ami-0fedcba9876543210"


def with_a_golden_image(states: dict[str, State], owner: str, to: str) -> dict[str, State]:
    """Share a golden image of an account with another, as `range image build` does."""
    plan, shared = steadfast(), copy.deepcopy(states)
    state = shared[plan.enclave(owner).account]
    state["images"], state["golden"] = {GOLDEN: [{"UserId": to}]}, {GOLDEN: {}}
    images = Images(cast("Account", SimpleNamespace(id=plan.hub.account, region=plan.region)), "x", {}, Event())
    controllers = [names.controller_role_arn(plan, each.account) for each in plan.enclaves]
    state.setdefault("keys", {})["images"] = {"policy": json.loads(images.policy(controllers))}
    return shared


def test_golden_images_of_the_hub_and_their_key_are_declared_for_the_accounts_of_the_exercise(
    proof: Identities, states: dict[str, State]
) -> None:
    shared = with_a_golden_image(states, "hub", steadfast().enclave("est").account)

    assert [each.why for each in found(proof, shared)] == []


@pytest.mark.parametrize(("owner", "to"), [("hub", "777777777777"), ("gbr", "{est}")])
def test_a_golden_image_for_a_stranger_or_of_an_ally_is_not(
    proof: Identities, states: dict[str, State], owner: str, to: str
) -> None:
    shared = with_a_golden_image(states, owner, named(to, steadfast()))

    assert any(GOLDEN in each.resource and each.verdict == "VIOLATED" for each in found(proof, shared))


def test_an_image_of_the_hub_that_is_not_golden_is_no_allys_to_launch(
    proof: Identities, states: dict[str, State]
) -> None:
    shared = with_a_golden_image(states, "hub", steadfast().enclave("est").account)
    shared[steadfast().hub.account]["golden"] = {}

    assert [each.resource for each in found(proof, shared)] == [GOLDEN]


def test_a_key_of_the_hub_that_allies_use_for_anything_but_volumes_is_not_declared(
    proof: Identities, states: dict[str, State]
) -> None:
    shared = with_a_golden_image(states, "hub", steadfast().enclave("est").account)
    policy = shared[steadfast().hub.account]["keys"]["images"]["policy"]
    policy["Statement"][1]["Condition"]["StringEquals"]["kms:ViaService"] = "s3.eu-west-2.amazonaws.com"

    assert {each.to for each in found(proof, shared)} == {"hub"}
