"""moto's records, looked at without making any: a look must not leave backends behind."""

from __future__ import annotations

from typing import Any

from range.rehearsal.callers import PARTITION

_GLOBAL = frozenset({"budgets", "iam", "organizations", "route53", "s3", "s3control", "sts"})


def backend_of(service: str, account: str, region: str) -> Any:
    """Give the records of a service in an account and Region, or None where it has none yet."""
    from moto.backends import get_backend

    regional = dict.get(get_backend(service), account)  # type: ignore[call-overload]  # its names are literals
    return None if regional is None else dict.get(regional, PARTITION if service in _GLOBAL else region)


def iam_of(account: str) -> Any:
    """Give IAM's records of an account, or None."""
    return backend_of("iam", account, PARTITION)


def everybodys(service: str, region: str) -> list[tuple[str, Any]]:
    """Give the records of a service in a Region of every account that has any."""
    from moto.backends import get_backend

    accounts = list(get_backend(service))  # type: ignore[call-overload]  # its names are literals
    found = ((account, backend_of(service, account, region)) for account in accounts)
    return [(account, backend) for account, backend in found if backend is not None]
