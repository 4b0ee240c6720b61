"""The range's own documents: AWS takes them, and they leave nobody inside an enclave a way round."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from range.policy.kinds import Kind
from range.policy.layers import Layers
from range.policy.reading import read
from range.policy.request import role_session
from range.policy.rules import Rules
from range.policy.sets.question import Question
from range.policy.sets.search import may
from stacks.documents import buckets, endpoints, guardrails, keys, roles
from stacks.documents.language import Place
from tests.policy.documents import ACCOUNT, CASES

HERE = Place("eu-west-2", ACCOUNT)
BUCKET = "steadfast-est-evidence"
SCOPE = guardrails.Scope(HERE, "steadfast", "range-controller", "steadfast-boundary")
GUARDRAILS = guardrails.guardrails(SCOPE)
EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
PLAYER = role_session(f"arn:aws:sts::{ACCOUNT}:assumed-role/steadfast-blue/alice", HERE.iam("role/steadfast-blue"))
CONTROLLER = role_session(f"arn:aws:sts::{ACCOUNT}:assumed-role/range-controller/x", HERE.iam("role/range-controller"))
FORBIDDEN: dict[str, list[str]] = yaml.safe_load((CASES / "forbidden.yaml").read_text(encoding="utf-8"))
DOCUMENTS = [
    (Kind.KEY, keys.key_policy(keys.KeyUsers(HERE, "/range/steadfast/est/*", "steadfast", HERE.iam("role/archive")))),
    (Kind.BUCKET, buckets.evidence_policy(HERE, BUCKET, "steadfast")),
    (Kind.BUCKET, buckets.archive_policy(HERE, BUCKET)),
    (Kind.ENDPOINT, endpoints.own_resources_only(HERE)),
    (Kind.ENDPOINT, endpoints.own_principals_only(HERE)),
    (Kind.TRUST, roles.trusted_service("ec2.amazonaws.com")),
    (Kind.TRUST, roles.trusted_flow_logs(HERE)),
    (Kind.TRUST, roles.trusted_account(HERE)),
    (Kind.ROLE, roles.writes_flow_logs(HERE, "/range/steadfast/est/flows")),
    (Kind.ROLE, roles.answers_session_manager()),
    (Kind.ROLE, roles.plays(HERE, "/range/steadfast/est/*")),
    (Kind.MANAGED, roles.boundary(HERE, (BUCKET,))),
    *((Kind.SERVICE_CONTROL, text) for text in GUARDRAILS.values()),
]


@pytest.mark.parametrize(("kind", "text"), DOCUMENTS)
def test_aws_takes_the_documents_that_the_stacks_write(kind: Kind, text: str) -> None:
    assert read(text, kind).doubts == ()


def under_guardrails() -> Layers:
    """Give what an administrator of an enclave would be under who has the boundary: nothing of his own narrows him."""
    everything = Rules(read(EVERYTHING, Kind.MANAGED))
    fences = [Rules(read(text, Kind.SERVICE_CONTROL, name)) for name, text in GUARDRAILS.items()]
    return Layers(
        identity=(everything,),
        boundary=Rules(read(roles.boundary(HERE, (BUCKET,)), Kind.MANAGED)),
        service_control=((everything,), (everything, *fences)),
    )


@pytest.mark.parametrize("reason", FORBIDDEN)
def test_an_administrator_with_the_boundary_has_no_way_to(reason: str) -> None:
    policies = under_guardrails()
    answers = {action: may(Question(ACCOUNT, [action], principal=PLAYER), policies) for action in FORBIDDEN[reason]}

    assert {action: answer for action, answer in answers.items() if answer.verdict != "DENIED"} == {}


def test_another_region_is_out_of_reach_but_for_what_has_no_region() -> None:
    elsewhere = {"aws:RequestedRegion": ["us-east-1"]}
    allowed = ["ec2:*", "s3:*", "ssm:*", "logs:*", "secretsmanager:*"]
    worldwide = ["ec2:DescribeRegions", "ec2:DescribeTransitGateways", "ec2:DescribeVpnGateways"]
    worldwide += ["s3:GetAccountPublic*", "s3:ListAllMyBuckets", "s3:PutAccountPublic*"]
    policies = under_guardrails()
    regional = Rules(
        read(EVERYTHING.replace('"Action":"*"', '"NotAction":' + str(worldwide).replace("'", '"')), Kind.ROLE)
    )

    answer = may(
        Question(ACCOUNT, allowed, principal=PLAYER, context=elsewhere), replace(policies, identity=(regional,))
    )

    assert answer.verdict == "DENIED"


def test_what_the_stacks_made_stays_as_they_made_it() -> None:
    ours = {"aws:ResourceTag/range:state": ["0123456789ab"]}
    changes = [
        "ec2:Delete*",
        "ec2:Modify*",
        "ec2:TerminateInstances",
        "ec2:Replace*",
        "ec2:Authorize*",
        "ec2:CreateRoute",
    ]

    answer = may(Question(ACCOUNT, changes, principal=PLAYER, context=ours), under_guardrails())

    assert answer.verdict == "DENIED"


def test_nobody_forges_the_tags_that_mark_it() -> None:
    forging = {"aws:TagKeys": ["mine", "range:state"]}

    assert may(Question(ACCOUNT, principal=PLAYER, context=forging), under_guardrails()).verdict == "DENIED"


def test_a_secret_isnt_made_with_copies_elsewhere() -> None:
    elsewhere = {"secretsmanager:AddReplicaRegions": ["us-east-1"]}
    question = Question(ACCOUNT, ["secretsmanager:CreateSecret"], principal=PLAYER, context=elsewhere)
    here = replace(question, context={"secretsmanager:AddReplicaRegions": None})

    assert may(question, under_guardrails()).verdict == "DENIED"
    assert may(here, under_guardrails()).verdict == "ALLOWED"


def test_a_service_that_nobody_needs_is_closed_to_everybody_but_the_controller() -> None:
    closed = ["a-service-of-next-year:*", "lambda:*", "sns:*"]
    policies = replace(under_guardrails(), boundary=None)

    assert may(Question(ACCOUNT, closed, account=ACCOUNT), policies).verdict == "ALLOWED"
    assert may(Question(ACCOUNT, closed, principal=PLAYER), policies).verdict == "DENIED"


def test_the_guardrails_leave_the_controller_free() -> None:
    policies = replace(under_guardrails(), boundary=None)
    everything = [action for actions in FORBIDDEN.values() for action in actions if not action.startswith("kms:")]

    for action in everything:
        answer = may(Question(ACCOUNT, [action], [HERE.arn(action.partition(":")[0], "x")], CONTROLLER), policies)
        assert answer.verdict == ("DENIED" if action == "sts:AssumeRole" else "ALLOWED"), action
