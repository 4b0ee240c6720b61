"""All quotas in one table, by the calls that they limit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from range.rehearsal.call import Call
from range.rehearsal.quotas import accounts, gateways, networks
from range.rehearsal.quotas.limits import limit_of
from range.rehearsal.quotas.rows import Quota
from range.rehearsal.refusals import Refusal

QUOTAS: tuple[Quota, ...] = (*networks.QUOTAS, *gateways.QUOTAS, *accounts.QUOTAS)


def _by_call() -> Mapping[str, tuple[Quota, ...]]:
    limited: dict[str, list[Quota]] = {}
    for quota in QUOTAS:
        for call in quota.calls:
            limited.setdefault(call, []).append(quota)
    return MappingProxyType({call: tuple(quotas) for call, quotas in limited.items()})


LIMITED: Mapping[str, tuple[Quota, ...]] = _by_call()
"""The quotas that a call may go over, by `service.Operation`."""


def defaults() -> dict[str, int]:
    """Give AWS's default of every quota that can be set, by name."""
    return {quota.name: quota.default for quota in QUOTAS}


def limits(account: str) -> dict[str, int]:
    """Give what each quota of an account, or of EVERYBODY, is now."""
    found = {quota.name: limit_of(account, quota.name) for quota in QUOTAS}
    return {name: default if found[name] is None else int(found[name] or 0) for name, default in defaults().items()}


def over_quota(call: Call) -> Refusal | None:
    """Say how AWS refuses a call that would go over a quota, or None."""
    for quota in LIMITED.get(call.name, ()):
        limit = limit_of(call.account, quota.name)
        if limit is None and quota.held:
            limit = quota.default
        if limit is not None and quota.needed(call) > limit:
            return Refusal(quota.code, quota.message.format(limit=limit), status=quota.status)
    return None
