from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from range.errors import EnvironmentMissing
from range.provision import cli

WANTED = "3.250.0"
Script = Callable[[str, str], Path]


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty PATH but for the shell, an empty cache, a virtual environment, and no way out."""
    (tmp_path / "venv/bin").mkdir(parents=True)
    (tmp_path / "path").mkdir()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "venv"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    return tmp_path


@pytest.fixture
def script(machine: Path) -> Script:
    """Write an executable shell script at a path below the machine's folder."""

    def write(name: str, body: str) -> Path:
        path = machine / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        path.chmod(0o755)
        return path

    return write


@pytest.fixture
def cached(machine: Path) -> Path:
    return machine / f"cache/defence-range/pulumi-{WANTED}/bin/pulumi"


GO = """
[ "$1" = version ] && { echo "go version go1.26.8 linux/amd64"; exit; }
echo build >> "$(dirname "$0")/calls"; sleep 0.3
while [ "$1" != -o ]; do shift; done
printf '#!/bin/sh\\necho v3.250.0\\n' > "$2"; chmod +x "$2"
"""


@pytest.mark.parametrize(
    ("found", "enough"),
    [
        ("3.250.0", True),
        ("3.250.1", True),
        ("3.1000.0", True),
        ("3.249.9", False),
        ("4.0.0", False),
        ("2.999.0", False),
    ],
)
def test_a_cli_serves_an_sdk_that_is_not_newer_and_of_the_same_major_version(found: str, enough: bool) -> None:
    assert cli.new_enough(found, WANTED) is enough


def test_a_new_enough_cli_on_path_is_used(script: Script) -> None:
    found = script("path/pulumi", "echo v3.251.2")

    assert cli.cli_on_path(WANTED) == found


def test_an_old_cli_on_path_is_left_out_and_said(script: Script, capsys: pytest.CaptureFixture[str]) -> None:
    script("path/pulumi", "echo v3.200.0")

    assert cli.cli_on_path(WANTED) is None
    assert "is 3.200.0; 3.250.0 or newer is needed" in capsys.readouterr().err


def test_a_cli_that_does_not_answer_is_left_out(script: Script) -> None:
    script("path/pulumi", "exit 1")

    assert cli.cli_on_path(WANTED) is None


def test_the_link_that_setup_made_is_not_mistaken_for_a_cli_on_path(
    script: Script, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script("venv/bin/pulumi", "echo v3.250.0")
    monkeypatch.setenv("PATH", str(machine / "venv/bin"))

    assert cli.cli_on_path(WANTED) is None


def test_what_the_cache_holds_is_used_without_asking_anyone(
    script: Script, cached: Path, machine: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script(str(cached.relative_to(machine)), "echo v3.250.0")

    assert cli.cached_cli(WANTED) == cached
    assert capsys.readouterr().err == ""


def test_without_a_release_it_is_built_with_go(
    script: Script, cached: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script("path/go", GO)

    assert cli.cached_cli(WANTED) == cached
    assert cli.version_of(cached) == WANTED
    assert "no release to be had" in capsys.readouterr().err


def test_two_clones_that_set_up_at_once_build_once(
    script: Script, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script("path/go", GO)
    monkeypatch.setattr(cli, "download", lambda _: "no network")
    both = [threading.Thread(target=cli.cached_cli, args=(WANTED,)) for _ in "ab"]

    for each in both:
        each.start()
    for each in both:
        each.join()

    assert (machine / "path/calls").read_text(encoding="utf-8") == "build\n"


def test_a_machine_without_go_is_told_what_to_install(cached: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")

    with pytest.raises(EnvironmentMissing, match=r"there is no `go` on PATH\n.*install Go"):
        cli.build(cached, WANTED)


def test_a_go_too_old_is_named_with_its_version(script: Script, cached: Path) -> None:
    script("path/go", 'echo "go version go1.19.8 linux/amd64"')

    with pytest.raises(EnvironmentMissing, match=r"path/go is too old.*go1\.19\.8"):
        cli.build(cached, WANTED)


def test_a_build_that_fails_shows_what_go_said_and_leaves_nothing(script: Script, cached: Path) -> None:
    script("path/go", '[ "$1" = version ] && echo go1.26 || { echo "no space left on device" >&2; exit 1; }')
    cached.parent.mkdir(parents=True)

    with pytest.raises(EnvironmentMissing, match="no space left on device"):
        cli.build(cached, WANTED)

    assert list(cached.parent.iterdir()) == []


def test_a_cli_without_a_language_host_gets_ours_beside_it(script: Script, machine: Path) -> None:
    source = script("elsewhere/pulumi", "echo v3.250.0")

    cli.link(source, machine / "venv")

    linked = (machine / "venv/bin/pulumi").resolve()
    assert linked.samefile(source)
    assert "range.provision.language" in (linked.parent / cli.LANGUAGE_HOST).read_text(encoding="utf-8")


def test_a_cli_that_brings_its_language_host_is_only_linked(script: Script, machine: Path) -> None:
    source = script("elsewhere/pulumi", "echo v3.250.0")
    script(f"elsewhere/{cli.LANGUAGE_HOST}", "exit")

    cli.link(source, machine / "venv")

    assert (machine / "venv/bin/pulumi").readlink() == source
    assert not (machine / "venv/pulumi").exists()


def test_linking_again_takes_the_place_of_an_older_cli(script: Script, machine: Path) -> None:
    cli.link(script("old/pulumi", "echo v3.249.0"), machine / "venv")
    cli.link(script("new/pulumi", "echo v3.250.0"), machine / "venv")

    assert cli.version_of(machine / "venv/bin/pulumi") == WANTED


def test_an_environment_that_was_not_set_up_says_so(machine: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="make setup"):
        cli.linked_cli()
