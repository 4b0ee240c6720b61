"""The small authority: one certificate per host, the same until it is nearly over, and a key that stays at home."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from range.configure import authority as module
from range.configure.authority import Authority, Subject
from range.errors import ConfigureError

WEB = Subject("web-1", "est", IPv4Address("10.64.4.10"))


def _named(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    return str(certificate.subject.get_attributes_for_oid(oid)[0].value)


def _verify(authority: Authority, certificate: Path, *more: str) -> list[str]:
    return ["openssl", "verify", *more, "-CAfile", str(authority.certificate_path), str(certificate)]


def test_a_certificate_says_whose_host_it_is_and_openssl_believes_it(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "steadfast")

    path = authority.certificate(WEB)

    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    assert _named(certificate, NameOID.COMMON_NAME) == "web-1.est"
    assert _named(certificate, NameOID.ORGANIZATION_NAME) == "est"
    told = _verify(authority, path, "-purpose", "sslclient", "-x509_strict")
    assert subprocess.run(told, capture_output=True, check=False).returncode == 0


def test_another_authority_is_not_believed(tmp_path: Path) -> None:
    ours, theirs = Authority(tmp_path / "ours", "steadfast"), Authority(tmp_path / "theirs", "steadfast")

    assert subprocess.run(_verify(ours, theirs.certificate(WEB)), capture_output=True, check=False).returncode != 0


def test_a_host_keeps_its_certificate_and_every_file_is_for_the_owner_alone(tmp_path: Path) -> None:
    first = Authority(tmp_path, "steadfast").certificate(WEB).read_bytes()

    assert Authority(tmp_path, "steadfast").certificate(WEB).read_bytes() == first
    assert {path.stat().st_mode & 0o077 for path in (tmp_path, *tmp_path.rglob("*"))} == {0}


def test_those_who_come_at_once_find_one_authority(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda _: Authority(tmp_path, "steadfast").certificate_path.read_bytes(), range(16)))

    assert len(found) == 1


def test_a_host_at_another_address_gets_another_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "steadfast")
    first = authority.certificate(WEB).read_bytes()

    moved = authority.certificate(Subject("web-1", "est", IPv4Address("10.64.4.11"))).read_bytes()

    assert moved != first


def test_a_certificate_that_is_damaged_or_nearly_over_is_issued_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path, "steadfast")
    path = authority.certificate(WEB)
    path.write_bytes(path.read_bytes()[:200])
    monkeypatch.setattr(module, "CERTIFICATE_LIFE", timedelta(days=29))
    short = authority.certificate(WEB).read_bytes()
    monkeypatch.undo()

    renewed = x509.load_pem_x509_certificate(authority.certificate(WEB).read_bytes())

    assert renewed.serial_number != x509.load_pem_x509_certificate(short).serial_number
    assert renewed.not_valid_after_utc - datetime.now(UTC) > timedelta(days=300)


def test_a_damaged_authority_is_named_and_not_replaced(tmp_path: Path) -> None:
    Authority(tmp_path, "steadfast")
    (tmp_path / "authority.key").write_text("nonsense")

    with pytest.raises(ConfigureError, match="is damaged") as refused:
        Authority(tmp_path, "steadfast")

    assert "every host gets another certificate" in (refused.value.hint or "")
    assert (tmp_path / "authority.key").read_text() == "nonsense"


def test_the_certificates_of_an_enclave_are_forgotten_and_no_others(tmp_path: Path) -> None:
    authority = Authority(tmp_path, "steadfast")
    gone = authority.certificate(WEB)
    stays = authority.certificate(Subject("web-1", "pol", IPv4Address("10.64.8.10")))

    authority.forget("est")

    assert not gone.exists()
    assert stays.exists()
