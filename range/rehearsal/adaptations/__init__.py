"""What is changed in moto itself, one file per moto package: shared stock images, and shortcuts that give the same answers."""

from __future__ import annotations

import importlib
from functools import cache

_ADAPTED = {
    "ec2": ("ec2", "ec2_gateways", "ec2_machines", "ec2_quotas"),
    "events": ("events",),
    "kms": ("kms",),
    "route53": ("route53",),
    "s3": ("s3",),
}
"""The modules that adapt each package, in order: later ones wrap what earlier ones made."""


@cache
def adapt(service: str) -> None:
    """Adapt a moto package, before its first backend is made; later calls do nothing."""
    for module in _ADAPTED.get(service, ()):
        importlib.import_module(f"{__name__}.{module}").adapt()
