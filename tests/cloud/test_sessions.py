"""Who may enter which account, and that nothing leaves a rehearsal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.config import Config

from range.cloud import sessions as sessions_module
from range.cloud.codes import UNREACHED
from range.cloud.sessions import Entry, Sessions, Silence, is_loopback
from range.errors import CloudError, EnvironmentMissing
from tests.cloud.conftest import HOME, MINE, OTHER
from tests.wire import CALLS, on_aws, sent

REHEARSAL = "http://127.0.0.1:9"
"""Nothing listens there."""


def test_another_account_is_entered_by_its_role(sessions: Sessions) -> None:
    vpc = sessions.account(OTHER).call("ec2", "create_vpc", CidrBlock="10.0.0.0/16")["Vpc"]

    assert vpc["OwnerId"] == OTHER


def test_calls_of_two_accounts_at_once_each_reach_their_own(sessions: Sessions) -> None:
    def owner(account: str) -> str:
        pages = sessions.account(account).pages("ec2", "describe_vpcs")
        return str(pages[0]["Vpcs"][0]["OwnerId"])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(owner, [MINE, OTHER] * 10)) == [MINE, OTHER] * 10


def test_an_account_that_the_file_does_not_list_is_refused(sessions: Sessions) -> None:
    with pytest.raises(CloudError, match="999999999999 isn't in the exercise file"):
        sessions.account("999999999999")


def test_credentials_of_an_account_that_the_file_does_not_list_are_refused(
    sessions: Sessions, credentials: None
) -> None:
    strangers = Sessions({OTHER: Entry()}, HOME)

    with pytest.raises(CloudError, match=f"belong to account {MINE}"):
        strangers.caller()


def test_a_refusal_carries_the_code_of_aws(sessions: Sessions) -> None:
    with pytest.raises(CloudError) as refused:
        sessions.account(MINE).call("ec2", "delete_vpc", VpcId="vpc-0123456789abcdef0")

    assert refused.value.code == "InvalidVpcID.NotFound"


def test_calls_of_all_accounts_and_regions_share_one_client_of_a_service(sessions: Sessions) -> None:
    for account in (MINE, OTHER):
        sessions.account(account).call("ec2", "describe_vpcs", region="eu-west-1")
        sessions.account(account).call("ec2", "describe_vpcs", region="eu-west-1")

    assert [place for place in sessions._clients if place[0] == "ec2"] == [("ec2", HOME)]


def test_what_is_made_in_another_region_is_there_and_not_here(sessions: Sessions) -> None:
    made = sessions.account(MINE).call("sqs", "create_queue", region="eu-west-1", QueueName="elsewhere")["QueueUrl"]

    assert made in sessions.account(MINE).call("sqs", "list_queues", region="eu-west-1")["QueueUrls"]
    assert made not in sessions.account(MINE).call("sqs", "list_queues").get("QueueUrls", [])


@pytest.mark.parametrize(("service", "operation", "region", "host", "signed_for"), CALLS)
def test_on_aws_a_call_goes_to_the_host_of_its_region_and_is_signed_for_it(
    monkeypatch: pytest.MonkeyPatch, service: str, operation: str, region: str, host: str, signed_for: str
) -> None:
    on_aws(monkeypatch)
    aws = Sessions({MINE: Entry()}, HOME)
    caught = sent(aws._session)

    with pytest.raises(CloudError, match=f"{service} {operation} in {MINE}'s account"):
        aws.account(MINE).call(service, operation, region=region)

    assert caught[0] == (host, f"{signed_for}/{service}")


@pytest.mark.parametrize("service", ["s3", "ec2", "sts"])
def test_in_a_rehearsal_a_call_to_another_address_is_an_error(
    service: str, credentials: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", REHEARSAL)
    monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service.upper()}", "http://aws.example")
    operation = {"s3": "list_buckets", "ec2": "describe_vpcs", "sts": "get_caller_identity"}[service]

    with pytest.raises(CloudError, match="in a rehearsal nothing leaves loopback") as refused:
        Sessions({MINE: Entry()}, HOME).account(MINE).call(service, operation)

    assert refused.value.code == "LeavesLoopback"


def test_in_a_rehearsal_credentials_come_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", REHEARSAL)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID", raising=False)
    monkeypatch.setenv("AWS_PROFILE", "production")

    with pytest.raises(EnvironmentMissing, match="no AWS credentials") as missing:
        Sessions({MINE: Entry()}, HOME)

    assert missing.value.hint == 'eval "$(range rehearsal env SPEC)"'


def test_a_profile_that_isnt_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "production")

    with pytest.raises(EnvironmentMissing, match="production"):
        Sessions({MINE: Entry()}, HOME)


def test_an_endpoint_that_nobody_serves_is_a_clear_error(credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", REHEARSAL)

    with pytest.raises(CloudError, match="Could not connect") as failed:
        Sessions({MINE: Entry()}, HOME).account(MINE).call("sqs", "list_queues")

    assert failed.value.code == "EndpointConnectionError"


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:4566", True),
        ("http://[::1]:4566/", True),
        ("http://localhost", True),
        ("https://ec2.eu-west-2.amazonaws.com", False),
        ("http://127.0.0.1.example", False),
        ("http://169.254.169.254/", False),
    ],
)
def test_loopback_is_told_by_the_host_alone(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback


def test_where_nobody_answers_a_look_is_told_so_at_once_until_some_seconds_are_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", REHEARSAL)
    monkeypatch.setattr(
        sessions_module, "_CONFIG", sessions_module._CONFIG.merge(Config(retries={"total_max_attempts": 1}))
    )
    monkeypatch.setattr(sessions_module, "_SILENT", Silence())
    account = Sessions({MINE: Entry()}, HOME).account(MINE)
    made: list[str] = []
    client, _ = account._client("ec2", HOME)
    client.meta.events.register_first("before-send", lambda request, **_: made.append(request.url))

    for _ in "abc":
        with pytest.raises(CloudError, match="Could not connect") as told:
            account.call("ec2", "describe_vpcs")
        assert told.value.code in UNREACHED
    assert len(made) == 1

    monkeypatch.setattr(sessions_module, "SILENT_S", 0.0)
    with pytest.raises(CloudError, match="Could not connect"):
        account.call("ec2", "describe_vpcs")
    assert len(made) == 2
