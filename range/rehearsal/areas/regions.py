"""The Regions that areas of ours can be in: those that moto's EC2 knows."""

from __future__ import annotations

from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

REGIONS = sorted(region.name for region in RegionsAndZonesBackend.regions)
