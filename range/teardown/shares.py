"""Taking an account out of what the hub shares with it, where the state that put it in was lost."""

from __future__ import annotations

import time
from collections.abc import Iterator

from range.cloud.resources.kinds import tag_mapping
from range.cloud.sessions import Account
from range.errors import CloudError
from range.plan.names import TAG_PREFIX

SHARED = "ec2:transit-gateway"
"""What the hub shares, as the witness calls it in an account that it is shared with."""
PATIENCE_S = 120.0
"""How long AWS may take until the account no longer sees what was shared."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 10.0
_OVER = ("DISASSOCIATED", "FAILED")


def leave(hub: Account, member: str, stack: str) -> bool:
    """Take an account out of all shares that the hub's stack has, and wait until it is; False where it is in none.

    Raises:
        CloudError: AWS refused, or took too long.
    """
    inside = [share for share in _shares(hub, stack) if _is_in(hub, member, share)]
    for share in inside:
        hub.call("ram", "disassociate_resource_share", resourceShareArn=share, principals=[member])
    until, wait_s = time.monotonic() + PATIENCE_S, _FIRST_WAIT_S
    while any(_is_in(hub, member, share) for share in inside):
        if time.monotonic() > until:
            raise CloudError(
                f"account {member} is still in the hub's shares after {PATIENCE_S:.0f} s", code="StillShared"
            )
        time.sleep(wait_s)
        wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
    return bool(inside)


def _shares(hub: Account, stack: str) -> Iterator[str]:
    """Name the shares of a stack by ARN."""
    for page in hub.pages("ram", "get_resource_shares", resourceOwner="SELF", resourceShareStatus="ACTIVE"):
        for share in page["resourceShares"]:
            if tag_mapping(share.get("tags")).get(f"{TAG_PREFIX}stack") == stack:
                yield share["resourceShareArn"]


def _is_in(hub: Account, member: str, share: str) -> bool:
    """Say whether an account is in a share, or on its way in or out."""
    pages = hub.pages("ram", "get_resource_share_associations", associationType="PRINCIPAL", resourceShareArns=[share])
    found = [each for page in pages for each in page["resourceShareAssociations"]]
    return any(each["associatedEntity"] == member and each["status"] not in _OVER for each in found)
