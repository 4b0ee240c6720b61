"""Runs `ip` and `nft`, in the network namespace of the thread that calls."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

from range.errors import EnvironmentMissing, RangeError

_PACKAGES = {"ip": "iproute2", "nft": "nftables", "tc": "iproute2"}


def ip(lines: Iterable[str], *, force: bool = False) -> None:
    """Carry out lines as `ip` takes them, in one process; nothing for no lines. With `force` those that fail are passed over.

    Raises:
        RangeError: a line failed; those before it are carried out.
    """
    text = "\n".join(lines)
    if text:
        run("ip", *(("-force",) if force else ()), "-batch", "-", text=text, checked=not force)


def nft(script: str) -> None:
    """Load a script of nftables: all of it or nothing.

    Raises:
        RangeError: the kernel, or nft, refused it.
    """
    if script:
        run("nft", "-f", "-", text=script)


def run(program: str, *arguments: str, text: str = "", checked: bool = True) -> str:
    """Run a program and give what it prints.

    Raises:
        EnvironmentMissing: it isn't installed.
        RangeError: it failed; the message has its first words.
    """
    try:
        done = subprocess.run([program, *arguments], input=text, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        package = _PACKAGES.get(program, program)
        raise EnvironmentMissing(f"{program} isn't installed", hint=f"apt-get install {package}") from error
    if done.returncode != 0 and checked:
        said = done.stderr.strip()[:2000]
        raise RangeError(f"`{' '.join((program, *arguments))}` failed: {said}")
    return done.stdout
