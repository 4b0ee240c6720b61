"""Instances, and the key pairs that open them."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from range.rehearsal.provider.rows import ID, Act, Mark, Row, call, fixed, later, local, mutable, output, status, the
from range.rehearsal.provider.shapes import CHOSEN, Block, Flag, Labels, Many, Part, Text, Whole
from range.rehearsal.provider.types.ec2 import TagList, arn, tagged
from range.rehearsal.provider.work import Work

_PATIENCE_S = 600.0
_ENDING = ("shutting-down", "terminated")
"""States of instances whose parts go with them: at any moment, so that they can't be looked at one by one."""
_IN_PLACE = {"volumeSize": "Size", "volumeType": "VolumeType", "iops": "Iops", "throughput": "Throughput"}
"""What of a root volume can be changed while it is in use."""
_METADATA = Block(
    (
        Part("httpEndpoint", default=CHOSEN),
        Part("httpTokens", default=CHOSEN),
        Part("httpPutResponseHopLimit", shape=Whole(), default=CHOSEN),
        Part("instanceMetadataTags", default=CHOSEN),
        Part("httpProtocolIpv6", default=CHOSEN),
    )
)


@dataclass(frozen=True)
class RootDisk(Block):
    """The root volume: what the program says of it, and which volume AWS made of it."""

    parts: tuple[Part, ...] = (
        Part("volumeSize", shape=Whole(), default=CHOSEN),
        Part("volumeType", default=CHOSEN),
        Part("encrypted", shape=Flag(), default=CHOSEN),
        Part("kmsKeyId", default=CHOSEN),
        Part("iops", shape=Whole(), default=CHOSEN),
        Part("throughput", shape=Whole(), default=CHOSEN),
        Part("deleteOnTermination", shape=Flag(), default=True),
        Part("tags", shape=Labels(), default=CHOSEN),
    )

    def sent(self, value: Any) -> Any:
        """Tags go another way."""
        return super().sent({name: item for name, item in value.items() if name != "tags"})

    def seen(self, value: Any) -> Any:
        """Add the volume's id and device."""
        found = super().seen(
            {**value, "VolumeSize": value.get("Size"), "Tags": TagList().seen(value.get("Tags") or [])}
        )
        return {**found, "volumeId": value["VolumeId"], "deviceName": value["Device"]}

    def kept(self, told: Any, seen: Any) -> Any:
        """Keep what the program said, of the volume that it is now: it may have been replaced in place."""
        return {**super().kept(told, seen), "volumeId": seen["volumeId"]}


@dataclass(frozen=True)
class Encoded(Text):
    """Text that AWS gives in Base64."""

    def seen(self, value: Any) -> Any:
        """Decode it."""
        return base64.b64decode(value).decode(errors="replace")


@dataclass(frozen=True)
class LastName(Text):
    """A name that AWS gives as the end of an ARN."""

    def seen(self, value: Any) -> Any:
        """Give the name."""
        return str(value).rpartition("/")[2]


def _run(work: Work) -> Any:
    """Launch one instance."""
    told = work.given
    root = told("rootBlockDevice")
    profile, place = told("iamInstanceProfile"), told("availabilityZone")
    params: dict[str, Any] = {
        "ImageId": told("ami"),
        "InstanceType": told("instanceType"),
        "SubnetId": told("subnetId"),
        "SecurityGroupIds": told("vpcSecurityGroupIds"),
        "PrivateIpAddress": told("privateIp"),
        "KeyName": told("keyName"),
        "UserData": told("userData") or base64.b64decode(told("userDataBase64") or "").decode() or None,
        "IamInstanceProfile": {"Name": profile} if profile else None,
        "EbsOptimized": told("ebsOptimized"),
        "DisableApiTermination": told("disableApiTermination"),
        "MetadataOptions": _METADATA.sent(told("metadataOptions") or {}) or None,
        "Placement": {"AvailabilityZone": place} if place else None,
        "BlockDeviceMappings": [_root_device(work, root)] if root else None,
        "TagSpecifications": _tags(work, {**(told("volumeTags") or {}), **((root or {}).get("tags") or {})}) or None,
    }
    if told("associatePublicIpAddress") is not None:
        _tell_interface(params, public=told("associatePublicIpAddress"))
    given = {name: value for name, value in params.items() if value is not None}
    return work.ask("run_instances", MinCount=1, MaxCount=1, **given)["Instances"][0]


def _tags(work: Work, volume: Mapping[str, str]) -> list[dict[str, Any]]:
    """Tag the instance and its volumes as they are made."""
    both = (("instance", work.tags_all), ("volume", volume))
    return [{"ResourceType": kind, "Tags": TagList().sent(tags)} for kind, tags in both if tags]


def _tell_interface(params: dict[str, Any], *, public: bool) -> None:
    """Say on the first interface what AWS then no longer takes on the instance."""
    moved = {"SubnetId": "SubnetId", "SecurityGroupIds": "Groups", "PrivateIpAddress": "PrivateIpAddress"}
    told = {theirs: params.pop(ours) for ours, theirs in moved.items()}
    told = {name: value for name, value in told.items() if value is not None}
    params["NetworkInterfaces"] = [{"DeviceIndex": 0, "AssociatePublicIpAddress": public, **told}]


def _root_device(work: Work, root: Mapping[str, Any]) -> dict[str, Any]:
    """Describe the root volume, under the name that its image gives it."""
    image = work.ask("describe_images", ImageIds=[work.given("ami")])["Images"][0]
    return {"DeviceName": image.get("RootDeviceName") or "/dev/sda1", "Ebs": RootDisk().sent(root)}


def _look(work: Work) -> Any:
    """Look at an instance, its root volume, and the attributes that only answer one by one."""
    found = work.ask("describe_instances", InstanceIds=[work.id])["Reservations"]
    if not found or found[0]["Instances"][0]["State"]["Name"] in _ENDING:
        return found[0]["Instances"][0] if found else None
    instance = found[0]["Instances"][0]
    for item in instance.get("BlockDeviceMappings", []):
        if item["DeviceName"] == instance.get("RootDeviceName"):
            by_id = [{"Name": "volume-id", "Values": [item["Ebs"]["VolumeId"]]}]
            kept = item["Ebs"].get("DeleteOnTermination")
            for volume in work.ask("describe_volumes", Filters=by_id)["Volumes"]:  # it may have been replaced just now
                instance["Root"] = {**volume, "Device": item["DeviceName"], "DeleteOnTermination": kept}
    for name in ("disableApiTermination", "userData"):
        answer = work.ask("describe_instance_attribute", InstanceId=work.id, Attribute=name)
        instance[name] = answer.get(name[0].upper() + name[1:], {}).get("Value")
    return instance


def _change_root(work: Work) -> None:
    """Change what of the root volume can be changed in use."""
    new, old = work.value("rootBlockDevice") or {}, work.old.get("rootBlockDevice") or {}
    wanted = {
        aws: new[name] for name, aws in _IN_PLACE.items() if new.get(name) is not None and new[name] != old.get(name)
    }
    if wanted:
        work.ask("modify_volume", VolumeId=old["volumeId"], **wanted)
    kept = new.get("deleteOnTermination", True)
    if kept != old.get("deleteOnTermination", True):
        mapping = {"DeviceName": old["deviceName"], "Ebs": {"DeleteOnTermination": kept}}
        work.ask("modify_instance_attribute", InstanceId=work.id, BlockDeviceMappings=[mapping])
    if new.get("tags") is not None:
        _retag_volume(work, new["tags"], old.get("tags") or {})


def _change_volume_tags(work: Work) -> None:
    _retag_volume(work, work.value("volumeTags") or {}, work.old.get("volumeTags") or {})


def _retag_volume(work: Work, new: Mapping[str, str], old: Mapping[str, str]) -> None:
    """Give the root volume the tags that are wanted."""
    volume = work.old["rootBlockDevice"]["volumeId"]
    dropped = sorted(old.keys() - new.keys())
    put = {name: text for name, text in new.items() if old.get(name) != text}
    if dropped:
        work.ask("delete_tags", Resources=[volume], Tags=[{"Key": name} for name in dropped])
    if put:
        work.ask("create_tags", Resources=[volume], Tags=TagList().sent(put))


def _another_instance(new: Mapping[str, Any], old: Mapping[str, Any]) -> frozenset[str]:
    """Encrypting a volume takes another instance; new user data does where the program says so."""
    found = set()
    wanted, there = new.get("rootBlockDevice") or {}, old.get("rootBlockDevice") or {}
    if any(wanted.get(name) is not None and wanted[name] != there.get(name) for name in ("encrypted", "kmsKeyId")):
        found.add("rootBlockDevice")
    if new.get("userDataReplaceOnChange"):
        found |= {"userData", "userDataBase64"}
    return frozenset(found)


def _stopped(attribute: str, value: Any) -> Act:
    """Change an attribute that AWS changes only on a stopped instance, and start it again."""

    def change(work: Work) -> None:
        was = _state(work)
        if was == "running":
            work.ask("stop_instances", InstanceIds=[work.id])
            work.until(lambda: _state(work) == "stopped", _PATIENCE_S, f"instance {work.id} to stop")
        work.ask("modify_instance_attribute", InstanceId=work.id, **{attribute: {"Value": value(work)}})
        if was == "running":
            work.ask("start_instances", InstanceIds=[work.id])
            work.until(lambda: _state(work) == "running", _PATIENCE_S, f"instance {work.id} to start")

    return change


def _state(work: Work) -> str:
    return str(
        work.ask("describe_instances", InstanceIds=[work.id])["Reservations"][0]["Instances"][0]["State"]["Name"]
    )


def _change_profile(work: Work) -> None:
    """Give the instance the profile that is wanted, or none."""
    by_instance = [{"Name": "instance-id", "Values": [work.id]}]
    found = work.ask("describe_iam_instance_profile_associations", Filters=by_instance)[
        "IamInstanceProfileAssociations"
    ]
    there = [association["AssociationId"] for association in found]
    profile = {"Name": work.value("iamInstanceProfile")}
    if not profile["Name"]:
        for association in there:
            work.ask("disassociate_iam_instance_profile", AssociationId=association)
    elif there:
        work.ask("replace_iam_instance_profile_association", AssociationId=there[0], IamInstanceProfile=profile)
    else:
        work.ask("associate_iam_instance_profile", InstanceId=work.id, IamInstanceProfile=profile)


def _attribute(name: str) -> Act:
    """Change an attribute while the instance runs."""
    return call("modify_instance_attribute", InstanceId=ID, **{name[0].upper() + name[1:]: {"Value": the(name)}})


def _metadata(name: str) -> Mark:
    return Mark(lambda work: (work.value("metadataOptions") or {}).get(name))


INSTANCE = Row(
    "aws:ec2/instance:Instance",
    "EC2 Instance",
    "ec2",
    create=_run,
    id="InstanceId",
    read=_look,
    delete=(call("terminate_instances", InstanceIds=[ID]),),
    absent=("InvalidInstanceID.NotFound",),
    tags=tagged("instance"),
    status=status("State.Name", "running stopped", gone="terminated", failed="shutting-down", patience_s=_PATIENCE_S),
    replaces=_another_instance,
    fields=(
        fixed("ami", "ImageId"),
        fixed("subnetId"),
        fixed("availabilityZone", read="Placement.AvailabilityZone"),
        fixed("privateIp", "PrivateIpAddress"),
        fixed("keyName"),
        fixed("ebsOptimized", shape=Flag()),
        fixed("associatePublicIpAddress", shape=Flag(), read="PublicIpAddress && `true` || `false`"),
        mutable("instanceType", _stopped("InstanceType", lambda work: work.value("instanceType"))),
        mutable(
            "userData", _stopped("UserData", lambda work: work.value("userData") or ""), "", Encoded(), read="userData"
        ),
        mutable(
            "userDataBase64",
            _stopped("UserData", lambda work: base64.b64decode(work.value("userDataBase64") or "")),
            read="userData",
        ),
        local("userDataReplaceOnChange", Flag(), False),
        mutable(
            "vpcSecurityGroupIds",
            call("modify_instance_attribute", InstanceId=ID, Groups=the("vpcSecurityGroupIds")),
            shape=Many(),
            read="(NetworkInterfaces[?Attachment.DeviceIndex==`0`] | [0].Groups || SecurityGroups)[].GroupId",
        ),
        mutable("iamInstanceProfile", _change_profile, "", LastName(), read="IamInstanceProfile.Arn", default=None),
        later("sourceDestCheck", _attribute("sourceDestCheck"), shape=Flag(), default=True),
        mutable(
            "disableApiTermination",
            _attribute("disableApiTermination"),
            "",
            Flag(),
            read="disableApiTermination",
            default=False,
        ),
        mutable(
            "metadataOptions",
            call(
                "modify_instance_metadata_options",
                InstanceId=ID,
                **{part.path: _metadata(part.name) for part in _METADATA.parts},
            ),
            shape=_METADATA,
        ),
        mutable("rootBlockDevice", _change_root, "", RootDisk(), read="Root"),
        mutable("volumeTags", _change_volume_tags, "", TagList(), read="Root.Tags"),
        output("instanceState", "State.Name"),
        output("primaryNetworkInterfaceId", "NetworkInterfaces[?Attachment.DeviceIndex==`0`] | [0].NetworkInterfaceId"),
        output("privateDns", "PrivateDnsName"),
        output("publicDns", "PublicDnsName"),
        output("publicIp", "PublicIpAddress"),
        arn("instance"),
    ),
)

KEY_PAIR = Row(
    "aws:ec2/keyPair:KeyPair",
    "EC2 Key Pair",
    "ec2",
    create=call("import_key_pair"),
    id="KeyName",
    read=call("describe_key_pairs", "KeyPairs[0]", KeyNames=[ID]),
    delete=(call("delete_key_pair", KeyName=ID),),
    absent=("InvalidKeyPair.NotFound",),
    tags=tagged("key-pair", of=Mark(lambda work: work.old["keyPairId"])),
    fields=(
        fixed("keyName", auto=str),
        fixed("publicKey", "PublicKeyMaterial", read=None, required=True),
        output("keyPairId"),
        output("keyType"),
        output("fingerprint", "KeyFingerprint"),
        arn("key-pair"),
    ),
)

ROWS = (INSTANCE, KEY_PAIR)
