"""Questions to a rehearsal are signed, answered and refused as by botocore's own way."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from botocore import auth
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.credentials import Credentials

from range.cloud import questions
from range.cloud.loopback import Carrier
from range.cloud.questions import Questions, sign
from range.cloud.sessions import Sessions
from range.errors import CloudError
from tests.cloud.conftest import FRESH, HOME, OTHER

AT = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
SOMEBODY = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "a/token+of=mine")
ASKED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ec2", "describe_vpcs", {}),
    ("ec2", "describe_vpcs", {"Filters": [{"Name": "tag:Name", "Values": ["a b&c=d", "é"]}]}),
    ("iam", "list_roles", {}),
    ("lambda", "list_functions", {}),
    ("route53", "list_hosted_zones", {}),
    ("s3", "list_buckets", {}),
    ("kms", "list_keys", {}),
    ("logs", "describe_log_groups", {"limit": 3}),
    ("sts", "get_caller_identity", {}),
)


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what is answered without botocore's own way."""
    answered: list[str] = []
    ask = questions._said

    def noted(model: Any, came: Any) -> Any:
        answered.append(model.name)
        return ask(model, came)

    monkeypatch.setattr(questions, "_said", noted)
    return answered


def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have everything go botocore's way."""
    monkeypatch.setattr(questions, "_HERE", ())


def test_the_answers_are_those_that_botocore_gets(
    sessions: Sessions, quickly: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account = sessions.account(OTHER)
    quick = [account.call(service, operation, **parameters) for service, operation, parameters in ASKED]
    assert len(quickly) == len(ASKED) - 1  # S3 is signed in a way of its own

    slowly(monkeypatch)
    slow = [account.call(service, operation, **parameters) for service, operation, parameters in ASKED]

    assert len(quickly) == len(ASKED) - 1
    for each in (*quick, *slow):
        assert each.pop("ResponseMetadata")["HTTPStatusCode"] == 200
    assert quick == slow


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("POST", "http://127.0.0.1:80/", b"Action=DescribeVpcs&Filter.1.Name=tag%3AName"),
        ("GET", "http://127.0.0.1:80/2013-04-01/hostedzone?maxitems=3&delegationsetid=a%2Fb&marker", b""),
        ("GET", "http://127.0.0.1:80", b""),
    ],
)
def test_they_are_signed_as_botocore_signs_them(
    method: str, url: str, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"host": "127.0.0.1:80", "content-type": "text/x  y", "user-agent": "me"}
    request = AWSPreparedRequest(method, url, dict(headers), body, stream_output=False)
    sign(request, (SOMEBODY, "eu-west-1", "ec2"), AT)

    monkeypatch.setattr(auth, "get_current_datetime", lambda: AT)
    theirs = AWSRequest(method, url, headers, body)
    auth.SigV4Auth(SOMEBODY, "ec2", "eu-west-1").add_auth(theirs)

    assert request.headers["authorization"] == theirs.headers["Authorization"]


def test_each_account_and_region_is_asked_for_its_own(sessions: Sessions) -> None:
    for region in (HOME, "us-west-2"):
        sessions.account(FRESH[0]).call("sqs", "create_queue", region=region, QueueName=f"in-{region}")

    for region in (HOME, "us-west-2"):
        urls = sessions.account(FRESH[0]).call("sqs", "list_queues", region=region)["QueueUrls"]
        assert [url.rpartition("/")[2] for url in urls] == [f"in-{region}"]
    assert "QueueUrls" not in sessions.account(FRESH[1]).call("sqs", "list_queues")


def test_pages_are_read_to_the_last(sessions: Sessions) -> None:
    names = {f"group-{number:02}" for number in range(51)}
    for name in names:
        sessions.account(FRESH[2]).call("logs", "create_log_group", logGroupName=name)

    pages = sessions.account(FRESH[2]).pages("logs", "describe_log_groups")

    assert len(pages) == 2
    assert {group["logGroupName"] for page in pages for group in page["logGroups"]} == names


def test_a_refusal_came_once_and_is_told_as_ever(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    carried: list[str] = []
    carry = Carrier.__call__

    def noted(self: Carrier, request: AWSPreparedRequest, **further: object) -> Any:
        carried.append(request.url)
        return carry(self, request, **further)

    account = sessions.account(OTHER)
    account.call("ec2", "describe_vpcs")
    monkeypatch.setattr(Carrier, "__call__", noted)

    with pytest.raises(CloudError) as refused:
        account.call("ec2", "describe_vpcs", VpcIds=["vpc-0123456789abcdef0"])

    assert refused.value.code == "InvalidVpcID.NotFound"
    assert len(carried) == 1


def test_what_came_for_one_call_is_given_to_no_other(sessions: Sessions) -> None:
    account = sessions.account(OTHER)
    with pytest.raises(CloudError):
        account.call("ec2", "describe_vpcs", VpcIds=["vpc-0123456789abcdef0"])

    assert account.call("ec2", "create_vpc", CidrBlock="10.0.0.0/16")["Vpc"]["CidrBlock"] == "10.0.0.0/16"


def test_changes_go_botocores_way(sessions: Sessions, quickly: list[str]) -> None:
    sessions.account(OTHER).call("ec2", "create_vpc", CidrBlock="10.0.0.0/16")

    assert quickly == []


def test_no_question_leaves_this_machine() -> None:
    class Model:
        service_model = SimpleNamespace(service_name="ec2")
        name, has_streaming_input, has_streaming_output, has_event_stream_output = "DescribeVpcs", False, False, False

    asked = Questions(Carrier(), lambda *_: (SOMEBODY, HOME, "ec2"))
    for url in ("http://ec2.eu-west-2.amazonaws.com/", "https://127.0.0.1/", "http://123456789012.127.0.0.1:80/"):
        params: dict[str, Any] = {"method": "POST", "url": url, "headers": {}, "body": {}}
        assert asked.ask(Model, params, None, {}) is None
