"""RunInstances as AWS carries it out: root volumes from the image, and the account's defaults."""

from __future__ import annotations

import base64
from typing import Any

from range.rehearsal.areas.clock import now
from range.rehearsal.areas.ec2_records import records, tag
from range.rehearsal.areas.instance_defaults import metadata_defaults
from range.rehearsal.call import Call, Shape
from range.rehearsal.hosts.standings import console_output
from range.rehearsal.messages import Answer
from range.rehearsal.refusals import Refusal

_METADATA = {
    "HttpTokens": "optional",
    "HttpPutResponseHopLimit": 1,
    "HttpEndpoint": "enabled",
    "HttpProtocolIpv6": "disabled",
    "InstanceMetadataTags": "disabled",
}
"""Source: EC2 API Reference, "InstanceMetadataOptionsRequest"; from memory, 2026-11-22."""


_ENDED = {"Code": 48, "Name": "terminated"}
"""Source: botocore's model of EC2 2016-11-15, InstanceState, read 2026-11-22."""


def run(call: Call) -> Answer:
    """Launch instances."""
    image = _image(call)
    mappings = _mappings(call, image)
    params = {
        **call.params,
        "BlockDeviceMappings": [_without_snapshot(call, mapping) for mapping in mappings],
        "MetadataOptions": _metadata(call),
    }
    specifications = params.get("TagSpecifications", [])
    params["TagSpecifications"] = [each for each in specifications if each["ResourceType"] in ("instance", "volume")]
    answer = call.by_moto(params)
    if answer.status < 300:
        for launched in call.service.result(call.operation, answer)["Instances"]:
            _finish(call, launched, mappings, specifications)
    return answer


def _image(call: Call) -> Any:
    """Find the image to launch; None where a launch template names it."""
    image_id = call.params.get("ImageId")
    if image_id is None:
        return None
    images = records(call).amis
    if not image_id.startswith("ami-"):
        raise Refusal("InvalidAMIID.Malformed", f'Invalid id: "{image_id}" (expecting "ami-...")')
    if image_id not in images:
        raise Refusal("InvalidAMIID.NotFound", f"The image id '[{image_id}]' does not exist")
    return images[image_id]


def _mappings(call: Call, image: Any) -> list[Shape]:
    """Give the volumes to make: the image's, changed as the call asks, and those that the call adds."""
    asked = {each["DeviceName"]: each for each in call.params.get("BlockDeviceMappings", [])}
    from_image = {each["DeviceName"]: each for each in image.block_device_mappings} if image is not None else {}
    merged = []
    for device, mapping in {**from_image, **asked}.items():
        ebs = {**from_image.get(device, {}).get("Ebs", {}), **mapping.get("Ebs", {})}
        if "Ebs" in mapping and records(call).ebs_encryption_by_default:
            ebs["Encrypted"] = True
        merged.append({**mapping, "Ebs": ebs} if "Ebs" in mapping else mapping)
    return merged


def _without_snapshot(call: Call, mapping: Shape) -> Shape:
    """Leave out a snapshot that only its publisher has: moto looks for it among the account's."""
    ebs = mapping.get("Ebs", {})
    if ebs.get("SnapshotId") is None or ebs["SnapshotId"] in records(call).snapshots:
        return mapping
    return {**mapping, "Ebs": {key: value for key, value in ebs.items() if key != "SnapshotId"}}


def _metadata(call: Call) -> Shape:
    """Give the metadata options: asked for, or the account's defaults, or AWS's."""
    defaults = {key: value for key, value in metadata_defaults(call).items() if key in _METADATA}
    return {**_METADATA, **defaults, **call.params.get("MetadataOptions", {})}


def _finish(call: Call, launched: Shape, mappings: list[Shape], specifications: list[Shape]) -> None:
    """Set what moto doesn't: protection, where volumes come from, and the tags of interfaces."""
    backend = records(call)
    instance = backend.get_instance(launched["InstanceId"])
    instance.disable_api_termination = bool(call.params.get("DisableApiTermination"))
    snapshots = {each["DeviceName"]: each.get("Ebs", {}).get("SnapshotId") for each in mappings}
    instance.launched_from = snapshots.get(instance.root_device_name)
    for device, attached in instance.get_block_device_mapping:
        backend.volumes[attached.volume_id].snapshot_id = snapshots.get(device)
    wanted = [each for each in specifications if each["ResourceType"] == "network-interface"]
    for interface in instance.nics.values():
        tag(call, interface.id, wanted, "network-interface")


def terminate(call: Call) -> Answer:
    """Terminate instances; again is no error. A protected one keeps those of its zone alive, and only those.

    Source: EC2 API Reference, TerminateInstances, on several instances in several zones (read 2026-11-22).
    """
    ids = call.params["InstanceIds"]
    named = {each.id: each for each in records(call).all_instances() if each.id in ids}
    ended = [id_ for id_, each in named.items() if each.state == "terminated"]
    spared = {each.availability_zone for each in named.values() if each.disable_api_termination is True}
    doomed = [id_ for id_, each in named.items() if id_ not in ended and each.availability_zone not in spared]
    if not ended and (not spared or not doomed):
        return call.by_moto()
    ending = call.result_by_moto({"InstanceIds": doomed})["TerminatingInstances"] if doomed else []
    if len(doomed) + len(ended) < len(ids):
        return call.by_moto({"InstanceIds": [id_ for id_ in ids if id_ not in doomed and id_ not in ended]})
    again = [{"InstanceId": id_, "CurrentState": _ENDED, "PreviousState": _ENDED} for id_ in ended]
    return call.service.answer(call.operation, {"TerminatingInstances": [*ending, *again]})


def detach(call: Call) -> Answer:
    """Detach a volume from the instance that it is attached to; moto wants that instance named."""
    volume = records(call).volumes.get(call.params["VolumeId"])
    if volume is None or volume.attachment is None or "InstanceId" in call.params:
        return call.by_moto()
    attached = volume.attachment
    return call.by_moto({**call.params, "InstanceId": attached.instance.id, "Device": attached.device})


def create_image(call: Call) -> Answer:
    """Make an image of an instance, which boots again for it unless the call says otherwise.

    Its snapshot is tagged as the call asks; moto only knows tags for the image.

    Source: EC2 API Reference, CreateImage, NoReboot and TagSpecification; from memory, 2026-11-28.
    """
    specifications = call.params.get("TagSpecifications", [])
    of_image = [each for each in specifications if each.get("ResourceType") != "snapshot"]
    answer = call.by_moto({**call.params, "TagSpecifications": of_image} if specifications else None)
    if answer.status < 300:
        made = records(call).amis[call.service.result(call.operation, answer)["ImageId"]]
        tag(call, made.ebs_snapshot.id, [each for each in specifications if each not in of_image], "snapshot")
    if answer.status < 300 and not call.params.get("NoReboot"):
        instance = records(call).get_instance(call.params["InstanceId"])
        if instance.state == "running":
            instance.reboot()
    return answer


def console(call: Call) -> Shape | Answer:
    """Give what an instance wrote to its console, where there are hosts."""
    answer = call.by_moto()
    output = console_output(call.params["InstanceId"])
    if answer.status >= 300 or output is None:
        return answer
    return {
        "InstanceId": call.params["InstanceId"],
        "Timestamp": now(),
        "Output": base64.b64encode(output.encode()).decode(),
    }


OPERATIONS = {
    "RunInstances": run,
    "TerminateInstances": terminate,
    "DetachVolume": detach,
    "CreateImage": create_image,
    "GetConsoleOutput": console,
}
