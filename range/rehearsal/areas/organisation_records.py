"""moto's records of organisations, as areas use them."""

from __future__ import annotations

from typing import Any

from moto.organizations.models import organizations_backends

from range.rehearsal.callers import PARTITION

RAM = "ram.amazonaws.com"


def manager_of(account: str) -> str | None:
    """Give the management account of an account's organisation; its own id if it is one, None without organisation."""
    belongs_to = organizations_backends.master_accounts.get(account)
    if belongs_to is not None:
        return str(belongs_to[0])
    regional = dict.get(organizations_backends, account)
    backend = dict.get(regional, PARTITION) if regional is not None else None
    return account if backend is not None and backend.org is not None else None


def organisation_of(account: str) -> Any:
    """Give the records of an account's organisation, or None."""
    manager = manager_of(account)
    return None if manager is None else organizations_backends[manager][PARTITION]


def path_of(account: str) -> tuple[str, ...]:
    """Give the ids that an account stands under, from its organisation's root down to its own; none without one."""
    records = organisation_of(account)
    if records is None:
        return ()
    parents = {unit.id: unit.parent_id for unit in records.ou} | {each.id: each.parent_id for each in records.accounts}
    path = [account]
    while (parent := parents.get(path[0])) is not None:
        path.insert(0, parent)
    return tuple(path)


def shares_within(account: str) -> bool:
    """Say whether the account's organisation has switched sharing on."""
    records = organisation_of(account)
    return records is not None and any(service["ServicePrincipal"] == RAM for service in records.services)
