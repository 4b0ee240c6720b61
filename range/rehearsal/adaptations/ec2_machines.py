"""EC2's instances, volumes, snapshots and images: they take their time on the way from one state to the next."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.models.elastic_block_store import EBSBackend, Volume, VolumeModification
from moto.ec2.models.instances import Instance, InstanceBackend, InstanceState, StateReason

from range.rehearsal.hosts.standings import standing
from range.rehearsal.states.machines import state
from range.rehearsal.states.passing import enter, leave

_PROGRESS = {"modifying": 0, "optimizing": 50, "completed": 100}
"""How far a volume's change is, in percent."""


def adapt() -> None:
    """Change moto's instances, volumes, snapshots and images."""
    InstanceBackend.run_instances = _pending(InstanceBackend.run_instances)
    instance: Any = Instance
    instance.boots = 0
    instance.start = _passing(_booting(Instance.start), "pending", unless=("pending", "running"))
    instance.stop = _passing(Instance.stop, "stopping", unless=("stopping", "stopped"))
    instance.reboot = _unless_over(_booting(Instance.reboot))
    instance.state_reason = property(_reason, _set_reason)
    instance.instance_status = property(_status_of_machine(Instance.instance_status))
    instance.end = Instance.terminate
    instance.terminate = _passing(lambda _: None, "shutting-down", unless=("shutting-down", "terminated"))
    volume: Any = Volume
    volume.arriving = volume.leaving = False
    volume.status = property(_status)
    EBSBackend.create_volume = _creating(EBSBackend.create_volume)
    modification: Any = VolumeModification
    modification.modification_state = "completed"
    modification.progress = property(lambda each: _PROGRESS[each.modification_state])
    EBSBackend.modify_volume = _changing(EBSBackend.modify_volume)
    EBSBackend.attach_volume = _settled(EBSBackend.attach_volume)
    EBSBackend.delete_volume = _settled(EBSBackend.delete_volume)
    EBSBackend.create_snapshot = _incomplete(EBSBackend.create_snapshot)
    EBSBackend.copy_snapshot = _incomplete(EBSBackend.copy_snapshot, copied=True)
    EBSBackend.delete_snapshot = _settled(EBSBackend.delete_snapshot)
    for name in ("create_image", "copy_image", "register_image"):
        setattr(AmiBackend, name, _registering(getattr(AmiBackend, name)))
    setattr(Ami, "block_device_mappings", property(_mappings))  # noqa: B010 moto has a property
    AmiBackend.deregister_image = _deregistered(AmiBackend.deregister_image)


def _pending(run: Callable[..., Any]) -> Callable[..., Any]:
    """Let new instances be pending at first."""

    def run_instances(self: Any, *args: Any, **kwargs: Any) -> Any:
        reservation = run(self, *args, **kwargs)
        for instance in reservation.instances:
            instance._state = state("pending")
            enter("instance", "pending", instance.id, self)
        return reservation

    return run_instances


def _passing(act: Callable[[Any], object], through: str, *, unless: tuple[str, ...]) -> Callable[[Any], InstanceState]:
    """Begin a change of an instance, which is over with a later look; an instance that is there already stays as it is."""

    def begin(self: Any) -> InstanceState:
        previous: InstanceState = copy.copy(self._state)
        if self.state not in unless:
            act(self)
            self._state = state(through)
            enter("instance", through, self.id, self.ec2_backend)
        return previous

    return begin


def _booting(act: Callable[[Any], object]) -> Callable[[Any], object]:
    """Count the boots that calls ask for: a machine that was booted less often has one to do."""

    def boot(self: Any) -> object:
        self.boots += 1
        return act(self)

    return boot


def _reason(instance: Any) -> Any:
    """Give the reason of an instance's state; where its machine isn't up, that is it."""
    stands = standing(instance.id)
    if stands is None or stands.state != "failed" or instance.state not in ("pending", "running"):
        return instance.__dict__.get("reason_of_state") or StateReason()
    return StateReason(f"{_FAULT}: {stands.why}", _FAULT)


def _set_reason(instance: Any, reason: Any) -> None:
    """Keep the reason of an instance's state."""
    instance.__dict__["reason_of_state"] = reason


_FAULT = "Server.InternalError"
"""Source: EC2 API Reference, StateReason; from memory, 2026-11-28."""
_CHECKS = {"starting": ("initializing", "initializing"), "failed": ("impaired", "failed")}
"""The status and its reachability check of machines that aren't up.

Source: botocore's model of EC2 2016-11-15, SummaryStatus and StatusType, read 2026-11-28.
"""


def _status_of_machine(moto: Any) -> Callable[[Any], dict[str, Any]]:
    """Let the status checks of an instance say how its machine is, where it has one."""

    def status(instance: Any) -> dict[str, Any]:
        given: dict[str, Any] = moto.fget(instance)
        stands = standing(instance.id)
        if stands is None or stands.state not in _CHECKS or instance.state != "running":
            return given
        summary, check = _CHECKS[stands.state]
        return {"Status": summary, "Details": [{"Name": "reachability", "Status": check}]}

    return status


def _unless_over(reboot: Callable[[Any], object]) -> Callable[[Any], None]:
    """Let an instance that has ended, or is about to, stay so; a reboot in moto brings it back."""

    def rebooted(self: Any) -> None:
        if self.state not in ("shutting-down", "terminated"):
            reboot(self)

    return rebooted


def _status(self: Any) -> str:
    """Give the state of a volume."""
    if self.attachment:
        return "in-use"
    if self.leaving:
        return "deleting"
    return "creating" if self.arriving else "available"


def _creating(create: Callable[..., Any]) -> Callable[..., Any]:
    """Let a new volume be made at first."""

    def create_volume(self: Any, *args: Any, **kwargs: Any) -> Any:
        volume = create(self, *args, **kwargs)
        volume.arriving = True
        enter("volume", "creating", volume.id, self)
        return volume

    return create_volume


def _changing(modify: Callable[..., Any]) -> Callable[..., Any]:
    """Let a volume be as it is asked to be at once, and its change go on for a while, as on AWS."""

    def modify_volume(self: Any, volume_id: str, *args: Any, **kwargs: Any) -> Any:
        volume = modify(self, volume_id, *args, **kwargs)
        volume.arriving = False
        volume.modifications[-1].modification_state = "modifying"
        enter("volume-modification", "modifying", volume.id, self)
        return volume

    return modify_volume


def _settled(act: Callable[..., Any]) -> Callable[..., Any]:
    """Let a volume or a snapshot be on its way no longer once it is attached or deleted."""

    def settled(self: Any, id: str, *args: Any, **kwargs: Any) -> Any:
        answer = act(self, id, *args, **kwargs)
        leave(id, self.region_name)
        if id in self.volumes:
            self.volumes[id].arriving = False
        return answer

    return settled


def _incomplete(create: Callable[..., Any], *, copied: bool = False) -> Callable[..., Any]:
    """Let a new snapshot be pending at first; one that an image makes for itself comes complete with it."""

    def snapshot(self: Any, *args: Any, **kwargs: Any) -> Any:
        made = create(self, *args, **kwargs)
        made.copied = copied
        made.of_snapshot = kwargs.get("source_snapshot_id", args[0] if args else None) if copied else None
        if not made.from_ami:
            made.status = "pending"
            enter("snapshot", "pending", made.id, self)
        return made

    return snapshot


def _registering(make: Callable[..., Any]) -> Callable[..., Any]:
    """Let a new image be pending at first. One that is made of an instance or an image has its root where that has it."""

    def image(self: Any, *args: Any, **kwargs: Any) -> Any:
        made = make(self, *args, **kwargs)
        if make.__name__ != "register_image":
            made.root_device_type = "ebs"
        _note_source(made, self, args if make.__name__ == "copy_image" else ())
        made.state = "pending"
        enter("image", "pending", made.id, self)
        return made

    return image


def _note_source(image: Any, ec2: Any, copied: tuple[Any, ...]) -> None:
    """Note what an image's snapshot is of: the root volume of the instance that it was made of, or the image that was copied."""
    instance = getattr(image, "instance", None)
    root = None if instance is None else instance.block_device_mapping.get(instance.root_device_name)
    if root is not None:
        image.ebs_snapshot.of_volume = root.volume_id
        image.root_gib = int(ec2.volumes[root.volume_id].size)
    if copied:
        source_id, region = copied[:2]
        source = ec2_backends[ec2.account_id][region].amis[source_id]
        image.ebs_snapshot.of_snapshot = source.ebs_snapshot.id
        image.root_gib = int(source.block_device_mappings[0]["Ebs"]["VolumeSize"])


def _mappings(self: Any) -> list[dict[str, Any]]:
    """Give an image's root volume, as large as what it was made of."""
    mappings: list[dict[str, Any]] = _MAPPINGS.fget(self)
    size = getattr(self, "root_gib", None)
    return [{**each, "Ebs": {**each["Ebs"], **({"VolumeSize": size} if size else {})}} for each in mappings]


_MAPPINGS: Any = Ami.block_device_mappings


def _deregistered(deregister: Callable[..., Any]) -> Callable[..., Any]:
    """Let an image that is deregistered be on its way no longer."""

    def deregister_image(self: Any, ami_id: str) -> Any:
        answer = deregister(self, ami_id)
        leave(ami_id, self.region_name)
        return answer

    return deregister_image
