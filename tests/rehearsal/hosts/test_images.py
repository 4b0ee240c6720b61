"""An image is made once, whole or not at all, and again when its recipe changes; or it is what the user names."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from range.errors import EnvironmentMissing, InputError, RangeError
from range.rehearsal.hosts import images
from range.rehearsal.hosts.images import IMAGE_VARIABLE, image, is_made
from range.rehearsal.hosts.recipe import recipe

FAKE = """#!/bin/sh
echo "$@" >> {log}
{fails}
for folder do test -d "$folder" && break; done
mkdir -p "$folder/etc/ssh" "$folder/var"
echo secret > "$folder/etc/ssh/ssh_host_ed25519_key"
"""


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own, and no image named."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(IMAGE_VARIABLE, raising=False)


@pytest.fixture
def maker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Something that is called mmdebstrap, and notes how it was called."""
    return fake(tmp_path, monkeypatch)


def fake(folder: Path, monkeypatch: pytest.MonkeyPatch, *, fails: str = "") -> Path:
    """Put a mmdebstrap first on PATH; give the file of what it was asked."""
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    program, log = programs / "mmdebstrap", folder / "asked"
    program.write_text(FAKE.format(log=log, fails=fails))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    return log


def test_an_image_is_made_once(maker: Path) -> None:
    assert not is_made()

    first, second = image(), image()

    assert first == second
    assert is_made()
    assert len(maker.read_text().splitlines()) == 1
    assert not (first / "etc/ssh/ssh_host_ed25519_key").exists()
    assert (first / "etc/machine-id").read_text() == ""


def test_another_recipe_makes_another_image(maker: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image()
    text = (Path(images.__file__).parent / "recipe.toml").read_text()
    changed = tmp_path / "recipe.toml"
    changed.write_text(text.replace('"sudo"', '"sudo", "tmux"'))
    monkeypatch.setattr(images, "recipe", lambda: recipe(changed))

    assert not is_made()
    image()

    assert "tmux" in maker.read_text().splitlines()[1]


def test_an_image_that_could_not_be_made_leaves_nothing_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, monkeypatch, fails="echo 'E: no such suite' >&2; exit 25")

    with pytest.raises(RangeError, match="no such suite") as caught:
        image()

    assert "--no-hosts" in str(caught.value.hint)
    assert not is_made()
    assert [path for path in images.cache().iterdir() if path.is_dir()] == []


def test_what_a_killed_process_left_is_taken_away(maker: Path) -> None:
    left = images.cache() / f".{recipe().digest}.killed"
    left.mkdir(parents=True)

    image()

    assert not left.exists()


def test_a_disk_without_room_is_named_before_anything_is_begun(maker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "_ROOM_MIB", 10**9)

    with pytest.raises(EnvironmentMissing, match=r"needs \d+ MiB in .* and \d+ are free"):
        image()

    assert not maker.exists()


def test_without_mmdebstrap_doctor_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EnvironmentMissing, match="mmdebstrap is missing") as caught:
        image()

    assert caught.value.hint == "range doctor"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A file tree that could be a machine's."""
    folder = tmp_path / "tree"
    (folder / "etc").mkdir(parents=True)
    (folder / "etc" / "motd").write_text("from the user\n")
    return folder


def test_a_folder_that_the_user_names_is_taken_as_it_is(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(IMAGE_VARIABLE, str(tree))

    assert is_made()
    assert image() == tree


def test_a_tar_file_that_the_user_names_is_unpacked_once(tree: Path, tmp_path: Path) -> None:
    tar = tmp_path / "machine.tar"
    subprocess.run(["tar", "--create", "--file", str(tar), "--directory", str(tree), "."], check=True)

    first = image(named=str(tar))

    assert (first / "etc" / "motd").read_text() == "from the user\n"
    assert image(named=str(tar)) == first


@pytest.mark.parametrize("content", [None, b"no tar file"])
def test_an_image_that_is_none_is_named(tmp_path: Path, content: bytes | None) -> None:
    named = tmp_path / "machine.tar"
    if content is not None:
        named.write_bytes(content)

    with pytest.raises(RangeError, match=r"machine\.tar"):
        image(named=str(named))


def test_a_tree_without_etc_is_no_machine(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no /etc"):
        image(named=str(tmp_path))


def test_a_recipe_that_is_none_is_named(tmp_path: Path) -> None:
    for content in ("packages = [", 'suite = "trixie"', 'suite = "trixie"\nunknown = ["x"]'):
        (tmp_path / "recipe.toml").write_text(content)
        with pytest.raises(RangeError, match="is no recipe of an image"):
            recipe(tmp_path / "recipe.toml")
