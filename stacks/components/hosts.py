"""The machines, each at its own address and by what it is for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2

from range.records.plan import Host, Image


@dataclass(frozen=True)
class HostsArgs:
    """Which machines, and what each finds: a subnet, a group, a role, a key."""

    name: str
    """Prefixes the Name tags."""
    hosts: tuple[Host, ...]
    images: Mapping[str, Image]
    golden: Mapping[str, str]
    """By host name, how the golden image is called that serves it."""
    golden_owner: str
    """The account that builds golden images: the hub's."""
    subnets: Mapping[str, Mapping[str, pulumi.Output[str]]]
    """By zone and availability zone id."""
    groups: Mapping[str, pulumi.Output[str]]
    """By zone."""
    profiles: Mapping[str, pulumi.Output[str]]
    """By role."""
    key_arn: pulumi.Output[str]
    public_key: str
    """Of the controller; cloud-init lets it in."""
    tags: Mapping[str, str]
    """The stack's own: a provider's default tags don't reach the volumes of an instance."""


class Hosts(pulumi.ComponentResource):
    """Instances with an encrypted disk, a fixed private address, no public one, and IMDSv2 only."""

    instances: Mapping[str, ec2.Instance]
    """By host name."""

    def __init__(self, name: str, args: HostsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the instances. One that must be replaced is deleted first: its address can't be in two places."""
        super().__init__("range:hosts:Hosts", name, None, opts)
        self._args = args
        self._key_name = self._key_pair()
        images = {image: self._image(image) for image in sorted({host.image for host in args.hosts})}
        golden = {name: self._golden(name) for name in sorted({*args.golden.values()})}
        self.instances = {
            host.name: self._instance(host, _first(golden[args.golden[host.name]], images[host.image]))
            for host in args.hosts
        }
        self.register_outputs({})

    def described(self) -> dict[str, dict[str, pulumi.Input[str]]]:
        """Give what later stages need to know: id, address, role and zone by host."""
        return {
            host.name: {
                "id": self.instances[host.name].id,
                "address": str(host.address),
                "role": host.role,
                "zone": host.zone,
            }
            for host in self._args.hosts
        }

    def _key_pair(self) -> pulumi.Output[str]:
        """Make the account's copy of the public key; its name tells it from another, which takes other hosts.

        cloud-init writes the key into a host once, at its first boot.
        """
        digest = hashlib.sha256(self._args.public_key.encode()).hexdigest()[:8]
        pair = ec2.KeyPair(
            "controller",
            key_name=f"{self._args.name}-{digest}",
            public_key=self._args.public_key,
            tags={"Name": f"{self._args.name}-{digest}"},
            opts=pulumi.ResourceOptions(parent=self),
        )
        return pair.key_name

    def _image(self, name: str) -> pulumi.Output[str]:
        """Find an image by owner and exact name, deprecated or not; none, or more than one, is an error."""
        image = self._args.images[name]
        found = ec2.get_ami_output(
            owners=[image.owner],
            filters=[ec2.GetAmiFilterArgs(name="name", values=[image.name])],
            include_deprecated=True,
            most_recent=False,
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        return found.id

    def _golden(self, name: str) -> pulumi.Output[list[str]]:
        """Find a golden image; none is no error: hosts are then made of the image that the file names."""
        found = ec2.get_ami_ids_output(
            owners=[self._args.golden_owner],
            filters=[ec2.GetAmiIdsFilterArgs(name="name", values=[name])],
            opts=pulumi.InvokeOutputOptions(parent=self),
        )
        return found.ids

    def _instance(self, host: Host, image_id: pulumi.Output[str]) -> ec2.Instance:
        """Make one machine. A golden image that comes or goes replaces no machine; another image in the file does."""
        args = self._args
        base = args.images[host.image]
        tags = {"Name": f"{args.name}-{host.name}", "range:host": host.name, "range:role": host.role}
        return ec2.Instance(
            host.name,
            ami=image_id,
            instance_type=host.size,
            subnet_id=args.subnets[host.zone][host.availability_zone_id],
            private_ip=str(host.address),
            key_name=self._key_name,
            associate_public_ip_address=False,
            vpc_security_group_ids=[args.groups[host.zone]],
            iam_instance_profile=args.profiles[host.role],
            metadata_options=ec2.InstanceMetadataOptionsArgs(
                http_endpoint="enabled",
                http_tokens="required",
                http_put_response_hop_limit=1,
                instance_metadata_tags="disabled",
            ),
            root_block_device=ec2.InstanceRootBlockDeviceArgs(
                encrypted=True,
                kms_key_id=args.key_arn,
                volume_size=host.disk_gib,
                volume_type="gp3",
                delete_on_termination=True,
            ),
            tags={**tags, "range:zone": host.zone},
            volume_tags={**args.tags, **tags},
            opts=pulumi.ResourceOptions(
                parent=self,
                delete_before_replace=True,
                ignore_changes=["ami"],
                replacement_trigger=f"{base.owner}/{base.name}",
            ),
        )


def _first(golden: pulumi.Output[list[str]], base: pulumi.Output[str]) -> pulumi.Output[str]:
    """Give the golden image, if there is one."""
    return pulumi.Output.all(golden, base).apply(lambda found: str(found[0][0] if found[0] else found[1]))
