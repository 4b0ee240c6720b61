"""The policy language: a million requests decided by the policies that a player of the range is under, on one core."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from functools import partial
from itertools import cycle, islice
from typing import TypeVar

from bench.figures import Figure
from range.policy.evaluation import decide
from range.policy.kinds import Kind
from range.policy.layers import Layers
from range.policy.reading import found, read
from range.policy.request import Request, asked, role_session
from range.policy.rules import Rules
from range.policy.sets.question import Question
from range.policy.sets.search import may
from stacks.documents import buckets, guardrails, roles
from stacks.documents.keys import KeyUsers, key_policy
from stacks.documents.language import Place

MILLION = 1_000_000
STATEMENTS = 10_000
PLACE = Place("eu-west-2", "111111111111")
BUCKET = "steadfast-est-evidence"
EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
_INSTANCE = PLACE.arn("ec2", "instance/i-1")
_OURS = {"aws:ResourceTag/range:state": "0123456789ab"}
_CALLS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("ec2:DescribeInstances", "*", {}),
    ("ec2:StartInstances", _INSTANCE, _OURS),
    ("s3:GetObject", f"{PLACE.bucket(BUCKET)}/AWSLogs/x", {}),
    ("s3:PutObject", f"{PLACE.bucket(BUCKET)}/x", {}),
    ("ec2:CreateTags", _INSTANCE, {"aws:TagKeys": "range:ally"}),
    ("ec2:DeleteVpc", PLACE.arn("ec2", "vpc/vpc-1"), _OURS),
    ("iam:CreateUser", PLACE.iam("user/x"), {}),
    ("ssm:StartSession", _INSTANCE, {}),
)


def policy() -> list[Figure]:
    """Measure a million decisions, and a document that is far too long."""
    requests, layers = _requests(), _layers()
    for request in requests:
        decide(request, layers)
    _, million_s = _timed(lambda: [None for each in islice(cycle(requests), MILLION) if decide(each, layers) is None])
    rules, read_s = _timed(lambda: Rules(found(_long(), Kind.MANAGED)))
    long = Layers(identity=(rules,))
    _, first_s = _timed(lambda: decide(requests[2], long))
    _, again_s = _timed(lambda: decide(requests[2], long))
    return [
        Figure("1,000,000 requests under 9 policies of the range, CPU", million_s, "s", 60),
        Figure("requests a minute", MILLION / million_s * 60, ""),
        Figure("10,000 statements, read and made ready", read_s, "s"),
        Figure("10,000 statements, the first request", first_s * 1e3, "ms"),
        Figure("10,000 statements, the next", again_s * 1e3, "ms"),
        Figure("nobody of another account may use a key or a bucket, each such question", _asked_ms(), "ms"),
    ]


_Result = TypeVar("_Result")


def _timed(act: Callable[[], _Result]) -> tuple[_Result, float]:
    began = time.process_time()
    return act(), time.process_time() - began


def _requests() -> list[Request]:
    player = role_session("arn:aws:sts::111111111111:assumed-role/blue/x", PLACE.iam("role/blue"))
    context = {"aws:RequestedRegion": "eu-west-2", "aws:SourceIp": "10.1.2.3"}
    return [asked(player, action, resource, PLACE.account, {**context, **own}) for action, resource, own in _CALLS]


def _layers() -> Layers:
    """Make ready what a player is under: guardrails at two levels, a boundary, an own policy, a bucket's."""
    scope = guardrails.Scope(PLACE, "steadfast", "range-controller", "steadfast-boundary")
    everything = Rules(read(EVERYTHING, Kind.SERVICE_CONTROL))
    fences = [Rules(read(text, Kind.SERVICE_CONTROL, name)) for name, text in guardrails.guardrails(scope).items()]
    return Layers(
        identity=(Rules(read(roles.plays(PLACE, "/range/*"), Kind.ROLE)),),
        boundary=Rules(read(roles.boundary(PLACE, (BUCKET,)), Kind.MANAGED)),
        resource=Rules(read(buckets.evidence_policy(PLACE, BUCKET, "steadfast"), Kind.BUCKET)),
        service_control=((everything,), (everything, *fences)),
    )


def _asked_ms() -> float:
    """Ask for fifty accounts about a key and a bucket, each with its own policy."""
    everything = (Rules(read(EVERYTHING, Kind.MANAGED)),)
    places = [Place(PLACE.region, str(200_000_000_000 + number)) for number in range(50)]
    spent_s = 0.0
    for place in places:
        texts = (key_policy(KeyUsers(place, "/range/steadfast/*", "t")), buckets.evidence_policy(place, BUCKET, "t"))
        kinds = (
            (Kind.KEY, ("kms:*",), place.arn("kms", "key/1")),
            (Kind.BUCKET, ("s3:*",), f"{place.bucket(BUCKET)}/*"),
        )
        for text, (kind, actions, resource) in zip(texts, kinds, strict=True):
            question = Question(place.account, actions, [resource], account=PLACE.account)
            layers = Layers(identity=everything, resource=Rules(read(text, kind)))
            answer, asked_s = _timed(partial(may, question, layers))
            assert answer.verdict == "DENIED"
            spent_s += asked_s
    return spent_s / len(places) / 2 * 1e3


def _long() -> str:
    statements = [
        {"Effect": "Allow", "Action": f"s3:Get{number}*", "Resource": f"arn:aws:s3:::{number}/*"}
        for number in range(STATEMENTS)
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
