"""What clients would send to AWS: caught before it leaves, and never answered sensibly."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.awsrequest import AWSResponse
from botocore.session import Session

HOME = "eu-west-2"
CALLS = (
    ("ec2", "describe_vpcs", HOME, f"ec2.{HOME}.amazonaws.com", HOME),
    ("ec2", "describe_vpcs", "us-west-2", "ec2.us-west-2.amazonaws.com", "us-west-2"),
    ("ecr", "describe_repositories", "us-west-2", "api.ecr.us-west-2.amazonaws.com", "us-west-2"),
    ("iam", "list_users", HOME, "iam.amazonaws.com", "us-east-1"),
    ("iam", "list_users", "us-east-1", "iam.amazonaws.com", "us-east-1"),
)
"""Service, operation, Region, and then the host that AWS has for that and the Region that it wants to be signed for."""


def on_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have clients that are made from now on take themselves to be on AWS, with somebody's credentials."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "example")


def sent(session: Session) -> list[tuple[str, str]]:
    """Catch what a session's clients send; each gives its host, and its scope: `eu-west-2/ec2`."""
    found: list[tuple[str, str]] = []

    def answer(request: Any, **_: object) -> AWSResponse:
        scope = str(request.headers["Authorization"]).partition("/aws4_request")[0].split("/")[-2:]
        found.append((str(urlsplit(request.url).hostname), "/".join(scope)))
        return AWSResponse(request.url, 400, {}, SimpleNamespace(stream=lambda: [b"not what was expected"]))

    session.register("before-send", answer)
    return found
