"""Asking a running rehearsal for what AWS has no call for: accounts by the ids of the exercise file, other quotas."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from range.errors import CloudError, InputError
from range.rehearsal.record import Rehearsal

_PATIENCE_S = 60.0


@dataclass(frozen=True)
class Credentials:
    """The operator of a management account, seeded by the rehearsal."""

    access_key: str
    secret: str
    organisation: str


def accounts(rehearsal: Rehearsal, management: str, members: Mapping[str, str]) -> Credentials:
    """Have an exercise's accounts made, or found; `members` are account ids by name.

    Raises:
        InputError: the rehearsal can't have these accounts.
        CloudError: the rehearsal is gone.
    """
    document = {
        "management": {"id": management, "name": "management"},
        "members": [{"id": account, "name": name} for name, account in members.items()],
    }
    answer = _asked(rehearsal, "/_range/accounts", document)
    return Credentials(answer["access_key"], answer["secret"], answer["organisation"])


def set_quotas(rehearsal: Rehearsal, limits: Mapping[str, int], account: str | None = None) -> dict[str, int]:
    """Set quotas of an account, or of all; give what each is now. `docs/test-your-own-code.md` lists their names.

    Raises:
        InputError: there is no such quota, or a number is none.
        CloudError: the rehearsal is gone.
    """
    return _asked(rehearsal, "/_range/quotas", {"limits": dict(limits), "account": account})


def set_weather(rehearsal: Rehearsal, **settings: object) -> dict[str, Any]:
    """Set how long things take and what goes wrong; give all of the settings. `docs/bad-days.md` lists them.

    Raises:
        InputError: there is no such setting, or a value that it can't have.
        CloudError: the rehearsal is gone.
    """
    return _asked(rehearsal, "/_range/weather", settings)


def hosts(rehearsal: Rehearsal) -> dict[str, dict[str, str]] | None:
    """Tell how each machine stands, by instance: its state, and why where something is wrong; None without hosts.

    Raises:
        CloudError: the rehearsal is gone.
    """
    found: dict[str, dict[str, str]] | None = _asked(rehearsal, "/_range/hosts")["hosts"]
    return found


def _asked(rehearsal: Rehearsal, path: str, document: Mapping[str, object] | None = None) -> dict[str, Any]:
    """Ask the rehearsal's own endpoint, or post a document to it; give what it says."""
    connection = http.client.HTTPConnection("127.0.0.1", rehearsal.port, timeout=_PATIENCE_S)
    try:
        method, body = ("GET", None) if document is None else ("POST", json.dumps(document))
        connection.request(method, path, body)
        response = connection.getresponse()
        answer: dict[str, Any] = json.loads(response.read())
    except OSError as error:
        hint = "run `range rehearsal start`"
        raise CloudError(f"the rehearsal cloud at {rehearsal.endpoint} does not answer: {error}", hint=hint) from error
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK:
        raise InputError(answer["error"], hint=answer.get("hint"))
    return answer
