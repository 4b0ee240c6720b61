"""The configuration of one explicit provider: in which account and Region it acts, as whom, and with which tags."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from botocore.credentials import Credentials

from range.errors import CloudError
from range.rehearsal.provider.check import near
from range.rehearsal.provider.clients import Caller, Clients
from range.rehearsal.provider.wire import contains_unknown

_CARRIED = frozenset(
    {"region", "accessKey", "secretKey", "token", "assumeRoles", "defaultTags", "allowedAccountIds", "version"}
)
_HARMLESS = frozenset(
    {
        "maxRetries",
        "pluginDownloadUrl",
        "skipCredentialsValidation",
        "skipMetadataApiCheck",
        "skipRegionValidation",
        "skipRequestingAccountId",
    }
)
"""Known to the real provider, and without effect on what it makes."""
_ROLE = frozenset({"roleArn", "externalId", "sessionName", "duration"})
_KEPT = 4096

Operators: TypeAlias = Callable[[str | None], Credentials]
"""Gives the credentials to start from, for an account to act in."""


@dataclass
class Connection:
    """One engine's connection for one provider resource."""

    caller: Caller
    stop: threading.Event = field(default_factory=threading.Event)


class Connections:
    """The configured connections by peer address; the engine never says that one ends, so the oldest give way."""

    def __init__(self) -> None:
        """Start with none."""
        self._known: OrderedDict[str, Connection] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, peer: str, connection: Connection) -> None:
        """Keep a connection under its peer's address."""
        with self._lock:
            self._known[peer] = connection
            self._known.move_to_end(peer)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)

    def get(self, peer: str) -> Connection:
        """Give the connection of a peer.

        Raises:
            CloudError: the peer was never configured.
        """
        known = self._known.get(peer)
        if known is None:
            raise CloudError(f"the provider at {peer} was never configured")
        return known

    def cancel(self, peer: str) -> None:
        """Have the waits of a peer end."""
        if peer in self._known:
            self._known[peer].stop.set()


def plain(config: Mapping[str, Any]) -> dict[str, Any]:
    """Give a provider's configuration with its nested values read: programs send those as JSON."""
    return {name: _read(value) for name, value in config.items()}


def problems(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a provider's configuration says that isn't carried out, as (property, why)."""
    config = {name: value for name, value in config.items() if not contains_unknown(value)}
    for name in config:
        if name not in _CARRIED | _HARMLESS and not name.startswith("__"):
            yield name, f"the rehearsal's AWS provider doesn't carry out {name}{near(name, _CARRIED)}"
    for role in config.get("assumeRoles") or ():
        for name in sorted(set(role) - _ROLE):
            yield f"assumeRoles.{name}", f"the rehearsal doesn't carry out {name}{near(name, _ROLE)}"
    for name in sorted(set(config.get("defaultTags") or {}) - {"tags"}):
        yield f"defaultTags.{name}", "defaultTags holds tags, and nothing else"


def caller(clients: Clients, operator: Operators, config: Mapping[str, Any]) -> Caller:
    """Log in as a provider's configuration says: its own keys or the operator's, then one role after another.

    Raises:
        CloudError: AWS refused a role, or the account isn't one of those allowed.
    """
    region = config.get("region")
    if not region:
        raise CloudError("missing required configuration key region", hint="give the provider its region")
    roles = config.get("assumeRoles") or ()
    allowed = [str(account) for account in config.get("allowedAccountIds") or ()]
    if config.get("accessKey"):
        credentials = Credentials(config["accessKey"], config.get("secretKey", ""), config.get("token"))
    else:
        credentials = operator(_account(roles, allowed))
    tags = (config.get("defaultTags") or {}).get("tags") or {}
    who = Caller(clients, credentials, region, default_tags=tuple(tags.items()))
    for role in roles:
        who = replace(who, credentials=_assumed(who, role))
    identity = _sts(who, "get_caller_identity", "asking who the provider is")
    if allowed and identity["Account"] not in allowed:
        raise CloudError(f"AWS account ID not allowed: {identity['Account']} (allowedAccountIds: {', '.join(allowed)})")
    return replace(who, account=identity["Account"], partition=identity["Arn"].split(":")[1])


def _account(roles: Sequence[Mapping[str, Any]], allowed: Sequence[str]) -> str | None:
    """Give an account that the provider will act in: the organisation that it belongs to tells whose operator to start as."""
    named = [str(role.get("roleArn", "")).split(":")[4:5] for role in roles]
    return next((parts[0] for parts in named if parts), allowed[0] if allowed else None)


def _assumed(who: Caller, role: Mapping[str, Any]) -> Credentials:
    given = {
        "RoleArn": role.get("roleArn"),
        "RoleSessionName": role.get("sessionName") or "pulumi-resource-aws",
        "ExternalId": role.get("externalId"),
    }
    params = {name: value for name, value in given.items() if value is not None}
    made = _sts(who, "assume_role", f"assuming IAM Role ({role.get('roleArn')})", **params)["Credentials"]
    return Credentials(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def _sts(who: Caller, operation: str, doing: str, **params: Any) -> dict[str, Any]:
    try:
        return who.ask("sts", operation, params)
    except CloudError as error:
        raise CloudError(f"{doing}: {error.message}", code=error.code) from error


def _read(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        return json.loads(value)
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
