"""AWS clients for many callers: one client per service and Region, told at each call whose credentials sign it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ParamValidationError

from range.errors import CloudError

if TYPE_CHECKING:
    import boto3

_signer: ContextVar[Credentials] = ContextVar("signer")


class Clients:
    """The clients of one session. A client costs megabytes and half a second, a caller must not: so they share."""

    def __init__(self, session: boto3.Session) -> None:
        """Make no client yet; each is made at its first use."""
        self._session = session
        self._session.events.register("before-sign", _sign)
        self._made: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def get(self, service: str, region: str) -> Any:
        """Give the client of a service in a Region."""
        known = self._made.get((service, region))
        if known is None:
            with self._lock:
                known = self._made.get((service, region))
                if known is None:
                    known = self._session.client(service, region_name=region)
                    self._made[service, region] = known
        return known


def _sign(request: AWSRequest, **_: Any) -> None:
    """Have the request signed with the credentials of whoever is calling now."""
    credentials = _signer.get(None)
    if credentials is not None:
        request.context.setdefault("signing", {})["request_credentials"] = credentials


@dataclass(frozen=True)
class Caller:
    """Who acts: an account in a Region, with credentials for it, and the tags that everything of theirs carries."""

    clients: Clients
    credentials: Credentials
    region: str
    account: str = ""
    partition: str = "aws"
    default_tags: tuple[tuple[str, str], ...] = ()

    def ask(self, service: str, operation: str, params: Mapping[str, Any], region: str = "") -> dict[str, Any]:
        """Make one call.

        Raises:
            CloudError: AWS refused it; the error has its code.
        """
        client = self.clients.get(service, region or self.region)
        with self._acting(operation):
            answer: dict[str, Any] = getattr(client, operation)(**params)
        return answer

    def pages(self, service: str, operation: str, params: Mapping[str, Any], region: str = "") -> list[dict[str, Any]]:
        """Make one call as often as its answer has another page.

        Raises:
            CloudError: AWS refused it; the error has its code.
        """
        client = self.clients.get(service, region or self.region)
        with self._acting(operation):
            return list(client.get_paginator(operation).paginate(**params))

    @contextmanager
    def _acting(self, operation: str) -> Iterator[None]:
        """Sign what is called meanwhile, in this thread, as this caller; give AWS's refusal with its code."""
        token = _signer.set(self.credentials)
        try:
            yield
        except ClientError as error:
            said = error.response.get("Error", {})
            code, message = said.get("Code", "Unknown"), said.get("Message", "")
            raise CloudError(f"{error.operation_name}: {code}: {message}", code=code) from error
        except ParamValidationError as error:
            raise CloudError(f"{operation}: {error}", code="ParamValidation") from error
        finally:
            _signer.reset(token)
