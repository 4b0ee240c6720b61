"""What a receipt says, as an in-toto statement: the enclave's digest is the subject, the verdict and why the predicate.

Source: github.com/in-toto/attestation, spec/v1/statement.md (read 2026-11-28).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from range.errors import InputError, NotClean
from range.receipts.envelope import opened
from range.receipts.keys import public_key
from range.records.plan import Record

TYPE = "https://in-toto.io/Statement/v1"
RESET = "https://defence-range.example/reset/v1"
TEARDOWN = "https://defence-range.example/teardown/v1"
EVIDENCE = "https://defence-range.example/evidence/v1"
KINDS = {RESET: "reset", TEARDOWN: "teardown", EVIDENCE: "evidence"}


class Verified(Record):
    """A receipt whose signature holds."""

    kind: str
    subjects: dict[str, str]
    """SHA-256 by name."""
    predicate: dict[str, Any]


def statement(predicate_type: str, subjects: Mapping[str, str], predicate: Mapping[str, Any]) -> dict[str, Any]:
    """Make a statement about subjects, given by name with their SHA-256."""
    return {
        "_type": TYPE,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(subjects.items())],
        "predicateType": predicate_type,
        "predicate": dict(predicate),
    }


def verify(receipt: Path, key: Path) -> Verified:
    """Verify a receipt with a public key; no network, no range.

    Raises:
        InputError: a file can't be read.
        NotClean: the receipt isn't what that key signed.
    """
    try:
        envelope = receipt.read_bytes().decode()
    except OSError as error:
        raise InputError(f"{receipt}: {error.strerror}", hint="name a receipt that `range reset` wrote") from error
    except UnicodeDecodeError as error:
        raise NotClean(f"{receipt}: it isn't a signed receipt: {error}") from error
    try:
        return verified(envelope, public_key(key))
    except NotClean as bad:
        raise NotClean(f"{receipt}: {bad.message}", hint="believe nothing that it says") from bad


def verified(envelope: str, key: Ed25519PublicKey) -> Verified:
    """Give what an envelope says that a key signed.

    Raises:
        NotClean: the key didn't sign it, or it is no receipt of a range.
    """
    return _read(opened(envelope, key))


def _read(found: Mapping[str, Any]) -> Verified:
    try:
        kind = KINDS[found["predicateType"]]
        subjects = {each["name"]: each["digest"]["sha256"] for each in found["subject"]}
    except (KeyError, TypeError) as error:
        raise NotClean(f"it isn't a receipt of a range: {error}") from error
    return Verified(kind=kind, subjects=subjects, predicate=cast(dict[str, Any], found["predicate"]))
