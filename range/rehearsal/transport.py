"""boto3 sessions answered inside this process: no socket, no signature, the same door."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.auth import AUTH_TYPE_MAPS, BaseSigner
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.config import Config
from botocore.exceptions import ConnectionClosedError
from botocore.session import Session as CoreSession

from range.rehearsal.messages import Request
from range.rehearsal.models import loader
from range.rehearsal.weather.conditions import ConnectionLost

if TYPE_CHECKING:
    import boto3

    from range.rehearsal.door import Cloud

_SIGNER = "range-rehearsal"


class _Named(BaseSigner):  # type: ignore[misc]
    """Names the caller in the Authorization header, as a signature does, and computes nothing."""

    REQUIRES_REGION = True

    def __init__(self, credentials: Any, service_name: str, region_name: str) -> None:
        """Keep what the header names."""
        self.credentials = credentials
        self._scope = f"{region_name}/{service_name}/aws4_request"

    def add_auth(self, request: AWSRequest) -> None:
        """Write the header."""
        named = f"Credential={self.credentials.access_key}/19700101/{self._scope}"
        request.headers["Authorization"] = f"AWS4-HMAC-SHA256 {named}, SignedHeaders=host, Signature=in-process"
        if self.credentials.token:
            request.headers["X-Amz-Security-Token"] = self.credentials.token
        if "X-Amz-Trailer" in request.headers:
            request.headers["X-Amz-Content-SHA256"] = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


class _Presigned(BaseSigner):  # type: ignore[misc]
    """Leaves a URL as it is that botocore wants signed, to hand it on in a parameter, as CopySnapshot does."""

    REQUIRES_REGION = True

    def __init__(self, credentials: Any, service_name: str, region_name: str, expires: int = 3600) -> None:
        """Keep nothing."""

    def add_auth(self, request: AWSRequest) -> None:
        """Sign nothing."""


class _Body(BytesIO):
    """An answer's body, read the way botocore reads urllib3's."""

    def stream(self, amt: int = 1 << 16, **_: Any) -> Iterator[bytes]:
        """Yield the body in pieces."""
        while piece := self.read(amt):
            yield piece


def session(cloud: Cloud, access_key: str, secret: str, token: str | None = None) -> boto3.Session:
    """Make a session whose clients are answered by a cloud in this process.

    All sessions share the loaded service models: after the first client of a service, one more costs milliseconds.
    """
    import boto3
    from moto.core.models import botocore_stubber

    AUTH_TYPE_MAPS[_SIGNER] = _Named
    AUTH_TYPE_MAPS[f"{_SIGNER}-query"] = _Presigned
    core = CoreSession()
    core.register_component("data_loader", loader())
    core.set_credentials(access_key, secret, token)
    core.set_default_client_config(Config(signature_version=_SIGNER, user_agent=_SIGNER))
    events = core.get_component("event_emitter")
    events.unregister("before-send", botocore_stubber)  # under mock_aws, moto would carry out each request again
    events.register_first("before-send", _carrier(cloud))
    return boto3.Session(botocore_session=core)


def _carrier(cloud: Cloud) -> Callable[..., AWSResponse]:
    """Give the event handler that carries a prepared request through the door; what it answers never sees a network."""

    def carry(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        headers = {name: _text(value) for name, value in request.headers.items()}
        try:
            answer = cloud.answer(Request(request.method, request.url, headers, _bytes(request.body)))
        except ConnectionLost as lost:
            raise ConnectionClosedError(endpoint_url=request.url) from lost
        return AWSResponse(request.url, answer.status, answer.headers, _Body(answer.body))

    return carry


def _text(value: str | bytes) -> str:
    """Read a header: a signer writes bytes."""
    return value.decode() if isinstance(value, bytes) else value


def _bytes(body: Any) -> bytes:
    """Read a request's body, whatever botocore made of it."""
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body or b"")
