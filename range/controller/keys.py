"""The exercise's own SSH key pair: made once, by the controller, and never sent anywhere but for its public half."""

from __future__ import annotations

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_ssh_private_key,
)

from range.errors import EnvironmentMissing
from range.files import write_whole

SSH_KEY = "RANGE_SSH_KEY"
"""The variable that names the private key; the programs read the public half beside it."""


def key_pair(home: Path, exercise: str) -> Path:
    """Give the exercise's private key, its public half beside it as `.pub`; the first time both are made.

    Two commands that come at once get the same key.

    Raises:
        EnvironmentMissing: the key is damaged, or nothing can be kept there.
    """
    path = home / exercise / "ssh" / "controller"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        public = _public_half(path)
        beside = path.with_suffix(".pub")
        if not beside.exists() or beside.read_text() != public:
            write_whole(beside, public.encode(), 0o644)
    except OSError as error:
        raise EnvironmentMissing(f"the key pair in {path.parent} can't be used: {error.strerror}") from error
    return path


def _make(path: Path) -> None:
    """Make a private key, for its owner alone; one that appeared meanwhile stays."""
    private = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    write_whole(path, private, 0o600, anew=True)


def _public_half(path: Path) -> str:
    try:
        key = load_ssh_private_key(path.read_bytes(), password=None)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise EnvironmentMissing(
            f"{path} is no private key of SSH: {error}",
            hint="put it back from a backup; without it, move it away: the next `up` makes another, and replaces all hosts",
        ) from error
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return f"{public} {path.parent.parent.name}\n"
