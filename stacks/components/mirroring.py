"""Copies of what the targets see, for the enclave's sensor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

import pulumi
from pulumi_aws import ec2

from range.plan.ranges import ANYWHERE
from range.records.plan import Mirror

_IDENTIFIERS = 1 << 24
"""Source: RFC 7348, section 5, "VXLAN Network Identifier" (read 2026-11-22)."""


def network_identifier(source: IPv4Address) -> int:
    """Give the VXLAN identifier of a source's copies: its last three octets, so that a sensor sees whose they are."""
    return int(source) % _IDENTIFIERS


@dataclass(frozen=True)
class MirroringArgs:
    """Who is copied to whom."""

    name: str
    cidr: IPv4Network
    """The enclave's block."""
    mirrors: tuple[Mirror, ...]
    addresses: Mapping[str, IPv4Address]
    """By host."""
    interfaces: Mapping[str, pulumi.Output[str]]
    """Primary network interfaces by host."""


class Mirroring(pulumi.ComponentResource):
    """One filter for the enclave, one target per sensor, one session per mirrored host."""

    def __init__(self, name: str, args: MirroringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the filter and its rules first: a session without rules copies nothing."""
        super().__init__("range:mirroring:Mirroring", name, None, opts)
        self._args = args
        chosen = self._filter(name)
        targets = {sensor: self._target(sensor) for sensor in dict.fromkeys(m.sensor for m in args.mirrors)}
        for mirror in args.mirrors:
            self._session(mirror, chosen, targets[mirror.sensor])
        self.register_outputs({})

    def _within(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _filter(self, name: str) -> ec2.TrafficMirrorFilter:
        made = ec2.TrafficMirrorFilter(
            name,
            description="Everything that targets see, their DNS questions too",
            network_services=["amazon-dns"],
            tags={"Name": self._args.name},
            opts=self._within(),
        )
        directions = {"ingress": (ANYWHERE, self._args.cidr), "egress": (self._args.cidr, ANYWHERE)}
        for direction, (source, destination) in directions.items():
            ec2.TrafficMirrorFilterRule(
                direction,
                traffic_mirror_filter_id=made.id,
                traffic_direction=direction,
                rule_number=100,
                rule_action="accept",
                source_cidr_block=str(source),
                destination_cidr_block=str(destination),
                description=f"All {direction}",
                opts=self._within(),
            )
        return made

    def _target(self, sensor: str) -> ec2.TrafficMirrorTarget:
        return ec2.TrafficMirrorTarget(
            sensor,
            network_interface_id=self._args.interfaces[sensor],
            description=f"The sensor {sensor}",
            tags={"Name": f"{self._args.name}-{sensor}"},
            opts=self._within(),
        )

    def _session(self, mirror: Mirror, chosen: ec2.TrafficMirrorFilter, target: ec2.TrafficMirrorTarget) -> None:
        ec2.TrafficMirrorSession(
            mirror.source,
            network_interface_id=self._args.interfaces[mirror.source],
            traffic_mirror_filter_id=chosen.id,
            traffic_mirror_target_id=target.id,
            session_number=mirror.session_number,
            virtual_network_id=network_identifier(self._args.addresses[mirror.source]),
            description=f"{mirror.source} to {mirror.sensor}",
            tags={"Name": f"{self._args.name}-{mirror.source}"},
            opts=self._within(),
        )
