"""What somebody with rights in an enclave's account does to it; whatever may be refused is."""

from __future__ import annotations

from collections.abc import Iterable

from botocore.exceptions import ClientError

from tests.reset.ids import Client, Deed, Ids
from tests.reset.making import MADE
from tests.reset.spoiling import SPOILT

DEEDS: dict[str, Deed] = {**MADE, **SPOILT}


def played(client: Client, ids: Ids, deeds: Iterable[str]) -> list[str]:
    """Do what may be done; gives what was."""
    done = []
    for name in deeds:
        try:
            DEEDS[name](client, ids)
        except (ClientError, LookupError, StopIteration):  # refused, or gone already
            continue
        done.append(name)
    return done
