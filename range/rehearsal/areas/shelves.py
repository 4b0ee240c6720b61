"""A place for what an area keeps when a dictionary of shapes is enough: one per account and Region, with named shelves."""

from __future__ import annotations

from typing import Any

from moto.core.base_backend import BackendDict, BaseBackend
from moto.moto_api._internal import mock_random

from range.rehearsal.areas.regions import REGIONS
from range.rehearsal.call import Call

_DIGITS = 17
EVERYWHERE = "aws"
"""The Region of services that have none."""


class Shelves(BaseBackend):
    """The shelves of one account in one Region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        """Begin with none."""
        super().__init__(region_name, account_id)
        self.shelves: dict[str, dict[str, Any]] = {}


shelves_backends = BackendDict(Shelves, "shelves", use_boto3_regions=False, additional_regions=[*REGIONS, EVERYWHERE])


def shelf(call: Call, name: str, *, account: str | None = None, region: str | None = None) -> dict[str, Any]:
    """Give a shelf of an account and Region; the call's, unless others are named."""
    kept = shelves_backends[account or call.account][region or call.region]
    found: dict[str, Any] = kept.shelves.setdefault(name, {})
    return found


def new_id(prefix: str) -> str:
    """Make an id as EC2's are: a prefix and 17 hexadecimal digits."""
    return f"{prefix}-{mock_random.get_random_hex(_DIGITS)}"
