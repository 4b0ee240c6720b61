"""Images that publishers release every few days: any name of the form that a publisher uses is found, in every Region."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from range.rehearsal.areas.ec2_records import records
from range.rehearsal.call import Call
from range.rehearsal.images import PublicImage, own_images_only
from range.rehearsal.keeping.reach import touch
from range.rehearsal.messages import Answer

_ARCHITECTURES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "arm64"}


@dataclass(frozen=True)
class Publisher:
    """Who releases images, and how they are named."""

    owner: str
    alias: str
    names: re.Pattern[str]
    description: str
    root_device: str = "/dev/xvda"
    root_gib: int = 8


PUBLISHERS = (
    # Source: wiki.debian.org/Cloud/AmazonEC2Image, from memory, 2026-11-22.
    Publisher("136693071363", "", re.compile(r"debian-\d+-(?P<arch>amd64|arm64)-\d{8}-\d+"), "Debian"),
    # Source: documentation.ubuntu.com/aws, "Find Ubuntu images on AWS", from memory, 2026-11-22.
    Publisher(
        "099720109477",
        "",
        re.compile(r"ubuntu/images/hvm-ssd(-gp3)?/ubuntu-[a-z]+-\d\d\.\d\d-(?P<arch>amd64|arm64)-server-\d{8}(\.\d+)?"),
        "Canonical, Ubuntu",
        "/dev/sda1",
    ),
    # Source: Amazon Linux 2023 User Guide, from memory, 2026-11-22.
    Publisher(
        "137112412989",
        "amazon",
        re.compile(r"al2023-ami-(minimal-|ecs-hvm-)?2023\.\d+\.\d{8}\.\d+-kernel-\d+\.\d+-(?P<arch>x86_64|arm64)"),
        "Amazon Linux 2023 AMI",
    ),
)


def describe(call: Call) -> Answer:
    """List images; those that a call asks for by a publisher's exact name are there from then on."""
    owners = set(call.params.get("Owners", ()))
    if owners and owners <= {"self", call.account}:
        with own_images_only():
            return call.by_moto()
    names = [
        name for each in call.params.get("Filters", []) if each["Name"] == "name" for name in each.get("Values", [])
    ]
    for publisher in PUBLISHERS:
        if owners & {publisher.owner, publisher.alias}:
            for name in filter(publisher.names.fullmatch, names):
                _release(call, publisher, name)
    return call.by_moto()


def _release(call: Call, publisher: Publisher, name: str) -> None:
    """Let an account see an image; its id is the same at every start and in every account, as on AWS."""
    backend = records(call)
    image_id = "ami-" + hashlib.sha256(f"{call.region}/{publisher.owner}/{name}".encode()).hexdigest()[:17]
    if image_id in backend.amis:
        return
    found = publisher.names.fullmatch(name)
    assert found is not None
    facts = {
        "ami_id": image_id,
        "name": name,
        "owner_id": publisher.owner,
        "owner_alias": publisher.alias or None,
        "description": f"{publisher.description} ({name})",
        "architecture": _ARCHITECTURES[found["arch"]],
        "root_device_name": publisher.root_device,
        "root_gib": publisher.root_gib,
        "creation_date": "2025-11-17T00:00:00Z",
    }
    backend.amis[image_id] = PublicImage(call.region, facts)
    touch(backend)


OPERATIONS = {"DescribeImages": describe}
