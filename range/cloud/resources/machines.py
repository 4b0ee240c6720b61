"""Instances, their disks and images, and what launches them."""

from __future__ import annotations

from range.cloud.resources.kinds import EVIDENCE, Found, Item, Kind, Place, by, by_list, ec2, pages, tag_mapping

_ROOTS = ("/dev/xvda", "/dev/sda1")
"""Source: Amazon EC2 User Guide, "Device names for volumes", what is reserved for the root (read 2026-11-22)."""
_GONE = frozenset({"terminated", "deleted", "cancelled", "closed"})


def _terminate(place: Place, found: Found) -> object:
    """Lift an instance's protections, then terminate it."""
    for attribute in ("DisableApiTermination", "DisableApiStop"):
        if found.item.get(attribute) is not False:
            place.call("ec2", "modify_instance_attribute", InstanceId=found.id, **{attribute: {"Value": False}})
    return place.call("ec2", "terminate_instances", InstanceIds=[found.id])


def _delete_volume(place: Place, found: Found) -> object:
    """Detach a volume, then delete it; a detachment under way is a conflict, and tried again."""
    for attachment in found.item.get("Attachments", ()):
        where = {"InstanceId": attachment["InstanceId"], "Device": attachment["Device"]}
        place.call("ec2", "detach_volume", VolumeId=found.id, Force=True, **where)
    return place.call("ec2", "delete_volume", VolumeId=found.id)


def _delete_key_pair(place: Place, found: Found) -> object:
    """Delete a key pair by its name: by its id the emulator says yes and keeps it."""
    return place.call("ec2", "delete_key_pair", KeyName=found.item["KeyName"])


def _is_an_instances_own(volume: Item) -> bool:
    """Say whether a volume goes with its instance, or can't be taken off it while it runs: its root."""
    attachments = volume.get("Attachments", ())
    return any(each.get("DeleteOnTermination") or each.get("Device") in _ROOTS for each in attachments)


def _is_evidence(snapshot: Item) -> str:
    """Say of what a snapshot was kept."""
    host = tag_mapping(snapshot.get("Tags")).get(EVIDENCE)
    return f"evidence of {host}, kept on request" if host else ""


KINDS = (
    ec2("instance", "instances", "Reservations[].Instances[]", "InstanceId", _terminate, parent="VpcId",
         state="State.Name", ended=_GONE, ending=frozenset({"shutting-down"}), inside=("ec2:vpc",), abroad=True,
         after=("autoscaling:group", "ec2:spot-request", "ec2:fleet", "ec2:traffic-mirror-session")),
    ec2("volume", "volumes", "Volumes", "VolumeId", _delete_volume, parent="Attachments[0].InstanceId", state="State",
         ended=_GONE, ending=frozenset({"deleting"}), abroad=True, after=("ec2:instance",),
         managed=_is_an_instances_own),
    Kind("ec2:image", "ec2", pages("ec2", "describe_images", "Images", Owners=["self"]), "ImageId",
         by("ec2", "deregister_image", "ImageId"), state="State", ended=frozenset({"deregistered"}), abroad=True,
         after=("ec2:instance",)),
    Kind("ec2:snapshot", "ec2", pages("ec2", "describe_snapshots", "Snapshots", OwnerIds=["self"]), "SnapshotId",
         by("ec2", "delete_snapshot", "SnapshotId"), residue=_is_evidence, abroad=True, after=("ec2:image", "ec2:volume")),
    ec2("key-pair", "key_pairs", "KeyPairs", "KeyPairId", _delete_key_pair),
    ec2("launch-template", "launch_templates", "LaunchTemplates", "LaunchTemplateId", "delete_launch_template",
         after=("autoscaling:group", "ec2:fleet")),
    ec2("placement-group", "placement_groups", "PlacementGroups", "GroupName", "delete_placement_group", state="State",
         ended=_GONE, ending=frozenset({"deleting"}), after=("ec2:instance",)),
    ec2("spot-request", "spot_instance_requests", "SpotInstanceRequests", "SpotInstanceRequestId",
         by_list("ec2", "cancel_spot_instance_requests", "SpotInstanceRequestIds"), state="State", ended=_GONE),
    ec2("fleet", "fleets", "Fleets", "FleetId", by_list("ec2", "delete_fleets", "FleetIds", TerminateInstances=True),
         state="FleetState", ended=_GONE, ending=frozenset({"deleted_running", "deleted_terminating"})),
    Kind("autoscaling:group", "autoscaling", pages("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups"),
         "AutoScalingGroupName",
         by("autoscaling", "delete_auto_scaling_group", "AutoScalingGroupName", ForceDelete=True), state="Status",
         ending=frozenset({"delete in progress"})),
    Kind("autoscaling:launch-configuration", "autoscaling",
         pages("autoscaling", "describe_launch_configurations", "LaunchConfigurations"), "LaunchConfigurationName",
         by("autoscaling", "delete_launch_configuration", "LaunchConfigurationName"), after=("autoscaling:group",)),
)  # fmt: skip
"""One row per type of machine, disk and image."""
