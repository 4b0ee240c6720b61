"""KMS: a symmetric key has no private key, and the keys that services make for themselves are AWS's.

moto makes one of RSA for each key, which takes 0.1 s and is never used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.kms import models
from moto.kms.utils import KeySpec, generate_private_key

from range.rehearsal.refusals import Refusal

_OF_AWS = "alias/aws/"


def adapt() -> None:
    """Change moto's KMS."""
    models.generate_private_key = _key_of
    for name in ("enable_key", "disable_key", "schedule_key_deletion", "cancel_key_deletion"):
        setattr(models.KmsBackend, name, _by_arn(getattr(models.KmsBackend, name)))
    models.KmsBackend.create_alias = _named(models.KmsBackend.create_alias)


class Symmetric:
    """Stands where an asymmetric key has its private key."""

    def _refuse(self, *_: Any) -> Any:
        """Refuse what only an asymmetric key can do."""
        message = "The key spec of this key doesn't support asymmetric operations."
        raise Refusal("UnsupportedOperationException", message)

    sign = verify = public_key = _refuse


def _by_arn(act: Callable[..., Any]) -> Callable[..., Any]:
    """Let a call on a key name it by its ARN, too; moto knows it by its id only."""

    def acting(self: Any, key_id: str, *args: Any, **kwargs: Any) -> Any:
        return act(self, self.get_key_id(key_id), *args, **kwargs)

    return acting


def _named(create_alias: Callable[..., Any]) -> Callable[..., Any]:
    """Let a key that gets one of AWS's own names, as `alias/aws/ebs`, be managed by AWS; nobody else may give those."""

    def named(self: Any, target_key_id: str, alias_name: str) -> Any:
        if alias_name.startswith(_OF_AWS):
            self.keys[self.get_key_id(target_key_id)].key_manager = "AWS"
        return create_alias(self, target_key_id, alias_name)

    return named


def _key_of(key_spec: str) -> Any:
    """Make the private key of an asymmetric key."""
    asymmetric = {KeySpec.RSA_2048, KeySpec.RSA_3072, KeySpec.RSA_4096, *KeySpec.ecc_key_specs()}
    return generate_private_key(key_spec) if key_spec in asymmetric else Symmetric()
