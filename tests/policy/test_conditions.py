from __future__ import annotations

from typing import Any

import pytest

from range.policy.evaluation import decide
from range.policy.match import Match
from range.policy.request import asked, role_session
from tests.policy.documents import ACCOUNT, ROLE, SESSION, cases, layers

ROWS = cases("conditions")
VERDICTS = {"YES": "ALLOWED", "NO": "DENIED", "MAYBE": "UNKNOWN"}
OF_THE_CALLER = ("aws:PrincipalTag/team",)


@pytest.mark.parametrize("row", ROWS, ids=[f"{number} {row[0]}" for number, row in enumerate(ROWS)])
def test_conditions_hold_as_aws_documents(row: tuple[dict[str, Any], dict[str, Any], str]) -> None:
    condition, context, holds = row
    request = asked(role_session(SESSION, ROLE), "s3:GetObject", "arn:aws:s3:::b/k", ACCOUNT, context)
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}

    decision = decide(request, layers({"identity": [statement]}))

    assert decision.verdict == VERDICTS[Match[_plain(holds)].name], decision.doubts


def _plain(holds: str | bool) -> str:
    """Undo YAML: its YES and NO are booleans."""
    return {True: "YES", False: "NO"}.get(holds, str(holds)) if isinstance(holds, bool) else holds


def test_a_key_that_a_request_couldnt_tell_is_unknown() -> None:
    condition = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    caller = role_session(SESSION, ROLE)
    request = asked(caller, "s3:GetObject", "*", ACCOUNT, {}, unknown=["aws:SourceVpc"])
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}

    assert decide(request, layers({"identity": [statement]})).verdict == "UNKNOWN"
