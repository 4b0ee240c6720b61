"""What AWS says and the file is judged by, each with its source."""

from __future__ import annotations

import re
from ipaddress import IPv4Network

SMALLEST_SUBNET_PREFIX = 28
"""Source: Amazon VPC User Guide, "Subnet sizing for IPv4" (read 2026-11-22)."""

RESERVED_FIRST, RESERVED_LAST = 4, 1
"""Addresses at both ends of every subnet that AWS keeps for itself.

Source: Amazon VPC User Guide, "Subnet sizing for IPv4" (read 2026-11-22).
"""

PRIVATE = (IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16"))
"""Source: RFC 1918, section 3."""

TAKEN_BY_AWS = IPv4Network("172.17.0.0/16")
"""Used inside some AWS services, which then can't answer.

Source: Amazon VPC User Guide, "VPC CIDR blocks" (read 2026-11-22).
"""

_NOT_MIRRORED = """
m8g m6a m6i m6id m6idn m6in m7a m7g m7gd m7i m7i-flex c8g c6a c6gd c6gn c6i c6id c6in c7a c7g c7gd c7gn c7i
r8g r6a r6i r6id r6idn r6in r7a r7g r7gd r7i r7iz x8g x2idn x2iedn x2iezn i4g i4i im4gn is4gen inf2 p5 trn1 trn1n
hpc6a hpc6id hpc7a hpc7g t1 t2 m1 m2 m3 c1 c3 cc2 cr1 r3 g2 i2 hs1
"""
NOT_MIRRORED = frozenset(_NOT_MIRRORED.split())
"""Families whose interfaces can't be mirrored; nor can those of bare metal.

Source: Amazon VPC Traffic Mirroring, "Traffic Mirroring limitations" (read 2026-11-22); it names the newer ones, and
of those before Nitro only the ones that can.
"""

SOURCES_PER_SENSOR = 10
"""Interfaces that one instance can be the mirror target of, but for the largest sizes.

Source: Amazon VPC Traffic Mirroring, "Traffic Mirroring quotas" (read 2026-11-22).
"""

_REGIONS = """
af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 me-central-1
me-south-1 me-west-1 mx-central-1 sa-east-1 sa-west-1 us-east-1 us-east-2 us-west-1 us-west-2
"""
REGIONS = frozenset(_REGIONS.split())
"""Source: botocore 1.44 partitions.json, partition aws (read 2026-11-22)."""


def zone_id_prefix(region: str) -> str:
    """Give what a Region's availability zone ids begin with: `eu-west-2` has `euw2-az`, `ap-southeast-1` `apse1-az`.

    Source: AWS Regions and Availability Zones, "AWS Availability Zones" (read 2026-11-22).
    """
    geography, *directions, number = region.split("-")
    initials = "".join(re.sub("[^nsewc]", "", direction[0] + direction[5:6]) for direction in directions)
    return f"{geography}{initials}{number}-az"
