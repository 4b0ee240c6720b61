"""Whose changes are the range's own: sessions of the controller's role, by the names that only the range gives them."""

from __future__ import annotations

import pytest

from range.cli import surroundings
from range.cloud.sessions import Sessions
from range.controller.witness import SESSION_NAME, Witness
from range.plan.names import controller_role_arn
from range.records.plan import Plan
from tests.controller.test_baselines import EXAMPLE


@pytest.fixture(scope="module")
def plan() -> Plan:
    return surroundings.plan(EXAMPLE)


def test_every_session_that_the_range_acts_in_is_its_own(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    account = plan.enclaves[0].account
    entry = Sessions.of_plan(plan)._entries[account]
    assert controller_role_arn(plan, account).endswith(f":role/{entry.role}")

    own = Witness(plan)._own(account).sessions

    names = {entry.session_name, SESSION_NAME, f"pulumi-{plan.exercise}"}
    accounts = {account, plan.hub.account}
    assert own == {f"arn:aws:sts::{each}:assumed-role/{entry.role}/{name}" for each in accounts for name in names}


def test_only_the_enclave_s_own_flow_logs_write_logs_in_its_account(plan: Plan) -> None:
    enclave = plan.enclaves[0]

    writers = Witness(plan)._own(enclave.account).log_writers

    role = f"{plan.exercise}-{enclave.name}-flow-logs"
    assert writers == (f"arn:aws:sts::{enclave.account}:assumed-role/{role}/",)
