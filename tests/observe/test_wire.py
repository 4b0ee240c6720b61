"""Questions that are asked once more get what botocore would have got, signed as botocore would have signed them."""

from __future__ import annotations

import dataclasses
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from range.errors import CloudError
from range.observe.door import Door
from range.observe.look import look
from range.observe.wire import Question, Wire, question
from range.verify.baseline import differences
from tests.observe.conftest import HOME, Ground

ABROAD = "us-west-2"
AT = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
SOMEBODY = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "a/token+of=mine")
ASKED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("ec2", "describe_vpcs", {}),
    ("ec2", "describe_snapshots", {"OwnerIds": ["self"]}),
    ("iam", "list_roles", {}),
    ("lambda", "list_functions", {}),
    ("s3", "list_buckets", {}),
    ("sqs", "list_queues", {}),
    ("secretsmanager", "list_secrets", {"IncludePlannedDeletion": True}),
    ("route53", "list_hosted_zones", {}),
    ("backup", "list_backup_vaults", {}),
)


def questions(ground: Ground) -> dict[str, Question]:
    """Ask each once, by botocore; gives what is to be asked again."""
    known = {}
    for service, operation, parameters in ASKED:
        ground.door.listed(service, operation, HOME, parameters)
        known[operation] = ground.door.house.questions[service, operation, repr(sorted(parameters.items()))]
    return known


def signed_by_botocore(known: Question, region: str, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the header by which botocore signs the same request."""
    monkeypatch.setattr(auth, "get_current_datetime", lambda: AT)
    url = f"http://{known.host}{known.target}"
    request = AWSRequest(known.method, url, headers, known.body)
    kind = auth.S3SigV4Auth if known.signed_as == "s3" else auth.SigV4Auth
    kind(SOMEBODY, known.signed_as, known.region or region).add_auth(request)
    return str(request.headers["Authorization"])


@pytest.mark.parametrize("region", [HOME, ABROAD])
def test_it_is_signed_as_botocore_signs_it(ground: Ground, region: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for service, known in questions(ground).items():
        message = known.message(region, SOMEBODY, AT)
        head, _, body = message.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
        authorization = headers.pop("authorization")

        signed = {name: value for name, value in headers.items() if name in known.signed}
        assert authorization == signed_by_botocore(known, region, signed, monkeypatch), service
        assert body == known.body
        assert headers["content-length"] == str(len(body))


def test_a_look_sees_the_same_by_both_ways(ground: Ground) -> None:
    house = ground.door.house
    house.questions.clear()
    by_botocore = look(ground.door)
    learnt = dict(house.questions)

    by_wire = look(ground.door)

    assert len(learnt) > 100
    assert differences(by_botocore, by_wire) == ()
    assert by_wire.digest == by_botocore.digest
    assert by_wire.unread == ()


def test_each_region_is_asked_for_its_own(ground: Ground) -> None:
    ground.door.listed("sqs", "list_queues", HOME, {})
    made = ground.client("sqs", ABROAD).create_queue(QueueName="abroad")["QueueUrl"]

    home, abroad = (ground.door.listed("sqs", "list_queues", region, {}) for region in (HOME, ABROAD))

    assert made not in home[0].get("QueueUrls", ())
    assert abroad[0]["QueueUrls"] == [made]


def test_an_answer_that_goes_on_is_read_to_its_end(ground: Ground) -> None:
    ground.door.listed("logs", "describe_log_groups", HOME, {})
    names = {f"group-{number:02}" for number in range(51)}
    for name in names:
        ground.client("logs").create_log_group(logGroupName=name)

    pages = ground.door.listed("logs", "describe_log_groups", HOME, {})

    assert len(pages) == 2
    assert names <= {group["logGroupName"] for page in pages for group in page["logGroups"]}


def test_a_refusal_is_told_as_botocore_tells_it(ground: Ground) -> None:
    ground.door.listed("sqs", "list_queues", HOME, {})
    nobody = Door(ground.door.house, ground.account, SOMEBODY)

    told = []
    for asked in (nobody.listed, nobody.pages):
        with pytest.raises(CloudError, match="sqs list_queues") as caught:
            asked("sqs", "list_queues", HOME, {})
        told.append((caught.value.code, caught.value.message))

    assert told[0] == told[1]


def test_nobody_there_is_no_answer(ground: Ground) -> None:
    nobodys = dataclasses.replace(questions(ground)["describe_vpcs"], host="127.0.0.1:1")

    assert Wire().ask(nobodys, HOME, SOMEBODY) is None


@pytest.fixture
def answering() -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives each connection the next of these answers, and closes it."""
    answers: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65_536)
                    connection.sendall(answers.pop(0))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", answers
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


ANSWER = (
    b'<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
    b"<vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>"
)


ONE = [{"VpcId": "vpc-1"}]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nnonsense",
        b"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_whatever_is_no_plain_answer_is_no_answer(
    ground: Ground, answering: tuple[str, list[bytes]], answer: bytes
) -> None:
    host, answers = answering
    answers.append(answer)

    assert Wire().ask(dataclasses.replace(questions(ground)["describe_vpcs"], host=host), HOME, SOMEBODY) is None


def test_a_connection_that_was_closed_meanwhile_costs_one_call_by_botocore(
    ground: Ground, answering: tuple[str, list[bytes]]
) -> None:
    host, answers = answering
    written = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
    answers += [written, written]
    wire, asked = Wire(), dataclasses.replace(questions(ground)["describe_vpcs"], host=host)

    told = [wire.ask(asked, HOME, SOMEBODY) for _ in range(3)]

    assert [page and page["Vpcs"] for page in told] == [ONE, None, ONE]


@pytest.mark.parametrize(
    ("url", "signed", "again"),
    [
        ("http://127.0.0.1:80/", True, True),
        ("https://ec2.eu-west-2.amazonaws.com/", True, False),
        ("http://127.0.0.1:80/a%20path", True, False),
        ("http://127.0.0.1:80/", False, False),
    ],
)
def test_what_needs_tls_or_cant_be_signed_alike_is_left_to_botocore(
    ground: Ground, url: str, signed: bool, again: bool
) -> None:
    request = AWSRequest("POST", url, {}, b"Action=DescribeVpcs&Version=2016-11-15")
    if signed:
        auth.SigV4Auth(SOMEBODY, "ec2", HOME).add_auth(request)

    asked = question(ground.door.house.client("ec2", HOME)[0], "describe_vpcs", request.prepare(), HOME)

    assert (asked is not None) is again
