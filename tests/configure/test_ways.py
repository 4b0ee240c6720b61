"""The way to a host, as one configuration of OpenSSH."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest

from range.cloud.ssh import HostName, Ran, Ways
from range.errors import CloudError, EnvironmentMissing
from range.records.plan import Plan

WEB, BASTION = HostName("est", "web-1"), HostName("hub", "bastion-1")


def _understood(ways: Ways, name: HostName) -> dict[str, str]:
    """Give what OpenSSH makes of the configuration for a host; it connects to nothing."""
    command = [*ways.command(name)[:-1], "-G", name.alias]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return dict(line.split(" ", 1) for line in told.splitlines() if " " in line)


def test_a_host_is_come_by_through_the_bastion_and_the_bastion_by_the_entry(ways: Ways, plan: Plan) -> None:
    web, bastion = _understood(ways, WEB), _understood(ways, BASTION)

    (address,) = (str(host.address) for host in plan.enclave("est").hosts if host.name == "web-1")
    assert web["hostname"] == address
    assert web["proxycommand"].endswith("-W %h:%p bastion-1.hub")
    assert bastion["proxycommand"] == "nowhere --from here %h %p"


def test_a_hosts_key_is_pinned_under_the_hosts_own_name(ways: Ways) -> None:
    web = _understood(ways, WEB)

    assert (web["stricthostkeychecking"], web["hostkeyalias"]) == ("accept-new", "web-1.est")
    assert web["userknownhostsfile"].endswith("/pinned/web-1.est")
    assert web["passwordauthentication"] == "no"
    assert web["kexalgorithms"].startswith("sntrup761x25519-sha512@openssh.com")


def test_two_rehearsals_of_one_exercise_never_share_a_connection(ways: Ways, plan: Plan, tmp_path: Path) -> None:
    other = Ways(plan, folder=tmp_path / "other", key=tmp_path / "key", entry="elsewhere %h %p", sockets=ways.sockets)

    assert _understood(ways, WEB)["controlpath"] == _understood(ways, WEB)["controlpath"]
    assert _understood(ways, WEB)["controlpath"] != _understood(other, WEB)["controlpath"]


def test_the_keys_of_replaced_hosts_are_forgotten_and_no_others(ways: Ways) -> None:
    pinned = ways.config.with_name("pinned")
    for alias in ("web-1.est", "web-1.pol"):
        (pinned / alias).write_text(f"{alias} ssh-ed25519 AAAA\n")

    ways.forget([WEB, BASTION])

    assert [each.name for each in pinned.iterdir()] == ["web-1.pol"]


def test_a_bastion_that_was_replaced_is_forgotten_for_another_plans_hosts_as_well(
    ways: Ways, plan: Plan, tmp_path: Path
) -> None:
    builders = ways.of(plan, tmp_path / "images")
    known = _understood(ways, BASTION)["userknownhostsfile"]

    assert _understood(builders, BASTION)["userknownhostsfile"] == known
    assert _understood(builders, BASTION)["controlpath"] != _understood(ways, BASTION)["controlpath"]


def test_an_exercise_without_a_bastion_is_told_what_to_write(plan: Plan, tmp_path: Path) -> None:
    hub = plan.hub.model_copy(update={"hosts": tuple(host for host in plan.hub.hosts if host.role != "bastion")})

    with pytest.raises(EnvironmentMissing, match="no host in its zone management") as refused:
        Ways(plan.model_copy(update={"hub": hub}), folder=tmp_path, key=tmp_path, entry="x", sockets=tmp_path / "s")

    assert "role: bastion" in (refused.value.hint or "")


def test_a_bastion_that_cannot_be_come_by_is_named(ways: Ways) -> None:
    with pytest.raises(CloudError, match="hub/bastion-1 can't be come by"):
        ways.open(0, threading.Event())


def test_a_host_that_is_never_come_by_ends_with_the_code_of_ssh(ways: Ways) -> None:
    assert ways.run(WEB, ["true"]).unreachable


def test_a_host_whose_login_takes_too_long_is_tried_again(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[str | Ran] = ["too slow", Ran(255, "", "refused"), Ran(0, "", "")]

    def run(*_: object, **__: object) -> Ran:
        answer = answers.pop(0)
        if isinstance(answer, str):
            raise CloudError(answer)
        return answer

    monkeypatch.setattr(ways, "run", run)
    monkeypatch.setattr(threading.Event, "wait", lambda *_: False)

    assert ways.log_in(HostName("est", "web-1"), 60, threading.Event()) is None
    assert answers == []


@pytest.mark.parametrize(("answer", "why"), [("too slow", "too slow"), (Ran(255, "", " refused\n"), "refused")])
def test_a_host_that_lets_nobody_in_is_told_with_the_last_reason(
    answer: str | Ran, why: str, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*_: object, **__: object) -> Ran:
        if isinstance(answer, str):
            raise CloudError(answer)
        return answer

    monkeypatch.setattr(ways, "run", run)

    assert ways.log_in(HostName("est", "web-1"), 0, threading.Event()) == why
