"""A receipt holds as it was signed, with the key that signed it, and in no other form."""

from __future__ import annotations

import base64
import json
import random
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from range.errors import EnvironmentMissing, InputError, NotClean
from range.receipts.envelope import PAYLOAD_TYPE, key_id, opened, signed
from range.receipts.keys import PRIVATE, PUBLIC, public_key, signing_key
from range.receipts.statement import RESET, TYPE, statement, verify

SAID = statement(RESET, {"steadfast.est/observed": "ab" * 32}, {"verdict": "CLEAN", "who": "ann"})


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A receipt, and the public key of whoever signed it."""
    receipt = tmp_path / "receipt.json"
    receipt.write_text(signed(SAID, signing_key(tmp_path / "keys")))
    return receipt, tmp_path / "keys" / PUBLIC


def test_a_receipt_gives_back_what_was_signed(files: tuple[Path, Path]) -> None:
    found = verify(*files)

    assert (found.kind, found.predicate["verdict"]) == ("reset", "CLEAN")
    assert found.subjects == {"steadfast.est/observed": "ab" * 32}


def test_it_is_an_in_toto_statement_in_a_dsse_envelope(files: tuple[Path, Path]) -> None:
    envelope = json.loads(files[0].read_text())
    inner = json.loads(base64.b64decode(envelope["payload"]))

    assert envelope["payloadType"] == PAYLOAD_TYPE == "application/vnd.in-toto+json"
    assert envelope["signatures"][0].keys() == {"keyid", "sig"}
    assert inner["_type"] == TYPE == "https://in-toto.io/Statement/v1"
    assert inner["subject"][0]["digest"]["sha256"] == "ab" * 32


def test_with_any_byte_altered_it_holds_no_more(files: tuple[Path, Path]) -> None:
    receipt, key = files
    whole = receipt.read_bytes()

    for place, byte in enumerate(whole):
        receipt.write_bytes(whole[:place] + bytes([byte ^ random.choice((1, 2, 4, 32, 128))]) + whole[place + 1 :])
        with pytest.raises(NotClean):
            verify(receipt, key)


@pytest.mark.parametrize("bad", [b"", b"{}", b"null", b"[1]", b"\xff\xfe", b'{"payload": 1}', b"x" * 100_000])
def test_what_is_no_receipt_is_said_to_be_none(files: tuple[Path, Path], bad: bytes) -> None:
    files[0].write_bytes(bad)

    with pytest.raises(NotClean):
        verify(*files)


def test_something_added_behind_or_in_front_is_an_alteration(files: tuple[Path, Path]) -> None:
    whole = files[0].read_text()
    for other in (whole + " ", " " + whole, whole.replace('{"payload"', '{"more":1,"payload"')):
        files[0].write_text(other)
        with pytest.raises(NotClean):
            verify(*files)


def test_another_s_key_does_not_verify_it(files: tuple[Path, Path], tmp_path: Path) -> None:
    signing_key(tmp_path / "other")

    with pytest.raises(NotClean, match="another key"):
        verify(files[0], tmp_path / "other" / PUBLIC)


def test_a_signature_of_another_key_under_the_same_name_fails() -> None:
    mine, other = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    forged = json.loads(signed(SAID, other))
    forged["signatures"][0]["keyid"] = key_id(mine.public_key())

    with pytest.raises(NotClean, match="doesn't fit"):
        opened(json.dumps(forged, sort_keys=True, separators=(",", ":")) + "\n", mine.public_key())


def test_the_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first, second = signing_key(tmp_path), signing_key(tmp_path)

    assert key_id(first.public_key()) == key_id(second.public_key()) == key_id(public_key(tmp_path / PUBLIC))
    assert stat.S_IMODE((tmp_path / PRIVATE).stat().st_mode) == 0o600


def test_many_who_need_the_first_key_at_once_get_the_same_one(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = {key.private_bytes_raw() for key in pool.map(lambda _: signing_key(tmp_path / "keys"), [None] * 16)}

    assert len(keys) == 1
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {PRIVATE, PUBLIC}


def test_a_damaged_key_is_named_and_never_replaced(tmp_path: Path) -> None:
    signing_key(tmp_path)
    (tmp_path / PRIVATE).write_text("-----BEGIN")

    with pytest.raises(EnvironmentMissing, match="can't be used"):
        signing_key(tmp_path)
    assert (tmp_path / PRIVATE).read_text() == "-----BEGIN"


def test_a_file_that_is_no_public_key_is_bad_input(files: tuple[Path, Path], tmp_path: Path) -> None:
    for content in ("", "-----BEGIN PUBLIC KEY-----\n", files[0].read_text()):
        (tmp_path / "key").write_text(content)
        with pytest.raises(InputError):
            verify(files[0], tmp_path / "key")
    with pytest.raises(InputError):
        verify(tmp_path / "none", files[1])
