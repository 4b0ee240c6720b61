from __future__ import annotations

from typing import Any

import pytest

from range.policy.decision import Verdict
from range.policy.kinds import Kind
from range.policy.layers import Layers
from range.policy.reading import read
from range.policy.request import role_session, user
from range.policy.rules import Rules
from range.policy.sets.question import Question
from range.policy.sets.search import may
from stacks.documents.buckets import archive_policy, evidence_policy
from stacks.documents.guardrails import Scope, guardrails
from stacks.documents.keys import KeyUsers, key_policy
from stacks.documents.language import Place
from stacks.documents.roles import boundary, plays
from tests.policy.documents import ACCOUNT, CALLERS, OTHER, cases, layers

ROWS = cases("sets")
VERDICTS = {"yes": Verdict.ALLOWED, "no": Verdict.DENIED, "unsure": Verdict.UNKNOWN}
ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}
EVERYTHING = layers({"identity": [ALLOW]}).identity
HERE = Place("eu-west-2", ACCOUNT)
KEY = HERE.arn("kms", "key/1")
BUCKET = "steadfast-est-evidence"
TO_THE_BUCKET = (HERE.bucket(BUCKET), HERE.bucket(f"{BUCKET}/*"))


@pytest.mark.parametrize("row", ROWS, ids=[f"{number} {row[0]} {row[1]}" for number, row in enumerate(ROWS)])
def test_conditions_meet_or_exclude_each_other(row: tuple[dict[str, Any], dict[str, Any], str]) -> None:
    allowed, denied, passes = row
    statements = [{**ALLOW, "Condition": allowed}]
    if denied or row[0] == {}:
        statements.append({**ALLOW, "Effect": "Deny", "Condition": denied})

    answer = may(Question(ACCOUNT, ["s3:GetObject"], principal=None, account=ACCOUNT), no_root(statements))

    assert answer.verdict is VERDICTS[passes], (answer.request, answer.doubts)


def no_root(statements: list[dict[str, Any]]) -> Layers:
    """Bind the root user, too: as a boundary around the account."""
    (rules,) = layers({"identity": statements}).identity
    return Layers(identity=EVERYTHING, service_control=((rules,),))


def test_nobody_of_another_ally_may_use_an_allys_key() -> None:
    policy = Rules(
        read(key_policy(KeyUsers(HERE, "/range/steadfast/est/*", "steadfast")), Kind.KEY, "the key's policy")
    )

    assert (
        may(Question(ACCOUNT, ["kms:*"], [KEY], account=OTHER), Layers(EVERYTHING, resource=policy)).verdict == "DENIED"
    )


def test_the_archivist_may_use_it_through_s3_and_the_answer_names_the_statement() -> None:
    archivist = f"arn:aws:iam::{OTHER}:role/archivist"
    users = KeyUsers(HERE, "/range/steadfast/est/*", "steadfast", archivist)
    policy = Rules(read(key_policy(users), Kind.KEY, "the key's policy"))

    answer = may(Question(ACCOUNT, ["kms:Decrypt"], [KEY], account=OTHER), Layers(EVERYTHING, resource=policy))

    assert answer.request is not None
    assert answer.request.context["kms:viaservice"] == ("s3.eu-west-2.amazonaws.com",)
    assert answer.request.principal.issuer == archivist
    assert answer.decision is not None
    assert answer.decision.chain[-1][1].cited == "the key's policy, Archive"


@pytest.mark.parametrize("text", [evidence_policy(HERE, BUCKET, "steadfast"), archive_policy(HERE, BUCKET)])
def test_nobody_of_another_ally_may_touch_an_allys_evidence(text: str) -> None:
    policy = Rules(read(text, Kind.BUCKET))

    assert (
        may(Question(ACCOUNT, ["s3:*"], TO_THE_BUCKET, account=OTHER), Layers(EVERYTHING, resource=policy)).verdict
        == "DENIED"
    )


def test_a_bucket_that_lets_everybody_in_is_found() -> None:
    policy = layers({"resource": [{"Sid": "Open", **ALLOW, "Action": "s3:GetObject", "Principal": "*"}]}).resource

    answer = may(Question(ACCOUNT, ["s3:*"], TO_THE_BUCKET, account=OTHER), Layers(EVERYTHING, resource=policy))

    assert answer.decision is not None
    assert [rule.statement.sid for _, rule in answer.decision.chain] == ["Open"]


def player() -> Layers:
    """Give what a player is under."""
    full = Rules(read('{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}', Kind.ROLE))
    texts = guardrails(Scope(HERE, "steadfast", "range-controller", "steadfast-boundary"))
    fences = [Rules(read(text, Kind.SERVICE_CONTROL, name)) for name, text in texts.items()]
    return Layers(
        identity=(Rules(read(plays(HERE, "/range/*"), Kind.ROLE)),),
        boundary=Rules(read(boundary(HERE, (BUCKET,)), Kind.MANAGED)),
        service_control=((full,), (full, *fences)),
    )


PLAYER = role_session(f"arn:aws:sts::{ACCOUNT}:assumed-role/blue/alice", HERE.iam("role/steadfast-blue"))


@pytest.mark.parametrize(
    "actions",
    [
        ["ec2:CreateInternetGateway", "ec2:CreateVpcPeeringConnection", "ec2:CreateTransitGateway*"],
        ["ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute", "ram:*"],
        ["iam:*", "organizations:*", "kms:*"],
        ["s3:PutObjectRetention", "ec2:LockSnapshot"],
    ],
)
def test_a_player_has_no_way_out_whatever_the_request_says(actions: list[str]) -> None:
    assert may(Question(ACCOUNT, actions, principal=PLAYER), player()).verdict == "DENIED"


def test_a_player_may_run_machines_in_the_region_of_the_exercise_only() -> None:
    running = ["ec2:RunInstances"]
    here = Question(ACCOUNT, running, principal=PLAYER, context={"aws:RequestedRegion": ["eu-west-2"]})
    elsewhere = Question(ACCOUNT, running, principal=PLAYER, context={"aws:RequestedRegion": ["us-east-1"]})

    assert may(here, player()).verdict == "ALLOWED"
    assert may(elsewhere, player()).verdict == "DENIED"


def test_a_statement_that_cant_be_read_leaves_the_question_open() -> None:
    policy = layers({"version": "2008-10-17", "identity": [{**ALLOW, "Principle": "*"}]})

    answer = may(Question(ACCOUNT, principal=CALLERS["user"]), policy)

    assert answer.verdict is Verdict.UNKNOWN
    assert "unknown element 'Principle'" in "; ".join(answer.doubts)


def test_the_same_question_has_the_same_answer() -> None:
    asked = [may(Question(ACCOUNT, ["ec2:*"], principal=PLAYER), player()).request for _ in range(3)]

    assert asked[0] is not None
    assert asked == asked[:1] * 3


def test_a_role_named_under_a_path_is_somebody_of_its_account() -> None:
    named = f"arn:aws:iam::{OTHER}:role/a/path/reader"
    policy = layers({"resource": [{**ALLOW, "Action": "s3:GetObject", "Principal": {"AWS": named}}]}).resource

    answer = may(Question(ACCOUNT, ["s3:*"], TO_THE_BUCKET, account=OTHER), Layers(EVERYTHING, resource=policy))

    assert answer.request is not None
    assert answer.request.principal.arn == f"arn:aws:sts::{OTHER}:assumed-role/reader/somebody"
    assert (
        may(
            Question(ACCOUNT, principal=user(f"arn:aws:iam::{OTHER}:user/x")), Layers(EVERYTHING, resource=policy)
        ).verdict
        == "DENIED"
    )


ACROSS = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:{OTHER}:log-group:x"
PATTERN = f"arn:aws:logs:*:{OTHER}:log-group:x"


def test_a_request_that_passes_for_certain_is_preferred() -> None:
    policy = layers({"identity": [ALLOW, {**ALLOW, "Effect": "Deny", "Resource": PATTERN}]})
    other = f"arn:aws:logs:eu-west-2:{ACCOUNT}:log-group:y"

    answer = may(Question(ACCOUNT, ["logs:GetLogEvents"], [ACROSS, other], CALLERS["user"]), policy)

    assert answer.request is not None
    assert answer.request.resource == other


def test_what_is_spared_only_perhaps_is_left_open() -> None:
    policy = layers({"identity": [{"Effect": "Allow", "Action": "*", "NotResource": PATTERN}]})

    assert may(Question(ACCOUNT, ["logs:GetLogEvents"], [ACROSS], CALLERS["user"]), policy).verdict is Verdict.UNKNOWN
