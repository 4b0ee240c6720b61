"""What the last look at an account finds by tags that listing doesn't give, and what it sweeps by its name."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import cast

import pytest

from range.cloud import sweep as sweeping
from range.cloud.inventory import take
from range.cloud.sessions import Account
from range.errors import CloudError
from range.records.inventory import Inventory
from range.records.plan import Plan
from range.teardown.leftovers import Leftovers, prove_nothing_left

STATE, STACK = "0123456789ab", "steadfast.est"
PLAN = cast(
    Plan, SimpleNamespace(exercise="steadfast", hub=SimpleNamespace(name="hub"), stack=lambda name: f"steadfast.{name}")
)
EC2 = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [EC2]})


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "_FIRST_WAIT_S", 0.01)


def prove(account: Account, before: Inventory | None) -> Leftovers:
    return prove_nothing_left(account, PLAN, "est", before, state_id=STATE)


def make_role(account: Account, name: str, **tags: str) -> None:
    """Make a role, whose tags no list gives."""
    carried = [{"Key": f"range:{key}", "Value": value} for key, value in tags.items()]
    account.call("iam", "create_role", RoleName=name, AssumeRolePolicyDocument=TRUST, Tags=carried)


def make_log_group(account: Account, **tags: str) -> str:
    """Make a log group of the name that est's flow logs have."""
    name = "/range/steadfast/est/flow"
    account.call("logs", "create_log_group", logGroupName=name, tags={f"range:{key}": tags[key] for key in tags})
    return name


def there(account: Account) -> set[str]:
    return {each.id for each in take(account, regions=[account.region]).resources}


def test_a_role_of_ours_is_found_and_swept_although_there_is_no_record(account: Account) -> None:
    make_role(account, "ours", stack=STACK, state=STATE)
    make_role(account, "theirs", stack="other.est", state=STATE)

    found = prove(account, None)

    assert [(each.type, each.id) for each in found.swept] == [("iam:role", "ours")]
    assert found.left == ()
    assert "theirs" in there(account)


def test_a_role_that_another_backend_has_is_left_and_told_although_there_is_no_record(account: Account) -> None:
    make_role(account, "live", stack=STACK, state="f" * 12)

    found = prove(account, None)

    assert ([each.id for each in found.left], found.swept) == (["live"], ())
    assert "live" in there(account)


def test_tags_that_nobody_may_read_leave_it_open_whether_anything_is_ours(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_role(account, "whose", stack=STACK, state=STATE)
    asked = Account.call

    def call(self: Account, service: str, operation: str, **parameters: object) -> object:
        if operation == "list_role_tags":
            raise CloudError("iam list_role_tags: not yours", code="AccessDenied")
        return asked(self, service, operation, **parameters)  # type: ignore[arg-type]

    monkeypatch.setattr(Account, "call", call)

    assert [each.why for each in prove(account, None).unsure][1:] == ["iam list_role_tags: not yours"]


def test_a_log_group_that_came_back_under_our_name_is_swept(account: Account) -> None:
    before = take(account)
    name = make_log_group(account)

    found = prove(account, before)

    assert [each.id for each in found.swept] == [name]
    assert found.proven


def test_a_log_group_under_our_name_that_another_backend_has_is_listed_and_not_touched(account: Account) -> None:
    before = take(account)
    name = make_log_group(account, stack=STACK, state="f" * 12)

    found = prove(account, before)

    assert ([each.id for each in found.left], found.swept) == ([name], ())
    assert name in there(account)
