"""Where this machine gets its Debian packages from: the same mirror has those of the hosts' image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_APT = Path("/etc/apt")
_LINE = re.compile(r"^\s*deb\s+(?:\[[^]]*\]\s+)?(\S+)\s+\S+\s+(.*)$", re.MULTILINE)
"""One-line style. Source: sources.list(5), read 2026-11-28."""


def debian_mirror(apt: Path = _APT) -> str | None:
    """Give the address of the Debian archive that apt on this machine uses; None where it uses none.

    The archive's path ends in `/debian`; that of security updates ends in `/debian-security`, and is another one.
    """
    return next((address for address in _addresses(apt) if address.rstrip("/").endswith("/debian")), None)


def _addresses(apt: Path) -> Iterator[str]:
    """Give the addresses of all of apt's sources that have a component main."""
    for file in (apt / "sources.list", *sorted(apt.glob("sources.list.d/*"))):
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        if file.suffix == ".list":
            yield from (found[1] for found in _LINE.finditer(text) if "main" in found[2].split())
        elif file.suffix == ".sources":
            for paragraph in re.split(r"\n\s*\n", text):
                yield from _of_paragraph(paragraph)


def _of_paragraph(paragraph: str) -> Iterator[str]:
    """Give the addresses of one paragraph in deb822 style."""
    fields = {
        name.strip().lower(): value.split()
        for name, colon, value in (line.partition(":") for line in paragraph.splitlines() if not line.startswith("#"))
        if colon
    }
    switched_off = fields.get("enabled") == ["no"]
    if "deb" in fields.get("types", ()) and "main" in fields.get("components", ()) and not switched_off:
        yield from fields.get("uris", ())
