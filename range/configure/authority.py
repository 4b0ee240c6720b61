"""The exercise's own certificate authority: small, on the controller, and its key never leaves it."""

from __future__ import annotations

import fcntl
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from range.errors import ConfigureError
from range.files import write_whole

LIFE = timedelta(days=825)
"""Of the authority; an exercise that is planned for longer is rare, and asks for another one."""
CERTIFICATE_LIFE = timedelta(days=397)
RENEWED_BEFORE = timedelta(days=30)
_SKEW = timedelta(hours=1)
"""A host's clock may be behind the controller's."""


@dataclass(frozen=True)
class Subject:
    """Whom a certificate is for: `CN=web-1.est, O=est`, at an address."""

    host: str
    enclave: str
    address: IPv4Address

    @property
    def common_name(self) -> str:
        """The host's name, which nothing else in the exercise has."""
        return f"{self.host}.{self.enclave}"


class Authority:
    """Issues one certificate per host, and keeps it: the same host gets the same one, until it is nearly over."""

    def __init__(self, folder: Path, exercise: str) -> None:
        """Find the authority in a folder, or make it there, for its owner alone.

        Raises:
            ConfigureError: what is there is damaged, or nothing can be kept there.
        """
        self._folder = folder
        self._key_path, self.certificate_path = folder / "authority.key", folder / "authority.pem"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (folder / "hosts").mkdir(mode=0o700, exist_ok=True)
            (folder / "lock").touch(mode=0o600)
            with (folder / "lock").open() as lock:  # enclaves are configured side by side, and there is one authority
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not self.certificate_path.exists():
                    self._make(exercise)
            self._key = _private_key(self._key_path.read_bytes())
            self._certificate = x509.load_pem_x509_certificate(self.certificate_path.read_bytes())
        except OSError as error:
            raise ConfigureError(f"the authority in {folder} can't be used: {error.strerror}") from error
        except ValueError as error:
            raise ConfigureError(
                f"the authority in {folder} is damaged: {error}",
                hint=f"put {folder} back from a backup; without one, move it away: every host gets another certificate",
            ) from error

    def certificate(self, subject: Subject) -> Path:
        """Give the file with a host's certificate and private key, issued anew where it has to be."""
        path = self._folder / "hosts" / f"{subject.common_name}.pem"
        if not self._serves(path, subject):
            write_whole(path, self._issued(subject), 0o600)
        return path

    def forget(self, enclave: str) -> None:
        """Delete the certificates of an enclave's hosts, which are gone."""
        for path in (self._folder / "hosts").glob(f"*.{enclave}.pem"):
            path.unlink(missing_ok=True)

    def _make(self, exercise: str) -> None:
        """Make the key and the certificate that it signs itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, exercise),
                x509.NameAttribute(NameOID.COMMON_NAME, f"{exercise} authority {secrets.token_hex(4)}"),
            ]
        )
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        certificate = (
            _builder(name, name, key.public_key(), LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, hashes.SHA256())
        )
        write_whole(self._key_path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)
        write_whole(self.certificate_path, certificate.public_bytes(Encoding.PEM), 0o600)

    def _issued(self, subject: Subject) -> bytes:
        """Make a key and a certificate for it; both as PEM, the certificate first."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, subject.enclave),
                x509.NameAttribute(NameOID.COMMON_NAME, subject.common_name),
            ]
        )
        names = x509.SubjectAlternativeName([x509.DNSName(subject.common_name), x509.IPAddress(subject.address)])
        uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH])
        certificate = (
            _builder(name, self._certificate.subject, key.public_key(), CERTIFICATE_LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(names, critical=False)
            .add_extension(uses, critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return certificate.public_bytes(Encoding.PEM) + private

    def _serves(self, path: Path, subject: Subject) -> bool:
        """Say whether a kept certificate is still this host's, of this authority, and good for a while."""
        try:
            content = path.read_bytes()
            certificate = x509.load_pem_x509_certificate(content)
            certificate.verify_directly_issued_by(self._certificate)
            _private_key(content[content.index(b"-----BEGIN PRIVATE KEY") :])
            names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except Exception:  # noqa: BLE001 - whatever is wrong with it, another one takes its place
            return False
        left = certificate.not_valid_after_utc - datetime.now(UTC)
        return names.get_values_for_type(x509.IPAddress) == [subject.address] and left > RENEWED_BEFORE


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + life)
    )


def _private_key(pem: bytes) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the key isn't one of ours")  # noqa: TRY004 - the file is wrong, not the call
    return key
