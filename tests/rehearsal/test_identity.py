"""Who is who, and who may become whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.credentials import Credentials

from range.rehearsal import sessions
from tests.rehearsal.conftest import EST, HUB, MANAGEMENT, Exercise

Client = Callable[..., Any]
Refused = Callable[[str], Any]
OPERATOR = f"arn:aws:iam::{MANAGEMENT}:user/range-operator"
ROLE = f"arn:aws:iam::{HUB}:role/controller"


def trust(principal: Any, **condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def controller(client: Client) -> Callable[..., None]:
    """Makes the role `controller` in the hub's account, with a trust policy."""

    def make(policy: str, **fields: Any) -> None:
        client("iam", HUB).create_role(RoleName="controller", AssumeRolePolicyDocument=policy, **fields)

    return make


def test_the_operator_and_a_role_are_told_who_they_are(client: Client) -> None:
    operator, member = (client("sts", account).get_caller_identity() for account in (MANAGEMENT, EST))

    assert (operator["Account"], operator["Arn"]) == (MANAGEMENT, OPERATOR)
    assert (member["Account"], member["Arn"]) == (
        EST,
        f"arn:aws:sts::{EST}:assumed-role/OrganizationAccountAccessRole/test",
    )
    assert member["UserId"].endswith(":test")


@pytest.mark.parametrize(
    "principal",
    [{"AWS": OPERATOR}, {"AWS": [EST, OPERATOR]}, {"AWS": MANAGEMENT}, {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}],
)
def test_whom_a_trust_policy_names_may_be_the_role(
    exercise: Exercise, controller: Callable[..., None], principal: Any
) -> None:
    controller(trust(principal))

    assert exercise.assume(ROLE).token


@pytest.mark.parametrize("external_id", [None, "wrong"])
def test_the_external_id_must_be_the_one_of_the_trust_policy(
    exercise: Exercise, controller: Callable[..., None], refused: Refused, external_id: str | None
) -> None:
    controller(trust({"AWS": OPERATOR}, StringEquals={"sts:ExternalId": "right"}))

    with refused("AccessDenied"):
        exercise.assume(ROLE, **({"ExternalId": external_id} if external_id else {}))

    assert exercise.assume(ROLE, ExternalId="right").token


@pytest.mark.truth("role-that-trusts-others")
def test_others_may_not(exercise: Exercise, controller: Callable[..., None], refused: Refused) -> None:
    controller(trust({"AWS": OPERATOR}))

    with refused("AccessDenied"):
        exercise.assume(ROLE, account=EST)


@pytest.mark.parametrize("role", ["arn:aws:iam::100000000002:role/none", "arn:aws:iam::999999999999:role/none"])
@pytest.mark.truth("role-that-trusts-others")
def test_a_role_that_is_not_there_is_denied_like_one_that_is_not_for_you(
    exercise: Exercise, refused: Refused, role: str
) -> None:
    with refused("AccessDenied"):
        exercise.assume(role)


def test_a_condition_that_nobody_understands_lets_nobody_in(
    exercise: Exercise, controller: Callable[..., None], refused: Refused
) -> None:
    controller(trust({"AWS": OPERATOR}, NumericLessThan={"aws:MultiFactorAuthAge": "300"}))

    with refused("AccessDenied"):
        exercise.assume(ROLE)


def test_a_deny_counts_more_than_an_allow(
    exercise: Exercise, client: Client, controller: Callable[..., None], refused: Refused
) -> None:
    document = json.loads(trust({"AWS": OPERATOR}))
    document["Statement"].append({"Effect": "Deny", "Principal": "*", "Action": "sts:*"})
    controller(json.dumps(document))

    with refused("AccessDenied"):
        exercise.assume(ROLE)


@pytest.mark.truth("session-too-long")
def test_a_session_lasts_as_long_as_its_role_allows(
    exercise: Exercise, controller: Callable[..., None], refused: Refused
) -> None:
    controller(trust({"AWS": [OPERATOR, EST]}), MaxSessionDuration=7200)

    assert exercise.assume(ROLE, DurationSeconds=7200).token
    with refused("ValidationError"):
        exercise.assume(ROLE, DurationSeconds=7201)
    with refused("ValidationError"):
        exercise.assume(ROLE, account=EST, DurationSeconds=3601)


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ec2", "describe_vpcs", "RequestExpired"),
        ("s3", "list_buckets", "ExpiredToken"),
        ("kms", "list_keys", "ExpiredTokenException"),
        ("iam", "list_roles", "ExpiredToken"),
    ],
)
def test_an_expired_session_is_refused_in_the_words_of_the_service(
    exercise: Exercise, refused: Refused, service: str, operation: str, code: str
) -> None:
    arn = f"arn:aws:sts::{EST}:assumed-role/r/test"
    over = sessions.open_session(EST, arn, "AROA:test", "arn", length=timedelta(seconds=-1))

    with refused(code):
        getattr(exercise.acting(service, Credentials(over.access_key, over.secret, over.token)), operation)()


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("kms", "list_keys", "UnrecognizedClientException"),
        ("iam", "list_roles", "InvalidClientTokenId"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
    ],
)
def test_an_unknown_key_is_refused_in_the_words_of_the_service(
    exercise: Exercise, refused: Refused, service: str, operation: str, code: str
) -> None:
    with refused(code):
        getattr(exercise.acting(service, Credentials("AKIAIOSFODNN7EXAMPLE", "secret")), operation)()


def test_a_session_needs_its_own_token(exercise: Exercise, refused: Refused) -> None:
    known, other = exercise.credentials(EST), exercise.credentials(HUB)

    with refused("InvalidClientTokenId"):
        exercise.acting("sts", Credentials(known.access_key, known.secret_key, other.token)).get_caller_identity()


def test_a_key_that_was_switched_off_opens_nothing(exercise: Exercise, client: Client, refused: Refused) -> None:
    iam = client("iam")
    iam.create_user(UserName="player")
    key = iam.create_access_key(UserName="player")["AccessKey"]
    player = exercise.acting("sts", Credentials(key["AccessKeyId"], key["SecretAccessKey"]))
    before = player.get_caller_identity()["Arn"]

    iam.update_access_key(UserName="player", AccessKeyId=key["AccessKeyId"], Status="Inactive")

    assert before == f"arn:aws:iam::{EST}:user/player"
    with refused("InvalidClientTokenId"):
        player.get_caller_identity()


def test_a_user_gets_a_session_of_its_own(exercise: Exercise, client: Client, refused: Refused) -> None:
    keys = client("sts", MANAGEMENT).get_session_token()["Credentials"]
    session = Credentials(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])

    assert exercise.acting("sts", session).get_caller_identity()["Arn"] == OPERATOR
    with refused("AccessDenied"):
        client("sts", EST).get_session_token()
