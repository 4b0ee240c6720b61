"""A bundle of evidence is what was signed, whole, or nothing of it is believed."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from range.errors import InputError, NotClean
from range.receipts.bundles import STATEMENT, is_bundle, packed, unpacked, verify
from range.receipts.envelope import signed
from range.receipts.keys import PUBLIC, signing_key
from range.receipts.statement import EVIDENCE, statement

FILES = {"receipts/reset-1.json": b"{}", "proof/network.json": b'{"verdict": "PROVEN"}', "receipts.pub": b"PEM"}


@pytest.fixture
def key(tmp_path: Path) -> Path:
    signing_key(tmp_path / "keys")
    return tmp_path / "keys" / PUBLIC


@pytest.fixture
def bundle(tmp_path: Path, key: Path) -> Path:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    envelope = signed(statement(EVIDENCE, digests, {"enclave": "est"}), signing_key(key.parent))
    path = tmp_path / "est.tar.gz"
    packed(path, {STATEMENT: envelope.encode(), **FILES})
    return path


def test_a_bundle_as_it_was_signed_verifies(bundle: Path, key: Path) -> None:
    found = verify(bundle, key)

    assert is_bundle(bundle)
    assert (found.kind, set(found.subjects)) == ("evidence", set(FILES))


CHANGES: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "a file was changed": (lambda files: files.update({"proof/network.json": b"{}"}), "proof/network.json"),
    "a file was added": (lambda files: files.update({"receipts/reset-2.json": b"{}"}), "receipts/reset-2.json"),
    "a file was left out": (lambda files: files.pop("receipts/reset-1.json"), "receipts/reset-1.json"),
    "the statement was left out": (lambda files: files.pop(STATEMENT), STATEMENT),
    "the statement was changed": (
        lambda files: files.update({STATEMENT: files[STATEMENT] + b" "}),
        "written as it was",
    ),
    "the statement is no text": (lambda files: files.update({STATEMENT: b"\xff\xfe"}), "isn't a signed receipt"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_nothing_is_believed_once(bundle: Path, key: Path, what: str) -> None:
    change, told = CHANGES[what]
    files = unpacked(bundle)
    change(files)
    packed(bundle, files)

    with pytest.raises(NotClean, match=told):
        verify(bundle, key)


def test_the_key_inside_proves_nothing(bundle: Path, tmp_path: Path) -> None:
    signing_key(tmp_path / "others")

    with pytest.raises(NotClean, match="another key"):
        verify(bundle, tmp_path / "others" / PUBLIC)


@pytest.mark.parametrize(
    "content",
    [b"\x1f\x8b", gzip.compress(b"no archive"), b"\x1f\x8b" + b"x" * 100],
    ids=["cut off", "no archive", "damaged"],
)
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, key: Path, content: bytes) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(content)

    with pytest.raises(NotClean):
        verify(path, key)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE, tarfile.REGTYPE])
def test_links_folders_and_doubles_are_refused(tmp_path: Path, key: Path, kind: bytes) -> None:
    path = tmp_path / "x.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for type_ in (tarfile.REGTYPE, kind):
            entry = tarfile.TarInfo(STATEMENT)
            entry.type, entry.linkname = type_, "/etc/passwd"
            archive.addfile(entry, io.BytesIO(b""))

    with pytest.raises(NotClean, match="no plain file, or there twice"):
        verify(path, key)


def test_a_bundle_that_isn_t_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        is_bundle(tmp_path / "nothing.tar.gz")
