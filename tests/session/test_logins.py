"""A team's key is on its hosts and on the bastion while a session lasts, and nobody else's goes with it."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from range.cloud.ssh import UNREACHABLE, HostName, Ran, Ways
from range.errors import CloudError
from range.session import logins
from range.session.logins import let_in, put_out

WEB, SHELL, POL = HostName("est", "web"), HostName("est", "shell"), HostName("pol", "web")
ADDRESSES = {WEB: "10.1.0.4", SHELL: "10.1.0.5", POL: "10.2.0.4"}


class Machines:
    """Hosts whose scripts run here, each with a folder of its own for its keys."""

    bastion = HostName("hub", "bastion")
    hosts: dict[HostName, Any] = {name: SimpleNamespace(address=address) for name, address in ADDRESSES.items()}

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broken: set[HostName] = set()

    def run(self, name: HostName, words: Sequence[str], *, timeout_s: float, stdin: str) -> Ran:
        if name in self.broken:
            return Ran(UNREACHABLE, "", "timed out")
        if name.host == "slow":
            raise CloudError("it did not end")
        (self.folder / name.alias).mkdir(exist_ok=True)
        assert words[:4] == ["sudo", "-n", "sh", "-c"]
        script = words[4].replace("pkill", "true").replace("KEYS", str(self.folder / name.alias))
        done = subprocess.run(["sh", "-c", script], input=stdin, capture_output=True, text=True, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)

    def keys(self, name: HostName) -> str:
        path = self.folder / name.alias / name.enclave
        return path.read_text() if path.exists() else ""


@pytest.fixture
def machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    monkeypatch.setattr(logins, "KEYS", "KEYS/{user}")
    return Machines(tmp_path)


@pytest.fixture
def ways(machines: Machines) -> Ways:
    return cast("Ways", machines)


def key(enclave: str) -> str:
    return f"ssh-ed25519 AAAA{enclave} range-session-{enclave}\n"


def test_a_team_gets_onto_its_hosts_and_through_the_bastion_to_them_alone(machines: Machines, ways: Ways) -> None:
    assert let_in(ways, [WEB, SHELL], key("est")) == {}

    assert machines.keys(WEB) == machines.keys(SHELL) == key("est")
    assert machines.keys(machines.bastion) == (
        f'restrict,port-forwarding,permitopen="10.1.0.4:22",permitopen="10.1.0.5:22",command="/usr/sbin/nologin" {key("est")}'
    )


def test_asked_again_nothing_is_there_twice(machines: Machines, ways: Ways) -> None:
    let_in(ways, [WEB], key("est"))
    before = machines.keys(machines.bastion)

    let_in(ways, [WEB], key("est"))

    assert (machines.keys(WEB), machines.keys(machines.bastion)) == (key("est"), before)


def test_one_team_s_end_takes_nothing_from_another(machines: Machines, ways: Ways) -> None:
    let_in(ways, [WEB], key("est"))
    let_in(ways, [POL], key("pol"))

    assert put_out(ways, [WEB]) == {}

    assert (machines.keys(WEB), machines.keys(POL)) == ("", key("pol"))
    assert machines.keys(machines.bastion).count("\n") == 1
    assert key("pol") in machines.keys(machines.bastion)


def test_hosts_that_cannot_be_told_are_named_and_the_others_are(machines: Machines, ways: Ways) -> None:
    machines.broken = {SHELL}
    let_in(ways, [WEB], key("est"))

    failed = put_out(ways, [WEB, SHELL, HostName("est", "slow")])

    assert failed == {SHELL: "timed out", HostName("est", "slow"): "it did not end"}
    assert machines.keys(WEB) == ""
