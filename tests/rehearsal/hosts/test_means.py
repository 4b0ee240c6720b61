"""What a machine lacks for hosts is named with the command that installs it; without, all else works."""

from __future__ import annotations

from pathlib import Path

import pytest

from range.errors import EnvironmentMissing, InputError
from range.rehearsal import process
from range.rehearsal.hosts import means
from range.rehearsal.hosts.means import install, lacking
from range.rehearsal.record import Rehearsal

APT = """#!/bin/sh
echo "$@" >> {log}
exit {code}
"""


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing but what the shell needs: the folder of its programs."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "env").symlink_to("/usr/bin/env")
    monkeypatch.setattr(means, "_path", lambda: str(programs))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("RANGE_NO_HOSTS", raising=False)
    return programs


def apt(programs: Path, code: int = 0) -> Path:
    """Put an apt-get there; give the file of what it was asked."""
    log = programs.parent / "asked"
    program = programs / "apt-get"
    program.write_text(APT.format(log=log, code=code).replace("#!/bin/sh", "#!/usr/bin/sh"))
    program.chmod(0o755)
    return log


def test_what_is_missing_is_named_with_the_command_that_installs_it(bare: Path) -> None:
    lacks = {lack.name: lack for lack in lacking()}

    assert {"podman", "mmdebstrap", "nft", "nsenter", "ip"} <= lacks.keys()
    assert lacks["podman"].mend.startswith("apt-get install ")
    assert "podman" in lacks["podman"].mend
    assert "nftables" in lacks["podman"].mend


def test_root_is_named_where_it_is_missing(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    assert "root" in [lack.name for lack in lacking()]


def test_root_in_a_container_lacks_rights(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(means, "_may_mount", lambda: False)

    assert "rights" in [lack.name for lack in lacking()]


def test_what_is_missing_is_installed_and_said(bare: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = apt(bare)

    install()

    assert "podman" in log.read_text()
    assert "installing" in capfd.readouterr().err


def test_what_can_t_be_installed_is_said_and_stops_nothing(bare: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = apt(bare, code=100)

    install()

    assert "update" in log.read_text()
    assert "--no-hosts" in capfd.readouterr().err


def test_without_rights_nothing_is_tried(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    log = apt(bare)

    install()

    assert not log.exists()
    assert "for want of rights" in capfd.readouterr().err


def test_where_hosts_are_left_out_nothing_is_installed(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANGE_NO_HOSTS", "1")
    log = apt(bare)

    install()

    assert not log.exists()


def test_hosts_that_can_t_run_are_an_error_that_names_doctor_and_the_way_without(bare: Path) -> None:
    with pytest.raises(EnvironmentMissing, match="podman") as caught:
        process.with_hosts(None)

    assert "range doctor" in str(caught.value.hint)
    assert "--no-hosts" in str(caught.value.hint)
    assert not process.with_hosts(False)


def test_what_a_rehearsal_had_is_remembered_and_the_shell_decides_for_new_ones(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = Rehearsal(1, "1", "http://127.0.0.1:1", 1, 2, "2026-11-28T00:00:00+00:00", hosts=False)

    assert not process.with_hosts(None, without)
    with pytest.raises(EnvironmentMissing):
        process.with_hosts(True, without)
    monkeypatch.setenv("RANGE_NO_HOSTS", "1")
    assert not process.with_hosts(None)


def test_one_that_runs_without_hosts_is_not_asked_for_some(tmp_path: Path) -> None:
    home = tmp_path / ".range"
    try:
        assert not process.start(home, hosts=False).hosts
        with pytest.raises(InputError, match="runs without hosts") as caught:
            process.start(home, hosts=True)
        assert "range rehearsal stop" in str(caught.value.hint)
        assert not process.start(home).hosts
    finally:
        process.stop(home)


def test_what_is_free_of_inotify_is_counted_by_who_holds_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    most = tmp_path / "max_user_instances"
    most.write_text("128\n")
    for number, what in (("7", "anon_inode:inotify"), ("9", "anon_inode:inotify"), ("9", "/dev/null")):
        (tmp_path / number / "fd").mkdir(parents=True, exist_ok=True)
        (tmp_path / number / "fd" / str(len(what))).symlink_to(what)
    monkeypatch.setattr(means, "_INOTIFY_MOST", most)
    monkeypatch.setattr(means, "_PROCESSES", tmp_path)

    assert means.inotify_left() == (126, 128)
