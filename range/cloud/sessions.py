"""Who may enter: one account at a time, as its controller role, and in a rehearsal never past loopback.

Making a boto3 client costs 5 to 20 ms and up to 1 MiB, and an inventory of 36 accounts in 17 Regions would need
thousands. Clients of one service differ only in who signs, for which Region, and in the Region's host: so one is shared,
and each call lends it its account's credentials and its Region. Services without a host per Region have a client for each.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import botocore.session
from botocore.awsrequest import AWSPreparedRequest
from botocore.client import BaseClient
from botocore.config import Config
from botocore.credentials import CredentialResolver, Credentials, DeferredRefreshableCredentials, ReadOnlyCredentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError

from range.cloud.codes import UNREACHED
from range.cloud.loopback import Carrier
from range.cloud.models import models_like
from range.cloud.questions import Questions, Signing
from range.errors import CloudError, EnvironmentMissing
from range.records.plan import Plan

CONNECTIONS = 32
"""Connections to AWS kept open per client: as many calls can be under way at once."""

_CONFIG = Config(
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=CONNECTIONS,
    retries={"mode": "standard", "total_max_attempts": 5},
    # the account's own endpoints (DynamoDB) would need to know whose credentials will sign
    account_id_endpoint_mode="disabled",
    user_agent="defence-range",  # botocore's own is put together anew for every call, a tenth of its time
)
SILENT_S = 5.0
"""How long an endpoint that didn't answer isn't asked again."""


class Silence:
    """The endpoints that nobody answers at: a look asks hundreds of questions, and botocore tries for seconds at each."""

    def __init__(self) -> None:
        """Begin with none."""
        self._missed: dict[str, tuple[float, CloudError]] = {}

    def refuse(self, endpoint: str) -> None:
        """Refuse at once what would be asked of an endpoint that didn't answer just now.

        Raises:
            CloudError: what was said when it didn't answer.
        """
        when, error = self._missed.get(endpoint, (0.0, None))
        if error is not None and time.monotonic() - when < SILENT_S:
            raise CloudError(error.message, hint=error.hint, code=error.code)

    def missed(self, endpoint: str, error: CloudError) -> None:
        """Remember that an endpoint didn't answer."""
        self._missed[endpoint] = time.monotonic(), error


_SILENT = Silence()
_SIGNING: ContextVar[Credentials] = ContextVar("signing")
_ELSEWHERE: ContextVar[str | None] = ContextVar("elsewhere")
"""The Region that a call is for, where that isn't its client's."""


@dataclass(frozen=True)
class Entry:
    """How to get into one account: as a role there, or with the caller's own credentials."""

    role: str | None = None
    external_id: str | None = None
    session_name: str = "range"


class Sessions:
    """The accounts of one exercise, and no others. Safe to use from several threads."""

    def __init__(self, entries: Mapping[str, Entry], region: str, partition: str = "aws") -> None:
        """Name the accounts and how each is entered. Nothing is asked of AWS yet."""
        self.region = region
        self.partition = partition
        self._entries = dict(entries)
        self._endpoint = os.environ.get("AWS_ENDPOINT_URL")
        self._session = botocore.session.get_session()
        self._own = self._own_credentials()
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._accounts: dict[str, Account] = {}
        self._guard = threading.Lock()
        self._making = threading.Lock()
        self._session.register_component("credential_provider", CredentialResolver([_Lender()]))
        self._session.register("before-sign", _sign_for_its_region)
        self._session.register_component("data_loader", models_like(self._session.get_component("data_loader")))
        if self.rehearsal:
            self._session.register("before-send", _refuse_to_leave)
            questions = Questions(Carrier(), _signing)
            self._session.register("before-call", questions.ask)
            self._session.register("before-send", questions)

    @classmethod
    def of_plan(cls, plan: Plan, also: Iterable[str] = ()) -> Sessions:
        """Enter accounts as the exercise's controller; the caller's own credentials are for the management account.

        `also` are accounts that left the exercise file, and that what stands there has still to be removed from.
        """
        role = Entry(role=plan.controller_role, external_id=plan.external_id, session_name=f"range-{plan.exercise}")
        entries = dict.fromkeys((plan.hub.account, *(enclave.account for enclave in plan.enclaves), *also), role)
        return cls({**entries, plan.management_account: Entry()}, plan.region)

    @property
    def rehearsal(self) -> bool:
        """Say whether the endpoint is on this machine, so that nothing may leave it."""
        return self._endpoint is not None and is_loopback(self._endpoint)

    @property
    def models(self) -> Loader:
        """AWS's descriptions of its services, as far as they have been read; reading all takes 100 MiB."""
        loader: Loader = self._session.get_component("data_loader")
        return loader

    @property
    def accounts(self) -> tuple[str, ...]:
        """List the account ids that may be entered."""
        return tuple(self._entries)

    def account(self, account: str) -> Account:
        """Enter one account. Raises CloudError for one that the exercise file doesn't list."""
        if account not in self._entries:
            raise CloudError(
                f"account {account} isn't in the exercise file, so nothing is done there",
                hint=f"the file lists {', '.join(sorted(self._entries))}",
            )
        with self._guard:
            if account not in self._accounts:
                entry = self._entries[account]
                credentials = self._role_credentials(account, entry) if entry.role else self._own
                self._accounts[account] = Account(account, self.region, credentials, self._client)
            return self._accounts[account]

    def caller(self) -> str:
        """Give the account that the caller's own credentials belong to.

        Raises:
            CloudError: they are nobody's, or belong to an account that the exercise file doesn't list.
        """
        identity = Account("", self.region, self._own, self._client).call("sts", "get_caller_identity")
        if identity["Account"] not in self._entries:
            raise CloudError(
                f"your credentials belong to account {identity['Account']} ({identity['Arn']}), "
                "which the exercise file doesn't list",
                hint="use credentials of the management account, or mend `accounts` in the exercise file",
            )
        return str(identity["Account"])

    def _own_credentials(self) -> Credentials:
        """Find the caller's credentials; in a rehearsal only in the environment: other places may need the network."""
        if self.rehearsal:
            key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
            found = Credentials(key, secret, os.environ.get("AWS_SESSION_TOKEN")) if key and secret else None
            hint = 'eval "$(range rehearsal env SPEC)"'
        else:
            hint = "log in first, for instance with `aws sso login`, and set AWS_PROFILE"
            try:  # a session of its own: botocore would remember them
                found = botocore.session.get_session().get_credentials()
            except BotoCoreError as error:
                raise EnvironmentMissing(f"there are no AWS credentials: {error}", hint=hint) from error
        if found is None:
            raise EnvironmentMissing("there are no AWS credentials", hint=hint)
        return found

    def _role_credentials(self, account: str, entry: Entry) -> Credentials:
        """Give credentials of a role in an account, assumed when first used and renewed before they expire."""
        caller = Account(account, self.region, self._own, self._client)
        parameters: dict[str, Any] = {
            "RoleArn": f"arn:{self.partition}:iam::{account}:role/{entry.role}",
            "RoleSessionName": entry.session_name,
            "DurationSeconds": 3600,  # the most that a chained role session gets
        }
        if entry.external_id:
            parameters["ExternalId"] = entry.external_id

        def assume() -> dict[str, str]:
            got = caller.call("sts", "assume_role", **parameters)["Credentials"]
            return {
                "access_key": got["AccessKeyId"],
                "secret_key": got["SecretAccessKey"],
                "token": got["SessionToken"],
                "expiry_time": got["Expiration"].isoformat(),
            }

        return DeferredRefreshableCredentials(refresh_using=assume, method="assume-role")

    def _client(self, service: str, region: str) -> tuple[BaseClient, str | None]:
        """Give a client that all accounts share, and the Region that its calls are to be sent to if that isn't its own."""
        own = self._made(service, self.region)
        host = urlsplit(own.meta.endpoint_url).hostname or ""
        if region == self.region or not (self.rehearsal or self.region in host):
            return self._made(service, region), None
        return own, region

    def _made(self, service: str, region: str) -> BaseClient:
        """Make a client, or find it."""
        client = self._clients.get((service, region))
        if client is None:
            with self._making:  # botocore's session isn't made for several threads at once
                client = self._clients.get((service, region))
                if client is None:
                    client = self._session.create_client(service, region_name=region, config=_CONFIG)
                    self._clients[service, region] = client
        return client


class Account:
    """One account that was entered."""

    def __init__(
        self,
        id: str,
        region: str,
        credentials: Credentials,
        client: Callable[[str, str], tuple[BaseClient, str | None]],
    ) -> None:
        """Keep who signs; `region` is where calls go that name no Region."""
        self.id = id
        self.region = region
        self._credentials = credentials
        self._client = client

    @property
    def credentials(self) -> ReadOnlyCredentials:
        """The credentials that calls are signed with, for a program of AWS's own that is started with them."""
        return self._credentials.get_frozen_credentials()

    def call(self, service: str, operation: str, /, *, region: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Make one call, named as boto3 names it: `call("ec2", "describe_vpcs")`.

        Raises:
            CloudError: AWS refused it, or couldn't be reached; `code` says why.
        """
        answer = self._lent(service, operation, region, lambda client: getattr(client, operation)(**parameters))
        return dict(answer)

    def pages(
        self, service: str, operation: str, /, *, region: str | None = None, **parameters: Any
    ) -> list[dict[str, Any]]:
        """Make a call and all that follow it until its answer is complete."""

        def read(client: BaseClient) -> list[dict[str, Any]]:
            if not client.can_paginate(operation):
                return [getattr(client, operation)(**parameters)]
            return list(client.get_paginator(operation).paginate(**parameters))

        return list(self._lent(service, operation, region, read))

    def _lent(self, service: str, operation: str, region: str | None, act: Callable[[BaseClient], Any]) -> Any:
        """Act with a shared client, signing as this account."""
        where = region or self.region
        client, elsewhere = self._client(service, where)
        endpoint = f"{client.meta.endpoint_url} {elsewhere or ''}"
        _SILENT.refuse(endpoint)
        signing, place = _SIGNING.set(self._credentials), _ELSEWHERE.set(elsewhere)
        try:
            return act(client)
        except ClientError as refused:
            told = refused.response.get("Error", {})
            code = str(told.get("Code", ""))
            why = f"{self._place(service, operation, where)}: {code}: {told.get('Message', '')}"
            raise CloudError(why, code=code) from refused
        except (BotoCoreError, ResponseParserError) as failed:
            error = CloudError(f"{self._place(service, operation, where)}: {failed}", code=type(failed).__name__)
            if error.code in UNREACHED:
                _SILENT.missed(endpoint, error)
            raise error from failed
        finally:
            _ELSEWHERE.reset(place)
            _SIGNING.reset(signing)

    def _place(self, service: str, operation: str, region: str) -> str:
        return f"{service} {operation} in {self.id or 'the caller'}'s account, {region}"


_WITH_ACCOUNT = re.compile(r"^(https?://)[0-9]{12}\.(?=127\.|localhost|\[::1\])")


def is_loopback(url: str) -> bool:
    """Say whether a URL's host is this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _sign_for_its_region(request: Any, region_name: str, **_: object) -> None:
    """Have a request signed for the Region that it is for, and sent there, whichever its client's own is."""
    elsewhere = _ELSEWHERE.get(None)
    if elsewhere is not None:
        request.context.setdefault("signing", {})["region"] = elsewhere
        parts = urlsplit(request.url)
        request.url = parts._replace(netloc=parts.netloc.replace(region_name, elsewhere)).geturl()


def _signing(signer: Any, context: dict[str, Any]) -> Signing | None:
    """Say how a call is signed; None where that is more than Signature Version 4."""
    if (context.get("auth_type") or signer.signature_version) != "v4":
        return None
    given = context.get("signing", {})
    region = _ELSEWHERE.get(None) or given.get("region") or signer.region_name
    return _SIGNING.get().get_frozen_credentials(), region, given.get("signing_name") or signer.signing_name


def _refuse_to_leave(request: AWSPreparedRequest, **_: object) -> None:
    """Let no request out of this machine; botocore calls it just before sending.

    S3 Control puts the account before the host's name, and this machine has no such names.
    """
    request.url = _WITH_ACCOUNT.sub(r"\1", request.url)
    if not is_loopback(request.url):
        raise CloudError(
            f"in a rehearsal nothing leaves loopback, and this call was for {urlsplit(request.url).hostname}",
            code="LeavesLoopback",
            hint="unset AWS_ENDPOINT_URL_* variables and `endpoint_url` in ~/.aws/config",
        )


class _Lent(Credentials):  # type: ignore[misc]  # botocore has no types
    """Credentials of whoever makes the call."""

    def __init__(self) -> None:
        super().__init__("lent", "lent", method="lent")

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return _SIGNING.get().get_frozen_credentials()


class _Lender:
    """Gives every client the same lent credentials; the form that botocore asks of a credential provider."""

    METHOD = "lent"
    CANONICAL_NAME = "lent"

    def load(self) -> Credentials:
        return _Lent()
