"""EC2's quotas are kept by `range.rehearsal.quotas`, where they can be set; moto has one of them, at AWS's default."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.security_groups import SecurityGroupBackend


def adapt() -> None:
    """Change moto's EC2."""
    SecurityGroupBackend._verify_group_will_respect_rule_count_limit = _unlimited


def _unlimited(*_: Any, **__: Any) -> None:
    """Count nothing here."""
