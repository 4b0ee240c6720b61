"""Asking a running rehearsal for what AWS has no call for: accounts by the ids of the exercise file."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass

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
    connection = http.client.HTTPConnection("127.0.0.1", rehearsal.port, timeout=_PATIENCE_S)
    try:
        connection.request("POST", "/_range/accounts", json.dumps(document))
        response = connection.getresponse()
        answer = json.loads(response.read())
    except OSError as error:
        hint = "run `range rehearsal start`"
        raise CloudError(f"the rehearsal cloud at {rehearsal.endpoint} does not answer: {error}", hint=hint) from error
    finally:
        connection.close()
    if response.status != http.HTTPStatus.OK:
        raise InputError(answer["error"], hint=answer.get("hint"))
    return Credentials(answer["access_key"], answer["secret"], answer["organisation"])
