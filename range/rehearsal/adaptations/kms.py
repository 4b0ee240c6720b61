"""KMS: a symmetric key has no private key. moto makes one of RSA for each, which takes 0.1 s and is never used."""

from __future__ import annotations

from typing import Any

from moto.kms import models
from moto.kms.utils import KeySpec, generate_private_key

from range.rehearsal.refusals import Refusal


def adapt() -> None:
    """Change moto's KMS."""
    models.generate_private_key = _key_of


class Symmetric:
    """Stands where an asymmetric key has its private key."""

    def _refuse(self, *_: Any) -> Any:
        """Refuse what only an asymmetric key can do."""
        message = "The key spec of this key doesn't support asymmetric operations."
        raise Refusal("UnsupportedOperationException", message)

    sign = verify = public_key = _refuse


def _key_of(key_spec: str) -> Any:
    """Make the private key of an asymmetric key."""
    asymmetric = {KeySpec.RSA_2048, KeySpec.RSA_3072, KeySpec.RSA_4096, *KeySpec.ecc_key_specs()}
    return generate_private_key(key_spec) if key_spec in asymmetric else Symmetric()
