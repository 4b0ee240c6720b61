"""DSSE envelopes, signed with Ed25519: what is verified is the very bytes that were signed.

Source: github.com/secure-systems-lab/dsse, protocol.md and envelope.md, v1.0.2 (read 2026-11-28).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from range.errors import NotClean

PAYLOAD_TYPE = "application/vnd.in-toto+json"
_MEMBERS = {"payload", "payloadType", "signatures"}


def signed(statement: Mapping[str, Any], key: Ed25519PrivateKey) -> str:
    """Put a statement into an envelope and sign it."""
    payload = json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    signature = key.sign(_encoded(payload))
    envelope = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": key_id(key.public_key()), "sig": base64.b64encode(signature).decode()}],
    }
    return json.dumps(envelope, sort_keys=True, separators=(",", ":")) + "\n"


def opened(envelope: str, key: Ed25519PublicKey) -> dict[str, Any]:
    """Give the statement of an envelope that this key signed.

    Raises:
        NotClean: it isn't an envelope in the one form that is written here, or the key didn't sign it.
    """
    try:
        content = json.loads(envelope)
        if content.keys() != _MEMBERS or content["payloadType"] != PAYLOAD_TYPE:
            raise NotClean("it has other members than an envelope has, or another type of payload")
        payload = _decoded(content["payload"])
        (signature,) = content["signatures"]
        if signature.keys() != {"keyid", "sig"} or signature["keyid"] != key_id(key):
            raise NotClean(f"it was signed with another key than {key_id(key)}")
        key.verify(_decoded(signature["sig"]), _encoded(payload))
        statement = json.loads(payload)
    except InvalidSignature as error:
        raise NotClean("the signature doesn't fit: it was altered, or another key signed it") from error
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise NotClean(f"it isn't a signed receipt: {error}") from error
    if json.dumps(content, sort_keys=True, separators=(",", ":")) + "\n" != envelope:
        raise NotClean("it isn't written as it was signed: something was added or its form changed")
    return dict(statement)


def key_id(key: Ed25519PublicKey) -> str:
    """Give what a key is known by: the SHA-256 of its 32 bytes, which is what an ally compares out of band."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def _decoded(text: str) -> bytes:
    """Read base64 that is written in the one way that it can be: its last letter may hide bits that say nothing."""
    content = base64.b64decode(text, validate=True)
    if base64.b64encode(content).decode() != text:
        raise ValueError("its base64 isn't written as it was")
    return content


def _encoded(payload: bytes) -> bytes:
    """Give what is signed: type and payload, each with its length."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
