"""EC2: images shared by all accounts, and tags looked up by their resource's id."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from moto.ec2.models.amis import AmiBackend
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.models.transit_gateway import TransitGatewayBackend
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX, get_prefix

from range.rehearsal.adaptations import ec2_endpoints, ec2_interfaces, ec2_networks, ec2_routes
from range.rehearsal.images import Images

_PREFIXES = {
    "traffic-mirror-filter": "tmf",
    "traffic-mirror-filter-rule": "tmfr",
    "traffic-mirror-target": "tmt",
    "replace-root-volume-task": "replacevol",
    "instance-connect-endpoint": "eice",
}
"""How ids of what areas keep begin, so that it can be tagged. Source: EC2 User Guide, "Resource IDs"; from memory, 2026-11-22."""


def adapt() -> None:
    """Change moto's EC2."""
    EC2_RESOURCE_TO_PREFIX.update(_PREFIXES)
    EC2_PREFIX_TO_RESOURCE.update((prefix, kind) for kind, prefix in _PREFIXES.items())
    AmiBackend._load_amis = _load_images
    TaggedEC2Resource.get_tags = _tags
    TransitGatewayBackend.__init__ = _see_gateways
    ec2_endpoints.adapt()
    ec2_interfaces.adapt()
    ec2_networks.adapt()
    ec2_routes.adapt()


def _load_images(self: Any) -> None:
    """Give an account its images: its own and those of its Region. moto makes 1,282 for each account in 0.13 s."""
    self.amis = Images(self.region_name, self.account_id)


def _see_gateways(self: Any) -> None:
    """Let routes lead to gateways of other accounts, which areas/gateways keeps."""
    self.transit_gateways = GatewaysSeen()


class GatewaysSeen:
    """Stands where moto has the gateways of an account, for the routes that lead to them."""

    def get(self, gateway_id: str) -> SimpleNamespace:
        """Give what a route wants to know of a gateway: whoever routes to one has it attached, which was checked."""
        return SimpleNamespace(id=gateway_id)

    def values(self) -> tuple[()]:
        """Give none: they are listed and tagged elsewhere."""
        return ()


def _tags(self: Any) -> list[dict[str, str]]:
    """Give the tags of a resource. moto matches a pattern against every tag of the account."""
    kind = EC2_PREFIX_TO_RESOURCE.get(get_prefix(self.id), "")
    tags = self.ec2_backend.tags.get(self.id, {})
    return [{"resource_id": self.id, "key": key, "value": value, "resource_type": kind} for key, value in tags.items()]
