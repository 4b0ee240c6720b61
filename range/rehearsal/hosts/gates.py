"""Where machines and EC2's state meet: states wait for machines, and machines that switch themselves off change states."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.instances import StateReason

from range.rehearsal.door import Cloud
from range.rehearsal.hosts.disks import Disks
from range.rehearsal.hosts.host import Host
from range.rehearsal.hosts.machines import Machine
from range.rehearsal.hosts.wanted import OFF, ON, machine_of
from range.rehearsal.keeping.reach import touch
from range.rehearsal.states import passing
from range.rehearsal.states.passing import Passing
from range.rehearsal.states.table import move_on

_KINDS = ("instance", "replace-root-volume-task", "snapshot", "image")
"""What moves on by itself where there are hosts: nobody has to look."""
_BY_ITSELF = "Client.InstanceInitiatedShutdown"
"""Source: EC2 API Reference, StateReason; from memory, 2026-11-28."""


class Gates:
    """Holds instances, snapshots and replacements in their states until machines and disks are as far."""

    def __init__(self, hosts: Mapping[str, Host], disks: Disks) -> None:
        """Judge by these hosts and disks."""
        self._hosts = hosts
        self._disks = disks
        self._of_kind = {
            "instance": self._instance_waits,
            "replace-root-volume-task": self._task_waits,
            "snapshot": lambda thing: not self._disks.holds(thing.id),
            "image": self._image_waits,
        }

    def open(self) -> None:
        """Begin to hold things back."""
        passing.held_back_by.append(self.holds_back)

    def close(self) -> None:
        """Hold nothing back any more."""
        passing.held_back_by.remove(self.holds_back)

    def holds_back(self, thing: Passing) -> bool:
        """Say whether a thing must stay in its state for now."""
        waits = self._of_kind.get(thing.kind)
        return waits is not None and waits(thing)

    def _instance_waits(self, thing: Passing) -> bool:
        """Let an instance wait for its machine: to have been started, or stopped, or removed; or to have failed to."""
        instance = _instance(thing.account, thing.region, thing.id)
        if instance is None:
            return False
        host = self._hosts.get(thing.id)
        if instance.state in ON | OFF:
            return host is None or host.settled != machine_of(instance, thing.region)
        return host is not None

    def _task_waits(self, thing: Passing) -> bool:
        """Let a replacement that is in progress wait for the machine to boot from the volume."""
        from range.rehearsal.areas.root_volumes import instance_in_progress

        named = instance_in_progress(thing)
        instance = None if named is None else _instance(thing.account, thing.region, named)
        if instance is None or instance.state not in ON | OFF:
            return False
        host = self._hosts.get(instance.id)
        return host is None or host.settled != machine_of(instance, thing.region)

    def _image_waits(self, thing: Passing) -> bool:
        """Let an image wait for its snapshot."""
        image = _ec2(thing.account, thing.region).amis.get(thing.id)
        return image is not None and not self._disks.holds(image.ebs_snapshot.id)


def settle(cloud: Cloud) -> float | None:
    """Move everything on that nothing holds back any more; give in how many seconds there is more to move, if ever."""
    with cloud.changing():
        due = move_on(_KINDS)
    return None if due is None else max(0.0, due - time.time())


def switched_off(cloud: Cloud, machine: Machine) -> None:
    """Stop or terminate the instance of a machine that switched itself off, as it was launched to."""
    with cloud.changing():
        for account, region, ec2 in list(ec2_backends.iter_backends()):
            instance = _instance(account, region, machine.id)
            if instance is not None and instance.state in ON:
                end = instance.terminate if machine.stops_by_itself == "terminate" else instance.stop
                end()
                instance.state_reason = StateReason(f"{_BY_ITSELF}: Instance initiated shutdown", _BY_ITSELF)
                touch(ec2)


def _ec2(account: str, region: str) -> Any:
    """Give EC2 records without looking them up: that would be noted."""
    regional: Any = ec2_backends[account]
    return dict.__getitem__(regional, region)


def _instance(account: str, region: str, id: str) -> Any:
    """Find an instance, if it is there."""
    reservations = _ec2(account, region).reservations.values()
    return next((each for held in reservations for each in held.instances if each.id == id), None)
