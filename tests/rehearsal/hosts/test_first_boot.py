"""User data becomes scripts that do what cloud-init does, and say on the console what they can't."""

from __future__ import annotations

import base64
import gzip
import subprocess
from pathlib import Path

import pytest

from range.rehearsal.hosts.first_boot import first_boot
from range.rehearsal.hosts.machines import Machine


def machine(user_data: bytes = b"", keys: tuple[str, ...] = ()) -> Machine:
    return Machine("i-1", True, 0, "vol-1", "ip-10-1-0-4", (), "eu-west-2.compute.internal", keys, user_data)


def is_shell(script: str) -> bool:
    return subprocess.run(["sh", "-n"], input=script.encode(), check=False).returncode == 0


def carried_out(user_data: bytes, folder: Path) -> str:
    """Run what user data asks for late, with every path below a folder; give what it says."""
    late = first_boot(machine(user_data)).late
    for place in ("/run/", "/var/"):
        (folder / place.strip("/")).mkdir(exist_ok=True)
        late = late.replace(place, f"{folder}{place}")
    (folder / "var/lib/cloud/instances/i-1").mkdir(parents=True, exist_ok=True)
    return subprocess.run(["sh"], input=late, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"#!/bin/sh\necho 'it''s' \"quoted\" $(true)\n",
        b"#cloud-config\nusers: [default, {name: \"o'brien\", groups: 'adm, sudo', sudo: [ALL=(ALL) ALL]}]\n",
        b'#cloud-config\nwrite_files: [{path: "/srv/it\'s", content: "\'$(x)`"}]\nruncmd: [\'echo "$HOME"\', [echo, a b]]\n',
        b"#cloud-config\nssh_keys: {ed25519_private: a, ed25519_public: b}\n",
        gzip.compress(b"#!/bin/sh\ntrue\n", mtime=0),
        b"\x1f\x8bdamaged",
        b"#cloud-config\n- a list\n",
        b"#cloud-config\n{",
        b"#cloud-config\nusers: 5\n",
        b"neither",
        bytes(range(256)),
    ],
)
def test_whatever_the_user_data_the_scripts_are_whole(data: bytes) -> None:
    boot = first_boot(machine(data, ("ssh-ed25519 AAAA operator's",)))

    assert is_shell(boot.early)
    assert is_shell(boot.late)
    assert "ssh-keygen" in boot.early, "a machine has keys of its own whatever becomes of the user data"


def test_a_script_runs_once_and_its_failure_is_remembered(tmp_path: Path) -> None:
    script = f"#!/bin/sh\necho ran >> {tmp_path}/count\nexit 3\n".encode()

    first, second = carried_out(script, tmp_path), carried_out(script, tmp_path)

    assert "the script of the user data failed with exit code 3" in first
    assert second == ""
    assert (tmp_path / "count").read_text() == "ran\n"
    assert (tmp_path / "run/range-booted").exists()
    assert (tmp_path / "run/range-finished").exists()
    assert (tmp_path / "run/range-failed").exists()


def test_what_goes_well_is_no_failure(tmp_path: Path) -> None:
    assert carried_out(b"#!/bin/sh\necho fine\n", tmp_path) == "fine\n"
    assert (tmp_path / "run/range-finished").exists()
    assert not (tmp_path / "run/range-failed").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"neither", "neither #cloud-config nor a script"),
        (b"#cloud-config\n{", "#cloud-config is no YAML"),
        (b"#cloud-config\n- a list\n", "#cloud-config is no mapping"),
        (b"#cloud-config\npackages: [nginx]\n", "packages: not done in a rehearsal"),
        (b"#cloud-config\nusers: 5\n", "can't be carried out"),
        (b"#cloud-config\nwrite_files: [{path: /x, content: y, encoding: rot13}]\n", "rot13"),
        (b'#cloud-config\nruncmd: ["false"]\n', "runcmd 1 of the user data failed with exit code 1"),
        (b"\x1f\x8bdamaged", "user data is damaged"),
    ],
)
def test_what_cant_be_done_is_said_and_fails(data: bytes, said: str, tmp_path: Path) -> None:
    assert said in carried_out(data, tmp_path)
    assert (tmp_path / "run/range-failed").exists()


def test_keys_reach_the_default_user_unless_others_are_named() -> None:
    key = "ssh-ed25519 AAAA operator"
    encoded = base64.b64encode(f"{key}\n".encode()).decode()

    assert encoded in first_boot(machine(keys=(key,))).early
    assert encoded in first_boot(machine(b"#cloud-config\nusers: [default, {name: x}]\n", (key,))).early
    assert encoded not in first_boot(machine(b"#cloud-config\nusers: [{name: x}]\n", (key,))).early
