from __future__ import annotations

import json
import time

from range.policy.evaluation import decide
from range.policy.kinds import Kind
from range.policy.layers import Layers
from range.policy.reading import found
from range.policy.request import asked
from range.policy.rules import Rules
from tests.policy.documents import ACCOUNT, CALLERS, layers

ALLOW = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def test_ten_thousand_statements_answer_quickly_and_then_at_once() -> None:
    statements = [{**ALLOW, "Action": f"s3:G*{n}*", "Resource": f"arn:aws:s3:::*{n}*/*"} for n in range(10_000)]
    many = Layers(identity=(Rules(found(json.dumps({"Version": "2012-10-17", "Statement": statements}), Kind.ROLE)),))
    request = asked(CALLERS["user"], "s3:GetObject", "arn:aws:s3:::b/k", ACCOUNT)
    began = time.process_time()

    assert decide(request, many).verdict == "DENIED"
    first = time.process_time() - began
    assert [decide(request, many).verdict for _ in range(1_000)] == ["DENIED"] * 1_000
    assert first < 1
    assert time.process_time() - began - first < 0.5


def test_made_up_actions_dont_fill_the_memory() -> None:
    policies = layers({"identity": [ALLOW]})

    for number in range(3_000):
        decide(asked(CALLERS["user"], f"s3:Get{number}", "*", ACCOUNT), policies)

    assert len(policies._by_action) <= 1_000
