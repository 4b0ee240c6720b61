"""The emulator's own records, for truths that must know what exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from range.rehearsal.call import Call

_GLOBAL = frozenset({"budgets", "iam", "organizations", "route53", "s3", "s3control", "sts"})


def store(call: Call, service: str | None = None, *, account: str | None = None) -> Any:
    """Give the records of a service in the call's account and Region, unless another is named."""
    name = service or call.service.name
    return _stores(name)[account or call.account][_part(name, call.region)]


def stores(call: Call, service: str | None = None) -> Iterator[Any]:
    """Give the records of a service in this Region of every account that has any: some things cross accounts."""
    name = service or call.service.name
    for regional in list(_stores(name).values()):
        yield regional[_part(name, call.region)]


def _stores(service: str) -> Any:
    """Give moto's dictionary of a service: account, then Region, then backend."""
    from moto.backends import get_backend

    return get_backend(service)  # type: ignore[call-overload]  # its names are literals


def _part(service: str, region: str) -> str:
    """Name the part of the records; global services have one for the whole partition."""
    return "aws" if service in _GLOBAL else region
