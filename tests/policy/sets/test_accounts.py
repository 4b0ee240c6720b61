from __future__ import annotations

import pytest
from hypothesis import given, settings

from range.policy.layers import Layers
from range.policy.sets.accounts import alike
from range.policy.sets.question import Question
from range.policy.sets.search import may
from range.policy.sets.words import in_words
from tests.policy.documents import ACCOUNT, OTHER, layers
from tests.policy.strategies import Written, worlds

THIRD, FOURTH = "333333333333", "444444444444"
ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
EVERYTHING = layers({"identity": [{**ALLOW, "Action": "*"}]}).identity


@pytest.mark.parametrize(
    ("statement", "groups"),
    [
        ({"Principal": "*"}, [(ACCOUNT, THIRD, FOURTH)]),
        ({"Principal": {"AWS": ACCOUNT}}, [(ACCOUNT,), (THIRD, FOURTH)]),
        ({"Principal": {"AWS": f"arn:aws:iam::{THIRD}:role/x"}}, [(THIRD,), (ACCOUNT, FOURTH)]),
        (
            {"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": [THIRD, FOURTH]}}},
            [(THIRD,), (FOURTH,), (ACCOUNT,)],
        ),
        (
            {"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalAccount": "3*"}}},
            [(ACCOUNT,), (THIRD,), (FOURTH,)],
        ),
        (
            {"Principal": "*", "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x"}}},
            [(ACCOUNT, THIRD, FOURTH)],
        ),
    ],
)
def test_accounts_are_apart_where_a_policy_may_tell_them_apart(
    statement: Written, groups: list[tuple[str, ...]]
) -> None:
    policies = Layers(EVERYTHING, resource=layers({"resource": [{**ALLOW, **statement}]}).resource)

    assert alike([ACCOUNT, THIRD, FOURTH], policies) == groups


@settings(max_examples=60, deadline=None)
@given(row=worlds)
def test_what_is_true_of_one_is_true_of_all_that_are_alike(row: Written) -> None:
    policies = layers(row)
    (group,) = alike([THIRD, FOURTH], policies)

    answers = [may(Question(OTHER, ["s3:*"], ["arn:aws:s3:::a*"], account=each), policies) for each in group]

    assert len({answer.verdict for answer in answers}) == 1


def test_an_answer_says_who_and_where_and_by_which_statements() -> None:
    vpc = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    open_to = {**ALLOW, "Sid": "Open", "Principal": {"AWS": f"arn:aws:iam::{THIRD}:role/x"}, "Condition": vpc}
    policies = Layers(EVERYTHING, resource=layers({"resource": [open_to]}).resource)
    actions, resources = ["s3:GetObject"], ["arn:aws:s3:::b/k"]

    assert in_words(may(Question(OTHER, actions, resources, account=THIRD), policies)) == (
        f"arn:aws:sts::{THIRD}:assumed-role/x/somebody may s3:getobject on arn:aws:s3:::b/k, where aws:sourcevpc is vpc-1, "
        "by identity-based policy: managed policy, statement 1; resource-based policy: resource-based policy, Open."
    )
    assert in_words(may(Question(OTHER, actions, resources, account=FOURTH), policies)).startswith("Nobody")


def test_an_answer_that_couldnt_be_found_says_why() -> None:
    unknown = {"StringEquals": {"newservice:Key": "x"}}
    policies = layers({"service_control": [[[{**ALLOW, "Condition": unknown}]]]})

    answer = may(Question(ACCOUNT, ["s3:*"], account=ACCOUNT), policies)

    assert in_words(answer) == "Can't be told: condition key newservice:Key can't be told."
