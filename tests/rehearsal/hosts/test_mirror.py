"""The mirror is the one that this machine's own packages come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from range.rehearsal.hosts.mirror import debian_mirror

DEB822 = """\
Types: deb deb-src
# a snapshot was taken
URIs: http://mirror.test/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main contrib
"""


def apt(folder: Path, **files: str) -> Path:
    """Give a folder with apt's sources."""
    (folder / "sources.list.d").mkdir()
    for name, content in files.items():
        (folder / name.replace("__", "/").replace("_", ".")).write_text(content)
    return folder


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("sources_list", "deb http://mirror.test/debian trixie main contrib\n"),
        ("sources_list", "deb [signed-by=/a/key arch=amd64] http://mirror.test/debian trixie main\n"),
        ("sources.list.d__debian_sources", DEB822),
    ],
)
def test_the_archive_is_found_in_either_style(tmp_path: Path, name: str, content: str) -> None:
    assert debian_mirror(apt(tmp_path, **{name: content})) == "http://mirror.test/debian"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "sources_list",
            "# deb http://mirror.test/debian trixie main\ndeb-src http://mirror.test/debian trixie main\n",
        ),
        ("sources_list", "deb http://mirror.test/ubuntu noble main\n"),
        ("sources_list", "deb http://mirror.test/debian-security trixie-security main\n"),
        ("sources_list", "deb http://mirror.test/debian trixie contrib\n"),
        ("sources.list.d__debian_sources", f"Enabled: no\n{DEB822.split(chr(10) * 2)[1]}"),
        ("sources.list.d__debian_sources_off", DEB822),
    ],
)
def test_what_is_no_archive_of_debian_is_none(tmp_path: Path, name: str, content: str) -> None:
    assert debian_mirror(apt(tmp_path, **{name: content})) is None


def test_a_machine_without_apt_has_no_mirror(tmp_path: Path) -> None:
    assert debian_mirror(tmp_path / "nowhere") is None
