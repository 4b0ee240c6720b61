"""What EC2's state wants of machines and disks, read at one moment: whatever then differs from it is brought into line."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.instance_types import INSTANCE_TYPES

from range.rehearsal.hosts.machines import Disk, Frozen, Machine, Wanted
from range.rehearsal.images import PublicImage, public_images
from range.rehearsal.network.wires import Interface

ON, OFF = frozenset(("pending", "running")), frozenset(("stopping", "stopped"))
"""States of instances in which their machine runs, and in which it is only kept."""


def wanted() -> Wanted:
    """Read the state; the caller holds the cloud's lock."""
    instances, disks, frozen = [], dict[str, Disk](), dict[str, Frozen]()
    for region, ec2 in _backends():
        instances += [(each.launch_time, each.id, each, region) for each in ec2.all_instances()]
        disks |= {each.id: _disk(ec2, each) for each in ec2.volumes.values()}
        frozen |= {each.id: _frozen(ec2, each) for each in ec2.snapshots.values()}
    instances.sort(key=lambda each: each[:2])
    machines = {each.id: machine_of(each, region) for *_, each, region in instances if each.state in ON | OFF}
    return Wanted(machines, disks, frozen)


def _backends() -> Iterator[tuple[str, Any]]:
    """Give the EC2 records of every account and Region that have any, without looking them up: that would be noted."""
    for _, region, ec2 in ec2_backends.iter_backends():
        yield region, ec2


def machine_of(instance: Any, region: str) -> Machine:
    """Read the machine that an instance wants; the caller holds the cloud's lock."""
    first = instance.nics.get(0)
    root = instance.block_device_mapping.get(instance.root_device_name)
    memory_mib = INSTANCE_TYPES.get(instance.instance_type, {}).get("MemoryInfo", {}).get("SizeInMiB")
    return Machine(
        id=instance.id,
        on=instance.state in ON,
        boot=getattr(instance, "boots", 0),
        volume=None if root is None else root.volume_id,
        hostname="ip-" + str(first.private_ip_address).replace(".", "-") if first is not None else instance.id,
        interfaces=tuple(_interface(index, each) for index, each in sorted(instance.nics.items())),
        domain=f"{region}.compute.internal",
        keys=_keys(instance),
        user_data=_user_data(instance.user_data),
        memory_mib=memory_mib,
        stops_by_itself=instance.instance_initiated_shutdown_behavior,
    )


def _interface(index: int, interface: Any) -> Interface:
    """Read one interface."""
    addresses_6 = tuple(IPv6Address(each) for each in getattr(interface, "ipv6_addresses", ()) or ())
    return Interface(
        interface.id, int(index), IPv4Address(interface.private_ip_address), interface.mac_address, addresses_6
    )


def _keys(instance: Any) -> tuple[str, ...]:
    """Give the public key of the pair that an instance was launched with, if that is there still."""
    pair = instance.ec2_backend.key_pairs.get(instance.key_name) if instance.key_name else None
    return () if pair is None else (pair.public_key.strip(),)


def _user_data(value: object) -> bytes:
    """Give user data as a machine gets it; what isn't base64 is taken as it is."""
    text = str(value or "")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text.encode()


def _disk(ec2: Any, volume: Any) -> Disk:
    """Read one volume."""
    return Disk(volume.id, volume.snapshot_id, _image_of(ec2, volume.snapshot_id))


def _image_of(ec2: Any, snapshot: str | None) -> str | None:
    """Find the public image that a snapshot is of: its publisher's, so that no account has it among its own."""
    if snapshot is None or snapshot in ec2.snapshots:
        return None
    released = (each for each in dict.values(ec2.amis) if isinstance(each, PublicImage))
    found = next((str(each.name) for each in released if each.ebs_snapshot.id == snapshot), None)
    return found or _public_snapshots(ec2.region_name).get(snapshot)


@cache
def _public_snapshots(region: str) -> dict[str, str]:
    """Name the images of a Region that are always there, by their snapshots."""
    return {each.ebs_snapshot.id: str(each.name) for each in public_images(region).values()}


def _frozen(ec2: Any, snapshot: Any) -> Frozen:
    """Read one snapshot: what an image keeps is of the instance that it was made of."""
    source = getattr(snapshot, "of_snapshot", None)
    if source is not None:
        return Frozen(snapshot.id, None, source, _image_of(ec2, source))
    return Frozen(snapshot.id, getattr(snapshot, "of_volume", None) or snapshot.volume.id)
