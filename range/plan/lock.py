"""The address lock: who has which addresses, kept beside the exercise file and committed with it."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from range.errors import InputError
from range.files import write_whole
from range.records.plan import Record


class AddressLock(Record):
    """Addresses that were given out. Nobody who is in it ever moves."""

    version: Literal[1] = 1
    enclaves: dict[str, IPv4Network] = {}
    """Each enclave's block, the hub's too; those of allies that left the file stay until they are released."""
    zones: dict[str, IPv4Network] = {}
    """By `enclave.zone`."""
    hosts: dict[str, IPv4Address] = {}
    """By `enclave/host`."""


def lock_path(spec_path: Path) -> Path:
    """Give where the lock of an exercise file is: `steadfast.yaml` has `steadfast.lock.json` beside it."""
    return spec_path.with_name(f"{spec_path.stem}.lock.json")


def read(path: Path) -> AddressLock:
    """Read a lock; where there is none yet, nothing was given out.

    Raises:
        InputError: it can't be read, or isn't a lock.
    """
    hint = "restore it from version control: without it, enclaves that are up would get other addresses"
    try:
        return AddressLock.model_validate_json(path.read_bytes(), strict=True)
    except FileNotFoundError:
        return AddressLock()
    except OSError as error:
        raise InputError(f"{path}: can't be read: {error.strerror}", hint=hint) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{path}: not an address lock: {where}: {first['msg']}", hint=hint) from None


def write(path: Path, lock: AddressLock) -> bool:
    """Write a lock, whole or not at all, and only where it differs; say whether it did.

    Raises:
        InputError: it can't be written.
    """
    text = _text(lock)
    try:
        if path.exists() and path.read_text() == text:
            return False
        write_whole(path, text)
    except OSError as error:
        raise InputError(f"{path}: can't be written: {error.strerror}") from None
    return True


def released(lock: AddressLock, enclave: str) -> AddressLock:
    """Give the lock without an enclave that was torn down; its addresses may go to somebody else."""
    return AddressLock(
        enclaves={name: block for name, block in lock.enclaves.items() if name != enclave},
        zones={name: cidr for name, cidr in lock.zones.items() if not name.startswith(f"{enclave}.")},
        hosts={name: address for name, address in lock.hosts.items() if not name.startswith(f"{enclave}/")},
    )


def _text(lock: AddressLock) -> str:
    """Give the file's text: by address, so that neighbours stand together and a change is a line."""
    by_address = AddressLock(
        enclaves=dict(sorted(lock.enclaves.items(), key=lambda entry: (entry[1], entry[0]))),
        zones=dict(sorted(lock.zones.items(), key=lambda entry: (entry[1], entry[0]))),
        hosts=dict(sorted(lock.hosts.items(), key=lambda entry: (entry[1], entry[0]))),
    )
    return by_address.model_dump_json(indent=2) + "\n"
