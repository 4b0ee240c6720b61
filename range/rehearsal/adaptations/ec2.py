"""EC2: images shared by all accounts, and tags looked up by their resource's id."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.models.amis import AmiBackend
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.instances import Instance
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, get_prefix

from range.rehearsal.images import Images


def adapt() -> None:
    """Change moto's EC2."""
    AmiBackend._load_amis = _load_images
    TaggedEC2Resource.get_tags = _tags
    Instance.prep_nics = _launched_interfaces(Instance.prep_nics)


def _load_images(self: Any) -> None:
    """Give an account its images: its own and those of its Region. moto makes 1,282 for each account in 0.13 s."""
    self.amis = Images(self.region_name)


def _tags(self: Any) -> list[dict[str, str]]:
    """Give the tags of a resource. moto matches a pattern against every tag of the account."""
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(self.id), "")
    tags = self.ec2_backend.tags.get(self.id, {})
    return [{"resource_id": self.id, "key": key, "value": value, "resource_type": kind} for key, value in tags.items()]


def _launched_interfaces(prepare: Callable[..., None]) -> Callable[..., None]:
    """Let an interface that a launch makes go with its instance, unless the launch says otherwise; in moto it stays for ever.

    Source: Amazon EC2 User Guide, "Network interface attributes", termination behaviour (read 2026-11-22).
    """

    def prepare_interfaces(self: Any, nic_spec: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        prepare(self, nic_spec, *args, **kwargs)
        kept = {int(spec.get("DeviceIndex", 0)) for spec in nic_spec if spec.get("NetworkInterfaceId")}
        kept |= {
            int(spec.get("DeviceIndex", 0))
            for spec in nic_spec
            if str(spec.get("DeleteOnTermination", True)).lower() == "false"
        }
        for index, interface in self.nics.items():
            interface.delete_on_termination = index not in kept

    return prepare_interfaces
