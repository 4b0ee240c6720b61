"""Golden images in the hub's account: builders launched, images made of them, shared with the other accounts, and removed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from range.cloud.sessions import Account
from range.errors import CloudError, Interrupted
from range.records.plan import Image, Record

IMAGE_TAG, BUILDER_TAG, EXERCISE_TAG = "range:image", "range:builder", "range:exercise"
"""What a golden image with all that is its own carries, what a builder carries, and whose both are."""
STACK_TAG = "range:stack"
PATIENCE_S = 1800.0
"""How long AWS may take for an instance, a snapshot or an image."""
KEY_WAIT_DAYS = 7
"""How long a deleted key can be called back.

Source: AWS KMS API Reference, ScheduleKeyDeletion, PendingWindowInDays (read 2026-11-22).
"""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.2, 15.0
_USES = ("kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*")
"""What launching from another account's encrypted image takes.

Source: Amazon EC2 User Guide, "Use encryption with EBS-backed AMIs"; AWS prescriptive guidance, "Share an encrypted AMI"
(from memory, 2026-11-28).
"""


class GoldenImage(Record):
    """One golden image as AWS lists it."""

    name: str
    id: str
    snapshots: tuple[str, ...] = ()
    state: str = "available"


@dataclass(frozen=True)
class Place:
    """Where builders stand: a zone of the hub, which the bastion reaches."""

    subnet: str
    cidr: IPv4Network
    group: str
    key_pair: str


@dataclass(frozen=True)
class Builder:
    """One builder that is to be launched."""

    image: str
    """The golden image that it is for."""
    base: str
    """The id of the image that it begins as."""
    size: str
    disk_gib: int
    address: IPv4Address


class Images:
    """The golden images of one exercise."""

    def __init__(self, hub: Account, exercise: str, tags: Mapping[str, str], stop: threading.Event) -> None:
        """Keep who acts; `tags` are those of the hub's stack, by which a teardown finds a builder that was left."""
        self._hub = hub
        self._exercise = exercise
        self._tags = tags
        self._stop = stop

    def all(self) -> dict[str, GoldenImage]:
        """List the exercise's golden images by name."""
        filters = [
            {"Name": "tag-key", "Values": [IMAGE_TAG]},
            {"Name": f"tag:{EXERCISE_TAG}", "Values": [self._exercise]},
        ]
        pages = self._hub.pages("ec2", "describe_images", Owners=["self"], Filters=filters)
        found = [_image(each) for page in pages for each in page["Images"]]
        return {each.name: each for each in found if each.state in ("available", "pending")}

    def place(self, zone: str, name: str) -> Place:
        """Find where builders can stand in a zone of the hub; `name` is how its group is called.

        Raises:
            CloudError: the hub isn't up.
        """
        ours = {STACK_TAG: self._tags[STACK_TAG]}
        subnets = self._found("describe_subnets", "Subnets", {"range:zone": zone, **ours})
        groups = self._found("describe_security_groups", "SecurityGroups", {"Name": name})
        listed = self._hub.call("ec2", "describe_key_pairs")["KeyPairs"]
        pairs = [
            each["KeyName"] for each in listed if {"Key": STACK_TAG, "Value": ours[STACK_TAG]} in each.get("Tags", ())
        ]
        if not subnets or not groups or not pairs:
            raise CloudError(f"the hub has no zone {zone} to build in", hint="it has to be up: range up SPEC")
        subnet = min(subnets, key=lambda each: str(each["CidrBlock"]))
        return Place(subnet["SubnetId"], IPv4Network(subnet["CidrBlock"]), groups[0]["GroupId"], pairs[0])

    def base(self, image: Image) -> str:
        """Find the image that builders begin as.

        Raises:
            CloudError: there is none of that name.
        """
        filters = [{"Name": "name", "Values": [image.name]}]
        found = self._hub.call("ec2", "describe_images", Owners=[image.owner], Filters=filters, IncludeDeprecated=True)
        if not found["Images"]:
            raise CloudError(
                f"there is no image {image.name} of {image.owner}", hint="correct `images` in the exercise file"
            )
        return str(found["Images"][0]["ImageId"])

    def free(self, place: Place, taken: Iterable[IPv4Address], count: int) -> list[IPv4Address]:
        """Give addresses that nobody has or will be allotted, from the end of a subnet.

        Raises:
            CloudError: there aren't as many.
        """
        pages = self._hub.pages(
            "ec2", "describe_network_interfaces", Filters=[{"Name": "subnet-id", "Values": [place.subnet]}]
        )
        used = {
            IPv4Address(each["PrivateIpAddress"])
            for page in pages
            for interface in page["NetworkInterfaces"]
            for each in interface["PrivateIpAddresses"]
        }
        used |= {*taken}
        spare = [each for each in reversed(list(place.cidr.hosts())[4:]) if each not in used]
        if len(spare) < count:
            raise CloudError(f"{place.cidr} has {len(spare)} free addresses, and {count} builders need one each")
        return spare[:count]

    def launch(self, place: Place, key: str, builder: Builder) -> str:
        """Launch a builder whose disk is encrypted with the images' own key; give its id."""
        device = self._hub.call("ec2", "describe_images", ImageIds=[builder.base])["Images"][0]["RootDeviceName"]
        ebs = {"VolumeSize": builder.disk_gib, "VolumeType": "gp3", "Encrypted": True, "KmsKeyId": key}
        tags = {**self._tags, "Name": f"builder of {builder.image}", BUILDER_TAG: builder.image}
        answer = self._hub.call(
            "ec2",
            "run_instances",
            ImageId=builder.base,
            InstanceType=builder.size,
            MinCount=1,
            MaxCount=1,
            KeyName=place.key_pair,
            NetworkInterfaces=[
                {"DeviceIndex": 0, "SubnetId": place.subnet, "Groups": [place.group],
                 "PrivateIpAddress": str(builder.address), "AssociatePublicIpAddress": False}
            ],
            MetadataOptions={"HttpEndpoint": "enabled", "HttpTokens": "required", "HttpPutResponseHopLimit": 1},
            BlockDeviceMappings=[{"DeviceName": device, "Ebs": {**ebs, "DeleteOnTermination": True}}],
            TagSpecifications=[{"ResourceType": each, "Tags": _tags(tags)} for each in ("instance", "volume")],
        )  # fmt: skip
        return str(answer["Instances"][0]["InstanceId"])

    def halt(self, instances: Sequence[str]) -> None:
        """Shut builders down, so that what is on their disks is whole."""
        if instances:
            self._hub.call("ec2", "stop_instances", InstanceIds=list(instances))
            self._until(lambda: self._states(instances) <= {"stopped"}, "the builders are shut down")

    def make(self, instance: str, name: str) -> GoldenImage:
        """Make an image of a builder that was shut down, and wait until it is there."""
        tags = _tags({"Name": name, EXERCISE_TAG: self._exercise, IMAGE_TAG: name})
        answer = self._hub.call(
            "ec2",
            "create_image",
            InstanceId=instance,
            Name=name,
            TagSpecifications=[{"ResourceType": each, "Tags": tags} for each in ("image", "snapshot")],
        )
        made = str(answer["ImageId"])

        def is_there() -> bool:
            image = self._one(made)
            if image.state in ("failed", "error", "invalid"):
                raise CloudError(f"the image {name} {image.state}", hint=f"range image build SPEC makes {name} again")
            return image.state == "available"

        self._until(is_there, f"the image {name} is made")
        return self._one(made)

    def share(self, image: GoldenImage, accounts: Iterable[str]) -> None:
        """Let other accounts launch from an image; those that aren't named any more lose it."""
        answer = self._hub.call("ec2", "describe_image_attribute", ImageId=image.id, Attribute="launchPermission")
        has = {each["UserId"] for each in answer["LaunchPermissions"] if "UserId" in each}
        wanted = {*accounts} - {self._hub.id}
        change = {
            word: [{"UserId": account} for account in sorted(these)]
            for word, these in (("Add", wanted - has), ("Remove", has - wanted))
            if these
        }
        if change:
            self._hub.call("ec2", "modify_image_attribute", ImageId=image.id, LaunchPermission=change)

    def remove(self, image: GoldenImage) -> None:
        """Delete an image with its snapshots."""
        self._hub.call("ec2", "deregister_image", ImageId=image.id)
        for snapshot in image.snapshots:
            self._hub.call("ec2", "delete_snapshot", SnapshotId=snapshot)

    def strays(self) -> tuple[str, ...]:
        """List snapshots of images that aren't there any more: a prune was killed between the two."""
        filters = [
            {"Name": "tag-key", "Values": [IMAGE_TAG]},
            {"Name": f"tag:{EXERCISE_TAG}", "Values": [self._exercise]},
        ]
        pages = self._hub.pages("ec2", "describe_snapshots", OwnerIds=["self"], Filters=filters)
        held = {each for image in self.all().values() for each in image.snapshots}
        return tuple(
            each["SnapshotId"] for page in pages for each in page["Snapshots"] if each["SnapshotId"] not in held
        )

    def forget(self, snapshots: Iterable[str]) -> None:
        """Delete snapshots."""
        for each in snapshots:
            self._hub.call("ec2", "delete_snapshot", SnapshotId=each)

    def left(self) -> tuple[str, ...]:
        """List the builders that stand: of a build that was killed, if none is under way."""
        found = self._found("describe_instances", "Reservations", {EXERCISE_TAG: self._exercise}, keys=[BUILDER_TAG])
        instances = [each for reservation in found for each in reservation["Instances"]]
        return tuple(
            each["InstanceId"] for each in instances if each["State"]["Name"] not in ("terminated", "shutting-down")
        )

    def terminate(self, instances: Sequence[str]) -> None:
        """Terminate builders; their disks go with them."""
        if instances:
            self._hub.call("ec2", "terminate_instances", InstanceIds=list(instances))
            self._until(lambda: self._states(instances) <= {"terminated"}, "the builders are gone", always=True)

    def key(self, alias: str, controllers: Sequence[str]) -> str:
        """Give the ARN of the key that images are encrypted with; its policy lets other accounts' controllers launch.

        Made the first time; its policy is brought up to date every time.
        """
        policy = self.policy(controllers)
        try:
            found = self._hub.call("kms", "describe_key", KeyId=f"alias/{alias}")["KeyMetadata"]
            self._hub.call("kms", "put_key_policy", KeyId=found["KeyId"], PolicyName="default", Policy=policy)
            return str(found["Arn"])
        except CloudError as error:
            if error.code != "NotFoundException":
                raise
        tags = [
            {"TagKey": key, "TagValue": value} for key, value in ((EXERCISE_TAG, self._exercise), (IMAGE_TAG, "key"))
        ]
        made = self._hub.call("kms", "create_key", Description="Golden images", Policy=policy, Tags=tags)["KeyMetadata"]
        self._hub.call("kms", "enable_key_rotation", KeyId=made["KeyId"])
        self._hub.call("kms", "create_alias", AliasName=f"alias/{alias}", TargetKeyId=made["KeyId"])
        return str(made["Arn"])

    def drop_key(self, alias: str) -> str | None:
        """Have the images' key deleted, when no image is left; give its id, or None where there is none."""
        try:
            found = str(self._hub.call("kms", "describe_key", KeyId=f"alias/{alias}")["KeyMetadata"]["KeyId"])
        except CloudError as error:
            if error.code != "NotFoundException":
                raise
            return None
        self._hub.call("kms", "delete_alias", AliasName=f"alias/{alias}")
        self._hub.call("kms", "schedule_key_deletion", KeyId=found, PendingWindowInDays=KEY_WAIT_DAYS)
        return found

    def policy(self, controllers: Sequence[str]) -> str:
        """Write the policy of the images' key."""
        account = self._hub.id
        root = {"AWS": f"arn:aws:iam::{account}:root"}
        via = {"StringEquals": {"kms:ViaService": f"ec2.{self._hub.region}.amazonaws.com"}}
        statements: list[dict[str, Any]] = [
            {"Sid": "AccountAdministers", "Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"},
        ]
        if controllers:
            statements.append(
                {"Sid": "ControllersLaunch", "Effect": "Allow", "Principal": {"AWS": sorted(controllers)},
                 "Action": list(_USES), "Resource": "*", "Condition": via}
            )  # fmt: skip
        return json.dumps({"Version": "2012-10-17", "Statement": statements})

    def _one(self, image: str) -> GoldenImage:
        return _image(self._hub.call("ec2", "describe_images", ImageIds=[image])["Images"][0])

    def _states(self, instances: Sequence[str]) -> set[str]:
        pages = self._hub.pages("ec2", "describe_instances", InstanceIds=list(instances))
        return {
            each["State"]["Name"] for page in pages for group in page["Reservations"] for each in group["Instances"]
        }

    def _found(
        self, operation: str, listed: str, tags: Mapping[str, str], keys: Sequence[str] = ()
    ) -> list[Mapping[str, Any]]:
        filters = [{"Name": f"tag:{key}", "Values": [value]} for key, value in tags.items()]
        filters += [{"Name": "tag-key", "Values": [key]} for key in keys]
        return [each for page in self._hub.pages("ec2", operation, Filters=filters) for each in page[listed]]

    def _until(self, holds: Callable[[], bool], what: str, *, always: bool = False) -> None:
        """Wait until something holds, with growing pauses; what is to be cleared away is waited for in any case."""
        until, wait_s = time.monotonic() + PATIENCE_S, _FIRST_WAIT_S
        while not holds():
            if self._stop.is_set() and not always:
                raise Interrupted(
                    f"stopped before {what}", hint="the same command begins with the images that are missing"
                )
            if time.monotonic() > until:
                raise CloudError(f"after {PATIENCE_S:.0f} s it still isn't so that {what}", code="TookTooLong")
            time.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)


def _image(told: Mapping[str, Any]) -> GoldenImage:
    mappings = told.get("BlockDeviceMappings", ())
    snapshots = tuple(each["Ebs"]["SnapshotId"] for each in mappings if "SnapshotId" in each.get("Ebs", {}))
    return GoldenImage(name=told["Name"], id=told["ImageId"], snapshots=snapshots, state=told["State"])


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
