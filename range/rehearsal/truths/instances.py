"""Instances: what AWS doesn't launch, and what it doesn't do in the wrong state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Check, Truth
from range.rehearsal.truths.stores import store

_MODEL = "botocore 1.44.5, EC2 2016-11-15, {} (read 2026-11-22)"
_TERRAFORM = "hashicorp/terraform-provider-aws, internal/service/ec2/errors.go (read 2026-11-22)"
_MEMORY = "none opened (general knowledge)"
_STOPPED_ONLY = ("InstanceType", "UserData", "Kernel", "Ramdisk", "EnaSupport")
"""Attributes that can be changed only while an instance is stopped."""


def _named(call: Call) -> list[Any]:
    """Find the instances that a call names."""
    ids = call.params.get("InstanceIds") or [call.params.get("InstanceId")]
    return [instance for instance in store(call).all_instances() if instance.id in ids]


def _in_state(states: frozenset[str], message: str) -> Check:
    """Make the check that refuses a call on an instance in one of some states."""

    def check(call: Call) -> str | None:
        wrong = next((instance for instance in _named(call) if instance.state in states), None)
        return None if wrong is None else message.format(id=wrong.id, state=wrong.state)

    return check


def _protected_from_stopping(call: Call) -> str | None:
    protected = next((each for each in _named(call) if str(each.disable_api_stop).lower() == "true"), None)
    if protected is None:
        return None
    advice = "Modify its 'disableApiStop' instance attribute and try again."
    return f"The instance '{protected.id}' may not be stopped or terminated. {advice}"


def _running(call: Call) -> str | None:
    asked = call.params.get("Attribute", "")
    changes = [name for name in _STOPPED_ONLY if name in call.params or name.lower() == asked.lower()]
    instance = next((each for each in _named(call) if each.state != "stopped"), None)
    if not changes or instance is None:
        return None
    return f"The instance '{instance.id}' is not in the 'stopped' state."


def _malformed(call: Call) -> str | None:
    wrong = next((each for each in call.params.get("InstanceIds", ()) if not each.startswith("i-")), None)
    return None if wrong is None else f'Invalid id: "{wrong}" (expecting "i-...")'


def _unknown_key_pair(call: Call) -> str | None:
    named = call.params.get("KeyName")
    if not named or named in store(call).key_pairs:
        return None
    return f"The key pair '{named}' does not exist"


def _unknown_type(call: Call) -> str | None:
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    named = call.params.get("InstanceType")
    if not named or named in INSTANCE_TYPES:
        return None
    return f"Invalid value '{named}' for InstanceType."


def _other_architecture(call: Call) -> str | None:
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    images, named = store(call).amis, call.params.get("ImageId")
    image = images[named] if named in images else None  # noqa: SIM401  # get() doesn't see the public images
    kind = INSTANCE_TYPES.get(call.params.get("InstanceType", ""), {})
    built_for = kind.get("ProcessorInfo", {}).get("SupportedArchitectures", [])
    if image is None or not built_for or image.architecture in built_for:
        return None
    return (
        f"The architecture '{','.join(built_for)}' of the specified instance type does not match the architecture "
        f"'{image.architecture}' of the specified AMI."
    )


def _image_pending(call: Call) -> str | None:
    images, named = store(call).amis, call.params.get("ImageId")
    if named not in images or images[named].state == "available":
        return None
    return f"The image ID '{named}' is not available yet: it is {images[named].state}."


def _unknown_template(call: Call) -> str | None:
    named = call.params.get("LaunchTemplateId")
    if not named or named in store(call).launch_templates:
        return None
    return f"The specified launch template, with template ID {named}, does not exist."


def _state_truth(name: str, calls: tuple[str, ...], states: tuple[str, ...], code: str, message: str) -> Truth:
    """Make the row of calls that AWS refuses in some states."""
    when = f"the instance is {' or '.join(states)}"
    check: Callable[[Call], str | None] = _in_state(frozenset(states), message)
    return Truth(name, calls, when, code, _MEMORY, "general_knowledge", check)


TRUTHS = (
    Truth(
        name="launch-from-an-unknown-image",
        calls=("ec2.RunInstances",),
        when="the image is unknown or was deregistered",
        code="InvalidAMIID.NotFound",
        source=_TERRAFORM,
        confidence="seen_in_issue",
    ),
    Truth(
        name="launch-from-a-pending-image",
        calls=("ec2.RunInstances",),
        when="the image is pending",
        code="InvalidAMIID.Unavailable",
        source=_TERRAFORM,
        confidence="seen_in_issue",
        check=_image_pending,
    ),
    Truth(
        name="launch-without-a-network",
        calls=("ec2.RunInstances",),
        when="no subnet is given and the Region has no default VPC",
        code="VPCIdNotSpecified",
        source="https://github.com/gruntwork-io/kubergrunt/pull/106",
        confidence="seen_in_issue",
    ),
    Truth(
        name="launch-with-an-unknown-key-pair",
        calls=("ec2.RunInstances",),
        when="the key pair doesn't exist",
        code="InvalidKeyPair.NotFound",
        source=_TERRAFORM,
        confidence="seen_in_issue",
        check=_unknown_key_pair,
    ),
    Truth(
        name="launch-of-an-unknown-type",
        calls=("ec2.RunInstances",),
        when="there is no such instance type",
        code="InvalidParameterValue",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_unknown_type,
    ),
    Truth(
        name="launch-on-another-architecture",
        calls=("ec2.RunInstances",),
        when="the image and the type are of different architectures",
        code="InvalidParameterValue",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_other_architecture,
    ),
    Truth(
        name="launch-over-quota",
        calls=("ec2.RunInstances",),
        when="more vCPUs would run than the quota allows; it differs so much between accounts that none holds unless one is set",
        code="VcpuLimitExceeded",
        source="https://github.com/hashicorp/terraform/issues/1891",
        confidence="seen_in_issue",
    ),
    Truth(
        name="instance-protected-from-termination",
        calls=("ec2.TerminateInstances",),
        when="termination protection is on",
        code="OperationNotPermitted",
        source="https://github.com/rebuy-de/aws-nuke/issues/279",
        confidence="seen_in_issue",
    ),
    Truth(
        name="instances-one-protected",
        calls=("ec2.TerminateInstances",),
        when="one of several is protected: those of its zone stay, those of other zones are terminated all the same",
        code="OperationNotPermitted",
        source=f"{_MODEL.format('TerminateInstances')}; https://github.com/rebuy-de/aws-nuke/issues/279",
        confidence="seen_in_issue",
    ),
    Truth(
        name="instance-protected-from-stopping",
        calls=("ec2.StopInstances", "ec2.TerminateInstances"),
        when="stop protection is on",
        code="OperationNotPermitted",
        source="https://github.com/cloud-custodian/cloud-custodian/pull/8007 and issue 7597",
        confidence="seen_in_issue",
        check=_protected_from_stopping,
    ),
    _state_truth(
        "instance-terminated-started",
        ("ec2.StartInstances", "ec2.StopInstances"),
        ("terminated", "shutting-down"),
        "IncorrectInstanceState",
        "The instance '{id}' is not in a state from which it can be started or stopped: {state}.",
    ),
    _state_truth(
        "instance-stopped-rebooted",
        ("ec2.RebootInstances",),
        ("stopped", "stopping"),
        "IncorrectState",
        "Instance {id} is not in a state from which it can be rebooted: {state}.",
    ),
    Truth(
        name="instance-changed-while-running",
        calls=("ec2.ModifyInstanceAttribute",),
        when="its type or user data is to change while it isn't stopped",
        code="IncorrectInstanceState",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_running,
    ),
    Truth(
        name="instance-unknown",
        calls=("ec2.TerminateInstances", "ec2.StopInstances", "ec2.DescribeInstances"),
        when="there is no instance of that id",
        code="InvalidInstanceID.NotFound",
        source=_TERRAFORM,
        confidence="seen_in_issue",
    ),
    Truth(
        name="instance-id-malformed",
        calls=("ec2.DescribeInstances",),
        when="the id doesn't look like one",
        code="InvalidInstanceID.Malformed",
        source=_MEMORY,
        confidence="general_knowledge",
        check=_malformed,
    ),
    Truth(
        name="instance-second-profile",
        calls=("ec2.AssociateIamInstanceProfile",),
        when="the instance has a profile",
        code="IncorrectState",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="key-pair-twice",
        calls=("ec2.CreateKeyPair", "ec2.ImportKeyPair"),
        when="the name is taken",
        code="InvalidKeyPair.Duplicate",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="launch-template-twice",
        calls=("ec2.CreateLaunchTemplate",),
        when="the name is taken",
        code="InvalidLaunchTemplateName.AlreadyExistsException",
        source=_MEMORY,
        confidence="general_knowledge",
    ),
    Truth(
        name="launch-template-unknown",
        calls=("ec2.DeleteLaunchTemplate",),
        when="there is no template of that id",
        code="InvalidLaunchTemplateId.NotFound",
        source=_TERRAFORM,
        confidence="seen_in_issue",
        check=_unknown_template,
    ),
)
