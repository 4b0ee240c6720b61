"""The controller's role of an account whose exercise stands: the guardrails let nobody change whom it trusts."""

from __future__ import annotations

from typing import Any, cast

import pytest

from range.cloud.membership import make_role
from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.plan import Plan
from tests.provision.conftest import plan

__all__ = ["plan"]


class Member:
    """An account whose role trusts somebody else, and that refuses to change that."""

    def __init__(self, code: str) -> None:
        self._code = code

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        if operation == "update_assume_role_policy":
            raise CloudError("with an explicit deny in a service control policy", code=self._code)
        return {"Role": {"AssumeRolePolicyDocument": {}}}


@pytest.mark.parametrize(("code", "told"), [("AccessDenied", "put `controller`"), ("ServiceFailure", "None")])
def test_a_refusal_to_trust_somebody_else_says_what_to_put_back(plan: Plan, code: str, told: str) -> None:
    with pytest.raises(CloudError) as refused:
        make_role(cast(Account, Member(code)), plan)

    assert refused.value.code == code
    assert told in str(refused.value.hint)
