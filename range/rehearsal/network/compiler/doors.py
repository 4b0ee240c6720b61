"""Through which of its subnets an attachment of a transit gateway takes and gives packets."""

from __future__ import annotations

from range.rehearsal.network.world import Attachment, Subnet, World


def door_up(world: World, attachment: Attachment, zone: str) -> Subnet | None:
    """Give the subnet by which packets of an availability zone get to the gateway; without one there they don't."""
    return next((each for each in _doors(world, attachment) if each.zone == zone), None)


def door_down(world: World, attachment: Attachment | None, zone: str) -> Subnet | None:
    """Give the subnet by which packets leave the gateway: that of the zone they came from, if there is one."""
    doors = _doors(world, attachment) if attachment is not None else []
    return next((each for each in doors if each.zone == zone), doors[0] if doors else None)


def _doors(world: World, attachment: Attachment) -> list[Subnet]:
    """Give the subnets of an attachment, by availability zone."""
    known = (world.subnets[each] for each in attachment.subnets if each in world.subnets)
    return sorted(known, key=lambda each: each.zone)
