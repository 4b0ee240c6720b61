"""The witness's own way into accounts: a role assumed anew, clients of its own, and in a rehearsal never past loopback.

A client takes some 15 ms and 0.6 MiB to make, and a look at 17 Regions would need 350. Clients of one service differ in the
Region that they sign for and in the host that they call, so the exercise's Region's serves them all where AWS has one host
per Region.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError

from range.errors import CloudError, EnvironmentMissing
from range.observe.wire import Question, Wire, question

_SETTINGS = Config(
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=24,
    retries={"mode": "standard", "total_max_attempts": 6},
    account_id_endpoint_mode="disabled",
    user_agent="defence-range-witness",
)
_SETTINGS_HERE = _SETTINGS.merge(Config(s3={"addressing_style": "path"}))
_AS_WHOM: ContextVar[Credentials] = ContextVar("as_whom")
_ELSEWHERE: ContextVar[str] = ContextVar("elsewhere")
"""The Region that a call is for, where that isn't its client's."""
_NOTED: ContextVar[list[Any] | None] = ContextVar("noted", default=None)
"""Where what is sent is noted."""
_HERE = ("127.0.0.1", "::1", "localhost")
_SESSION_S = 3600
"""The most that a chained role session gets; a look takes seconds."""


_PASSES = re.compile(
    r"^IncorrectState$|Unavailable|Throttl|LimitExceeded|TooMany|SlowDown|Internal|Timeout|Connection|OperationAborted"
)
"""Codes of refusals that are over soon; botocore has asked again for some of them itself by then."""
_UNREACHED = ("EndpointConnectionError", "ConnectTimeoutError")
"""Codes by which botocore says that nobody answers there, after it has tried for some seconds itself."""
_PAUSES_S = (0.2, 1.0, 3.0)
_SILENT_S = 5.0
"""How long an endpoint that didn't answer isn't asked again: a look has hundreds of questions."""


@dataclass(frozen=True)
class Entry:
    """Which account, and by which role it is entered."""

    account: str
    role_arn: str
    external_id: str
    session_name: str = "range-witness"


class House:
    """What all doors share: the caller's own credentials, and their clients."""

    def __init__(self, region: str, models: Loader | None = None) -> None:
        """Find the caller's credentials; nothing is asked yet.

        `models` has AWS's descriptions of its services, as botocore publishes them: reading them anew takes 100 MiB.

        Raises:
            EnvironmentMissing: there are none.
        """
        self.region = region
        self.silent: dict[tuple[str, str | None], tuple[float, CloudError]] = {}
        """The endpoints where nobody answered, each with when that was and what was said."""
        self.endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
        try:
            own = botocore.session.get_session().get_credentials()
        except BotoCoreError as error:
            raise EnvironmentMissing(f"there are no AWS credentials: {error}", hint="log in first") from error
        if own is None:
            raise EnvironmentMissing("there are no AWS credentials", hint="log in first, and set AWS_PROFILE")
        self._own = own
        self._session = botocore.session.get_session()
        if models is not None:
            self._session.register_component("data_loader", models)
        self._session.set_credentials("signed", "below")  # botocore signs nothing without some
        self._session.register("before-sign", _sign)
        self._settings = _SETTINGS_HERE if urlsplit(self.endpoint).hostname in _HERE else _SETTINGS
        if self._settings is _SETTINGS_HERE:
            self._session.register("before-send", _stay_here)
        self.questions: dict[tuple[str, str, str], Question] = {}
        """What was asked already, by service, operation and parameters."""
        self.wire = Wire()
        self._session.register("before-send", _note)
        self._session.register("before-send", self.wire.carry)
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()

    def client(self, service: str, region: str) -> tuple[Any, str]:
        """Give the client of a service, and the Region that its calls are to be sent to if that isn't its own."""
        own = self._made(service, self.region)
        host = str(urlsplit(own.meta.endpoint_url).hostname)
        if region == self.region or not (host in _HERE or self.region in host):
            return self._made(service, region), ""
        return own, region

    def _made(self, service: str, region: str) -> Any:
        """Make a client, or find it."""
        if (service, region) not in self._clients:
            with self._making:
                if (service, region) not in self._clients:
                    made = self._session.create_client(service, region_name=region, config=self._settings)
                    self._clients[service, region] = made
        return self._clients[service, region]

    def enter(self, entry: Entry) -> Door:
        """Assume an account's role.

        Raises:
            CloudError: AWS refused, or let us into another account.
        """
        own = Door(self, "", self._own)
        answer = own.call("sts", "assume_role", self.region, **_assumption(entry))
        landed = answer["AssumedRoleUser"]["Arn"].split(":")[4]
        if landed != entry.account:
            raise CloudError(f"the role of account {entry.account} led into account {landed}", code="WrongAccount")
        got = answer["Credentials"]
        return Door(self, entry.account, Credentials(got["AccessKeyId"], got["SecretAccessKey"], got["SessionToken"]))


class Door:
    """One account, entered."""

    def __init__(self, house: House, account: str, credentials: Credentials) -> None:
        """Keep who signs."""
        self.house = house
        self.account = account
        self._credentials = credentials

    @property
    def home(self) -> str:
        """The exercise's Region."""
        return self.house.region

    def call(self, service: str, operation: str, region: str, /, **parameters: Any) -> dict[str, Any]:
        """Make one call.

        Raises:
            CloudError: AWS refused it, or couldn't be reached.
        """
        (answer,) = self._asked(service, operation, region, parameters, paged=False)
        return answer

    def pages(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Sequence[dict[str, Any]]:
        """Make a call and all that follow it until the answer is complete."""
        return self._asked(service, operation, region, parameters, paged=True)

    def listed(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Sequence[dict[str, Any]]:
        """Make a call and all that follow it, one that every account and Region is asked alike: cheaper from the second on."""
        key = service, operation, repr(sorted(parameters.items()))
        known = self.house.questions.get(key)
        if known is not None:
            page = self.house.wire.ask(known, region, self._credentials)
            return self.pages(service, operation, region, parameters) if page is None or known.goes_on(page) else [page]
        sent: list[Any] = []
        noting = _NOTED.set(sent)
        try:
            answer = self.pages(service, operation, region, parameters)
        finally:
            _NOTED.reset(noting)
        asked = question(self.house.client(service, region)[0], operation, sent[0], region) if sent else None
        if asked is not None:
            self.house.questions[key] = asked
        return answer

    def _asked(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, paged: bool
    ) -> list[dict[str, Any]]:
        """Ask, and again where AWS says that it isn't so now: a look changes nothing."""
        for pause_s in _PAUSES_S:
            try:
                return self._once(service, operation, region, parameters, paged=paged)
            except CloudError as refused:
                if not _PASSES.search(refused.code) or refused.code in _UNREACHED:
                    raise
                time.sleep(pause_s)
        return self._once(service, operation, region, parameters, paged=paged)

    def _once(
        self, service: str, operation: str, region: str, parameters: Mapping[str, Any], *, paged: bool
    ) -> list[dict[str, Any]]:
        client, other = self.house.client(service, region)
        endpoint = (str(client.meta.endpoint_url), other)
        when, said = self.house.silent.get(endpoint, (0.0, None))
        if said is not None and time.monotonic() - when < _SILENT_S:
            raise CloudError(said.message, code=said.code)
        whom, elsewhere = _AS_WHOM.set(self._credentials), _ELSEWHERE.set(other)
        try:
            if paged and client.can_paginate(operation):
                return list(client.get_paginator(operation).paginate(**parameters))
            return [getattr(client, operation)(**parameters)]
        except ClientError as refused:
            told = refused.response.get("Error", {})
            code = str(told.get("Code", ""))
            why = f"{service} {operation} in {region}: {code}: {told.get('Message', '')}"
            raise CloudError(why, code=code) from refused
        except (BotoCoreError, ResponseParserError) as failed:
            error = CloudError(f"{service} {operation} in {region}: {failed}", code=type(failed).__name__)
            if error.code in _UNREACHED:
                self.house.silent[endpoint] = time.monotonic(), error
            raise error from failed
        finally:
            _ELSEWHERE.reset(elsewhere)
            _AS_WHOM.reset(whom)


def _assumption(entry: Entry) -> dict[str, Any]:
    return {
        "RoleArn": entry.role_arn,
        "RoleSessionName": entry.session_name,
        "ExternalId": entry.external_id,
        "DurationSeconds": _SESSION_S,
    }


def _sign(request: Any, region_name: str, **_: object) -> None:
    """Have a request signed as whoever makes it, and sent to the Region that it is for, whichever the client's own is.

    On this machine no account's number stands before the endpoint.
    """
    signing, elsewhere = request.context.setdefault("signing", {}), _ELSEWHERE.get()
    signing["request_credentials"] = _AS_WHOM.get()
    request.url = _NUMBERED.sub(r"\1", request.url)
    if elsewhere:
        signing["region"] = elsewhere
        parts = urlsplit(request.url)
        request.url = parts._replace(netloc=parts.netloc.replace(region_name, elsewhere)).geturl()


_NUMBERED = re.compile(r"(?<=^http://)\d{12}\.(127\.0\.0\.1|localhost)(?=[:/])")


def _note(request: Any, **_: object) -> None:
    """Note what is sent, for who wants to know."""
    noted = _NOTED.get()
    if noted is not None:
        noted.append(request)


def _stay_here(request: Any, **_: object) -> None:
    """Let no request out of this machine."""
    host = urlsplit(request.url).hostname
    if host not in _HERE:
        raise CloudError(f"in a rehearsal nothing leaves loopback, and this call was for {host}", code="LeavesLoopback")
