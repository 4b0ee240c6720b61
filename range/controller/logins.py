"""Teams' SSH keys: made when a session begins, on their hosts while it lasts, gone at its end."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from range.controller.kept import write
from range.controller.site import Setting
from range.records.session import Login


def open_logins(setting: Setting, enclave: str) -> Login | None:
    """Let a team log in to its hosts with a key of its own; asked again, with the same one. None where there are no hosts."""
    if setting.ways is None or not setting.plan.enclave(enclave).hosts:
        return None
    from range.cloud.ssh import HostName
    from range.session.logins import let_in

    key = _path(setting, enclave)
    hosts = [HostName(enclave, host.name) for host in setting.plan.enclave(enclave).hosts]
    failed = let_in(setting.ways, hosts, _key(key, enclave))
    bastion = setting.ways.bastion
    return Login(
        key=str(key),
        user=enclave,
        through=f"{bastion.enclave}@{setting.ways.hosts[bastion].address}",
        hosts={str(name): str(setting.ways.hosts[name].address) for name in hosts if name not in failed},
        not_told={str(name): why for name, why in failed.items()},
    )


def close_logins(setting: Setting, enclave: str) -> dict[str, str]:
    """Take a team's key back everywhere; gives the hosts that couldn't be told, and why.

    Those aren't waited for: a reset gives them another disk, and nobody plays there before.
    """
    key = _path(setting, enclave)
    if setting.ways is None or not key.exists():
        return {}
    from range.cloud.ssh import HostName
    from range.session.logins import put_out

    failed = put_out(setting.ways, [HostName(enclave, host.name) for host in setting.plan.enclave(enclave).hosts])
    key.unlink()
    return {str(name): why for name, why in failed.items()}


def _path(setting: Setting, enclave: str) -> Path:
    return setting.records / "access" / f"{enclave}.key"


def _key(path: Path, enclave: str) -> str:
    """Give the public half of a session's key, which is made when it is first asked for."""
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    from range.session.logins import comment

    if not path.exists():
        made = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        write(path, made.decode(), mode=0o600)
    public = load_ssh_private_key(path.read_bytes(), password=None).public_key()
    return f"{public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()} {comment(enclave)}\n"
