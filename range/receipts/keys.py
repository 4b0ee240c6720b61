"""The exercise's signing key: made once, kept for its owner alone; allies get its public half."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from range.errors import EnvironmentMissing, InputError
from range.files import write_whole

PRIVATE, PUBLIC = "receipts.key", "receipts.pub"


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """Give an exercise's key, made when it is first needed; its public half lies beside it.

    Raises:
        EnvironmentMissing: it can't be read or written.
    """
    path = folder / PRIVATE
    try:
        if not path.exists():
            _make(folder)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise EnvironmentMissing(
            f"the signing key {path} can't be used: {error}",
            hint="restore it from a copy; a new one has to be handed to every ally again",
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise EnvironmentMissing(f"{path} is no Ed25519 key", hint="restore it from a copy")
    if not (folder / PUBLIC).exists():
        write_whole(folder / PUBLIC, _public(key), 0o644)
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key from a file.

    Raises:
        InputError: there is none in it.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", hint="name the key that the operator gave you") from error
    except ValueError as error:
        raise InputError(f"{path} has no public key: {error}", hint="it begins with BEGIN PUBLIC KEY") from error
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(f"{path} is no Ed25519 key", hint="receipts are signed with Ed25519")
    return key


def _make(folder: Path) -> None:
    """Make a key; where several enclaves need the first one at once, the one that is there first is everybody's."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    mine = folder / f"{PRIVATE}.{uuid4().hex}"
    write_whole(mine, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    try:
        with contextlib.suppress(FileExistsError):
            os.link(mine, folder / PRIVATE)
    finally:
        mine.unlink()


def _public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
