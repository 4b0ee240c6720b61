"""What quotas were set to, for everybody or for one account, kept with the cloud."""

from __future__ import annotations

from collections.abc import Mapping

from moto.core.base_backend import BackendDict, BaseBackend

from range.errors import InputError

EVERYBODY = "everybody"
"""Stands where kept things have an account."""
_EVERYWHERE = "aws"


class Limits(BaseBackend):
    """What quotas of one account, or of everybody, were set to."""

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin with AWS's defaults."""
        super().__init__(region_name, account_id)
        self.limits: dict[str, int] = {}


limits_backends = BackendDict(Limits, "limits", use_boto3_regions=False, additional_regions=[_EVERYWHERE])


def limit_of(account: str, name: str) -> int | None:
    """Give what a quota of an account was set to; None where nobody set it. Looking changes nothing."""
    for whose in (account, EVERYBODY):
        regional = dict.get(limits_backends, whose)
        kept = None if regional is None else dict.get(regional, _EVERYWHERE)
        if kept is not None and name in kept.limits:
            return int(kept.limits[name])
    return None


def set_limits(limits: Mapping[str, int], account: str, known: Mapping[str, int]) -> None:
    """Set quotas of an account, or of EVERYBODY. `known` are the names that there are.

    Raises:
        InputError: a quota isn't known, or a number is none.
    """
    for name, limit in limits.items():
        if name not in known:
            raise InputError(f"there is no quota {name!r}", hint=f"valid: {', '.join(sorted(known))}")
        if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
            raise InputError(f"the quota {name!r} can't be {limit!r}", hint="give a whole number, 0 or more")
    limits_backends[account][_EVERYWHERE].limits.update(limits)
