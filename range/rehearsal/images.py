"""Machine images: those that everyone sees, one set per Region, and those that an account made itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, ValuesView
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any

from moto.ec2.models import ec2_backends
from moto.ec2.models.amis import AMIS, Ami
from moto.utilities.utils import load_resource

from range.rehearsal.refusals import Refusal

_LISTS = ("latest_amis", "ecs/optimized_amis")
"""moto's lists of the images that a Region's public parameters name."""
_ROOT_GIB = 8


class _Publisher:
    """Stands where an image has the backend of its account: the publisher's, of which nobody sees anything."""

    tags: dict[str, dict[str, str]] = {}


class PublicImage(Ami):
    """An image that its publisher shares with everyone. Its snapshot is the publisher's, so no account lists it."""

    def __init__(self, region: str, facts: dict[str, Any]) -> None:
        """Make an image from what is known of it; what isn't is as most images have it."""
        self.ec2_backend = _Publisher()
        self.id = facts["ami_id"]
        self.state = "available"
        self.name = facts["name"]
        self.description = facts.get("description")
        self.owner_id = facts["owner_id"]
        self.owner_alias = facts.get("owner_alias", "amazon")
        self.architecture = facts.get("architecture", "x86_64")
        self.platform = facts.get("platform")
        self.root_device_name = facts.get("root_device_name", "/dev/xvda")
        self.root_device_type = "ebs"
        self.root_gib = facts.get("root_gib", _ROOT_GIB)
        self.virtualization_type, self.hypervisor, self.image_type = "hvm", "xen", "machine"
        self.image_location = f"{self.owner_alias or self.owner_id}/{self.name}"
        self.sriov, self.boot_mode = "simple", facts.get("boot_mode", "uefi-preferred")
        self.kernel_id = self.instance_id = None
        self.creation_date = _moment(facts.get("creation_date"))
        self.product_codes: set[str] = set()
        self.launch_permissions = [{"Group": "all"}]
        self.ebs_snapshot = SimpleNamespace(id="snap-" + _digest(region, self.id))

    @property
    def block_device_mappings(self) -> list[dict[str, Any]]:
        """The root volume, as instances get it unless they ask for another."""
        ebs = {"SnapshotId": self.ebs_snapshot.id, "VolumeSize": self.root_gib, "VolumeType": "gp3"}
        return [{"DeviceName": self.root_device_name, "Ebs": {**ebs, "DeleteOnTermination": True, "Encrypted": False}}]


class Images(dict[str, Ami]):
    """The images that an account sees: its own, kept here; behind them those of the Region that are public, or shared with it."""

    def __init__(self, region: str, account: str = "") -> None:
        """Begin with no images of the account's own."""
        super().__init__()
        self.region = region
        self.account = account

    def __missing__(self, image_id: str) -> Ami:
        """Find a public image, or one that is shared with the account."""
        public = public_images(self.region).get(image_id)
        return self._shared()[image_id] if public is None else public

    def __contains__(self, image_id: object) -> bool:
        """Say whether the account sees an image."""
        return super().__contains__(image_id) or image_id in public_images(self.region) or image_id in self._shared()

    def copy(self) -> dict[str, Ami]:
        """Give all images that the account sees, or only its own."""
        return dict(self) if _own_only.get() else {**public_images(self.region), **self._shared(), **self}

    def values(self) -> ValuesView[Ami]:  # type: ignore[override]
        """Give all images that the account sees."""
        return self.copy().values()

    def pop(self, image_id: str, *default: Any) -> Any:
        """Remove an image, which only its owner may."""
        own = self.get(image_id)
        if isinstance(own, PublicImage) or (own is None and image_id in self):
            raise Refusal("AuthFailure", f"Not authorized for image:{image_id}", status=403)
        return super().pop(image_id, *default)

    def __reduce__(self) -> tuple[Any, ...]:
        """Keep the account's own images only."""
        return Images, (self.region, self.account), None, None, iter(list(self.items()))

    def _shared(self) -> dict[str, Ami]:
        """Give the images of other accounts that this one may launch."""
        return {
            image.id: image
            for account, region, ec2 in _backends()
            if region == self.region and account != self.account and isinstance(ec2.amis, Images)
            for image in dict.values(ec2.amis)
            if any(each.get("UserId") == self.account for each in image.launch_permissions)
        }


def _backends() -> Iterator[tuple[str, str, Any]]:
    """Give the EC2 records of every account and Region that have any, without looking them up: that would be noted."""
    yield from ec2_backends.iter_backends()


@contextmanager
def own_images_only() -> Iterator[None]:
    """Let nobody see public images for a while: an inventory asks in every Region for an account's own alone."""
    token = _own_only.set(True)
    try:
        yield
    finally:
        _own_only.reset(token)


_own_only: ContextVar[bool] = ContextVar("own_only", default=False)


@cache
def public_images(region: str) -> dict[str, PublicImage]:
    """Give the public images of a Region that moto knows; they are read when somebody asks for images."""
    return {facts["ami_id"]: PublicImage(region, facts) for facts in _facts(region)}


def _facts(region: str) -> Iterator[dict[str, Any]]:
    """Read moto's lists."""
    yield from AMIS
    for name in _LISTS:
        try:
            yield from load_resource(f"ec2/resources/{name}/{region}.json")
        except FileNotFoundError:
            continue  # a Region younger than moto's lists


def _moment(text: str | datetime | None) -> datetime:
    """Read when an image was made."""
    if isinstance(text, datetime):
        return text
    return datetime.fromisoformat(text or "2017-10-13T00:00:00Z")


def _digest(*parts: str) -> str:
    """Make the same 17 hexadecimal digits of the same parts, at every start."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:17]
