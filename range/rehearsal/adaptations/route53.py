"""Route 53: a record that was deleted can be created again.

moto refuses the same CREATE a second time if any record of a later name is there; the truths see to records that exist.
"""

from __future__ import annotations

from moto.route53.models import ChangeList


def adapt() -> None:
    """Change moto's Route 53."""
    ChangeList.__contains__ = lambda *_: False
