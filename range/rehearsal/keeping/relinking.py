"""After a start: the few things that moto finds by other ways than its backends."""

from __future__ import annotations

import weakref
from typing import Any

from range.rehearsal.keeping.reach import FOUND_BY, every_kind


def relink() -> None:
    """Make what was loaded findable again, and one object of what two backends share."""
    for backends in every_kind():
        relinker = _RELINKERS.get(backends.backend.__qualname__)
        if relinker is not None:
            for _, _, backend in backends.iter_backends():
                relinker(backend)


def _ec2(backend: Any) -> None:
    """Register with the lists by which EC2 backends find one another, and share peering connections again."""
    for name in FOUND_BY:
        getattr(backend, name)[type(backend)].add(weakref.ref(backend))
    for peering in list(backend.vpc_pcxs.values()):
        owner = peering.ec2_backend
        backend.vpc_pcxs[peering.id] = peering = owner.vpc_pcxs.get(peering.id, peering)
        for side in ("vpc", "peer_vpc"):
            vpc = getattr(peering, side)
            setattr(peering, side, vpc.ec2_backend.vpcs.get(vpc.id, vpc))


_RELINKERS = {"EC2Backend": _ec2}
