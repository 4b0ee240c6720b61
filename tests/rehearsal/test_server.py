"""The HTTP front: AWS on loopback, for any client; nothing leaves it."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError, URLError

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ProxyConnectionError

from range.rehearsal.server import Front
from tests.rehearsal.conftest import EST, HUB, MANAGEMENT, REGION, Exercise


@pytest.fixture
def front(exercise: Exercise) -> Iterator[Front]:
    """The front of a cloud in memory."""
    serving = Front(exercise.cloud)
    thread = threading.Thread(target=serving.serve_forever, args=(0.01,))
    thread.start()
    yield serving
    serving.shutdown()
    serving.server_close()
    thread.join()


@pytest.fixture
def endpoint(front: Front) -> str:
    """Where that front is."""
    return f"http://127.0.0.1:{front.port}"


def over_http(service: str, endpoint: str, exercise: Exercise, account: str = EST) -> Any:
    credentials = exercise.credentials(account)
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=credentials.access_key,
        aws_secret_access_key=credentials.secret_key,
        aws_session_token=credentials.token,
    )


def asked(front: Front, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_signed_calls_are_answered_as_in_this_process(exercise: Exercise, endpoint: str) -> None:
    for service, call in (("ec2", "describe_vpcs"), ("iam", "list_roles"), ("kms", "list_keys")):
        answers = [getattr(over_http(service, endpoint, exercise), call)(), getattr(exercise.client(service), call)()]
        for answer in answers:
            answer.pop("ResponseMetadata")
        assert answers[0] == answers[1]


@pytest.mark.parametrize("body", [b"", b"small", b"x" * (6 << 20)])
def test_objects_come_back_as_they_went(exercise: Exercise, endpoint: str, body: bytes) -> None:
    s3 = over_http("s3", endpoint, exercise)
    s3.create_bucket(Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": REGION})

    s3.put_object(Bucket="evidence", Key="a/b c+d", Body=body)

    assert s3.get_object(Bucket="evidence", Key="a/b c+d")["Body"].read() == body
    assert s3.head_object(Bucket="evidence", Key="a/b c+d")["ContentLength"] == len(body)


def test_a_presigned_address_needs_no_header(exercise: Exercise, endpoint: str) -> None:
    s3 = over_http("s3", endpoint, exercise)
    s3.create_bucket(Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="evidence", Key="report", Body=b"proof")

    url = s3.generate_presigned_url("get_object", Params={"Bucket": "evidence", "Key": "report"})

    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"proof"


def test_a_connection_carries_many_requests(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.port, timeout=10)
    for _ in range(5):
        connection.request("GET", "/_range/health")
        assert json.loads(connection.getresponse().read()) == {"ok": True}
    connection.close()


def test_a_body_of_unknown_length_is_read(front: Front) -> None:
    accounts = json.dumps(
        {"management": {"id": MANAGEMENT, "name": "management"}, "members": [{"id": HUB, "name": "hub"}]}
    )
    with socket.create_connection(("127.0.0.1", front.port)) as raw:
        first, second = accounts[:20], accounts[20:]
        raw.sendall(
            b"POST /_range/accounts HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + b"".join(f"{len(part):x}\r\n{part}\r\n".encode() for part in (first, second))
            + b"0\r\n\r\n"
        )
        answer = b"".join(iter(lambda: raw.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"access_key"' in answer


def test_what_is_no_http_is_refused_and_the_connection_closed(front: Front) -> None:
    with socket.create_connection(("127.0.0.1", front.port)) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(4096), b""))

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"nonsense" in answer


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "said"),
    [
        ("GET", "/_range/nothing", b"", 404, b"GET /_range/health"),
        ("POST", "/_range/health", b"{}", 404, b"POST /_range/accounts"),
        ("POST", "/_range/accounts", b"{", 400, b"the body isn't JSON"),
        ("POST", "/_range/accounts", b"{}", 400, b"accounts are given as"),
        ("POST", "/_range/accounts", b"[]", 400, b"isn't a JSON object"),
        ("GET", "/", b"", 403, b"MissingAuthenticationToken"),
    ],
)
def test_what_is_asked_wrongly_is_answered_with_what_is_right(
    front: Front, method: str, path: str, body: bytes, status: int, said: bytes
) -> None:
    answered, text = asked(front, method, path, body)

    assert answered == status
    assert said in text


def test_a_service_that_aws_has_not_is_not_found(front: Front, exercise: Exercise) -> None:
    key = exercise.credentials(EST).access_key
    scope = (
        f"AWS4-HMAC-SHA256 Credential={key}/20261122/eu-west-2/nonsense/aws4_request, SignedHeaders=host, Signature=0"
    )

    assert asked(front, "POST", "/", b"", Authorization=scope)[0] == 404


def test_a_call_that_nobody_can_answer_is_no_server_error(exercise: Exercise) -> None:
    with pytest.raises(ClientError) as caught:
        exercise.client("service-quotas").list_services()

    assert caught.value.response["Error"]["Code"] == "InvalidAction"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_a_defect_of_ours_is_told_once_and_not_retried_for_minutes(
    exercise: Exercise, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.ec2.models.vpcs import VPCBackend

    monkeypatch.setattr(VPCBackend, "describe_vpcs", lambda *_, **__: 1 / 0)

    with pytest.raises(ClientError, match="ZeroDivisionError") as caught:
        exercise.client("ec2").describe_vpcs()

    assert caught.value.response["Error"]["Code"] == "InternalFailure"
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 0


@pytest.mark.parametrize(
    "target", ["http://ec2.eu-west-2.amazonaws.com/", "http://example.com/", "http://127.0.0.1:1/"]
)
def test_it_is_no_proxy_to_anywhere(endpoint: str, target: str) -> None:
    request = urllib.request.Request(target)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": endpoint}))

    with pytest.raises(HTTPError) as caught:
        opener.open(request)

    assert caught.value.code == 403
    assert b"in a rehearsal nothing leaves loopback" in caught.value.read()


def test_it_opens_no_tunnel(endpoint: str) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"https": endpoint}))

    with pytest.raises(URLError, match="403"):
        opener.open("https://sts.amazonaws.com/")


@pytest.mark.parametrize("credentials", [True, False])
def test_boto3_reaches_nobody_else_in_a_rehearsals_environment(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, credentials: bool
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, endpoint)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost,::1")
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost,::1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    if credentials:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    elsewhere = boto3.Session().client(
        "sts", region_name=REGION, config=Config(retries={"total_max_attempts": 1}, connect_timeout=5)
    )

    with pytest.raises(BotoCoreError) as caught:
        elsewhere.get_caller_identity()

    assert isinstance(caught.value, ProxyConnectionError) or not credentials


def test_this_process_calls_nobody(exercise: Exercise, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1")

    assert exercise.client("ec2").describe_vpcs()["Vpcs"]
    assert exercise.client("sts", MANAGEMENT).get_caller_identity()["Account"] == MANAGEMENT
    exercise.client("s3").create_bucket(Bucket="evidence", CreateBucketConfiguration={"LocationConstraint": REGION})
    exercise.client("s3").put_object(Bucket="evidence", Key="a", Body=b"b")


def test_quotas_are_listed_and_set_and_a_wrong_name_gets_the_valid_ones(front: Front) -> None:
    name = "VPCs per Region"

    before = json.loads(asked(front, "GET", "/_range/quotas")[1])
    after = json.loads(asked(front, "POST", "/_range/quotas", json.dumps({"limits": {name: 2}}).encode())[1])
    status, body = asked(front, "POST", "/_range/quotas", json.dumps({"limits": {"VPC": 2}}).encode())

    assert (before[name], after[name]) == (5, 2)
    assert status == 400
    assert name in json.loads(body)["hint"]


def test_quotas_in_another_form_are_refused_with_the_right_one(front: Front) -> None:
    status, body = asked(front, "POST", "/_range/quotas", b'{"VPCs per Region": 2}')

    assert status == 400
    assert '"limits"' in json.loads(body)["error"]
