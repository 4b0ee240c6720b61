"""Terraform's own AWS provider makes a hub and two spokes, finds nothing to change, and takes everything down again."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from range.cloud.inventory import take
from range.cloud.sessions import Entry, Sessions
from range.records.inventory import Inventory, Resource
from range.rehearsal.accounts import ADMINISTRATOR_ROLE
from tests.rehearsal.terraforming import ACCOUNTS, REGION, Terraform, missing, terraform

pytestmark = [pytest.mark.skipif(bool(missing()), reason=missing()), pytest.mark.timeout(600)]

Run = subprocess.CompletedProcess[str]
IN_EVERY_SPOKE = {
    "ec2:vpc": 1,
    "ec2:subnet": 4,
    "ec2:instance": 2,
    "ec2:vpc-endpoint": 2,
    "ec2:transit-gateway-attachment": 1,
    "iam:role": 2,
    "s3:bucket": 1,
}


@dataclass(frozen=True)
class Life:
    """What each command answered, and what was in each account when."""

    apply: Run
    plan: Run
    destroy: Run
    before: dict[str, Inventory]
    applied: dict[str, Inventory]
    after: dict[str, Inventory]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Apply, plan and destroy, once for all tests; each judges its own part."""
    with terraform(tmp_path_factory.mktemp("terraform")) as ready, pytest.MonkeyPatch.context() as monkeypatch:
        sessions = entered(ready, monkeypatch)
        before = inventories(sessions)
        # the provider mostly waits between looks, so more at once end sooner
        apply = ready.run("apply", "-auto-approve", "-parallelism=20")
        applied = inventories(sessions)
        plan = ready.run("plan", "-detailed-exitcode")
        destroy = ready.run("destroy", "-auto-approve", "-parallelism=20", "-refresh=false")
        yield Life(apply, plan, destroy, before, applied, inventories(sessions))


def entered(ready: Terraform, monkeypatch: pytest.MonkeyPatch) -> Sessions:
    """Enter the accounts as their administrator."""
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", ready.rehearsal.endpoint)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ready.operator.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ready.operator.secret)
    return Sessions(dict.fromkeys(ACCOUNTS.values(), Entry(role=ADMINISTRATOR_ROLE)), REGION)


def inventories(sessions: Sessions) -> dict[str, Inventory]:
    """List what is in each account."""
    return {name: take(sessions.account(account), regions=(REGION,)) for name, account in ACCOUNTS.items()}


def made(life: Life, account: str) -> tuple[Resource, ...]:
    """Give what an account had after `apply` and hadn't before."""
    return life.applied[account].since(life.before[account])


def test_terraform_applies_a_hub_and_two_spokes(life: Life) -> None:
    assert life.apply.returncode == 0, life.apply.stderr
    for spoke in ("est", "pol"):
        types = Counter(each.type for each in made(life, spoke))
        assert {kind: types[kind] for kind in IN_EVERY_SPOKE} == IN_EVERY_SPOKE


def test_terraform_finds_nothing_to_change_afterwards(life: Life) -> None:
    assert life.plan.returncode == 0, life.plan.stdout + life.plan.stderr


def test_terraform_destroys_all_of_it(life: Life) -> None:
    assert life.destroy.returncode == 0, life.destroy.stderr
    for account in ACCOUNTS:
        left = life.after[account].since(life.before[account])
        assert [(each.type, each.id) for each in left if not each.residue] == []


def test_nothing_that_could_be_listed_was_left_out(life: Life) -> None:
    assert [unlisted for inventory in life.after.values() for unlisted in inventory.unlisted] == []
