"""The models of AWS's services, loaded once for moto and for the clients in this process: EC2's alone is 25 MB."""

from __future__ import annotations

from functools import cache
from typing import Any

from moto.core.loaders import Loader, create_loader

_REWRITTEN = frozenset({"s3", "s3control"})
"""Services whose model botocore changes when it makes a client; moto must see them as they were."""


@cache
def loader() -> Loader:
    """Give the loader that clients and moto share; moto adds a few errors to the models that botocore has."""
    return create_loader()


class ForMoto:
    """Stands where moto makes itself a loader for each model."""

    def load_service_model(self, service: str, kind: str) -> dict[str, Any]:
        """Load a model."""
        model: dict[str, Any] = (create_loader() if service in _REWRITTEN else loader()).load_service_model(
            service, kind
        )
        return model
