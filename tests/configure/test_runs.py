"""Runs of Ansible on this machine itself, by local connections: what they tell, and what they keep to themselves."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from range.configure.inventory import PYTHON
from range.configure.runs import Play, play
from range.configure.surveyor import MARK, PLAYER, end, marked
from range.errors import ConfigureError, Interrupted
from tests.waiting import until

SECRET = "xyzzy-do-not-tell"
GOOD_AND_BAD = """
- name: Hosts
  hosts: all
  strategy: ansible.builtin.free
  gather_facts: false
  tasks:
    - name: Know a secret
      ansible.builtin.copy:
        src: "{{ secret_file }}"
        dest: "{{ folder }}/{{ inventory_hostname }}"
        mode: "0600"
      no_log: true
    - name: Fail on one
      ansible.builtin.fail:
        msg: the disk is full
      when: inventory_hostname == 'bad.est'
    - name: Tell why something was left out
      ansible.builtin.set_stats:
        data:
          skipped: "{{ {inventory_hostname: {'audit': 'there is none'}} }}"
"""
INPUTS = """
- name: Hosts
  hosts: all
  gather_facts: false
  tasks:
    - name: Set up what the host is for
      ansible.builtin.include_role:
        name: collector
"""
ROLES = Path(__file__).parents[2] / "playbooks" / "roles"
ENDLESS = """
- name: Hosts
  hosts: all
  gather_facts: false
  tasks:
    - name: Wait for what never comes
      ansible.builtin.wait_for:
        path: /never/there
        timeout: 300
"""

ENDLESS_PROGRAM = """
- name: Hosts
  hosts: all
  gather_facts: false
  tasks:
    - name: Wait for a program that never ends
      ansible.builtin.command:
        argv: [sleep, "300"]
"""


def _play(tmp_path: Path, playbook: str, **variables: Any) -> Play:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "site.yml").write_text(playbook, encoding="utf-8")
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    inventory = {"all": {"hosts": {"good.est": local, "bad.est": local}}}
    return Play(tmp_path / "playbooks", "site.yml", tmp_path / "est", inventory, variables=variables)


def test_a_host_that_fails_is_told_the_others_finish_and_no_secret_is_written_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    secret, folder = tmp_path / "secret", tmp_path / "there"
    secret.write_text(SECRET)
    folder.mkdir()
    events: list[dict[str, Any]] = []

    artifacts = play(
        _play(tmp_path, GOOD_AND_BAD, secret_file=str(secret), folder=str(folder)),
        events.append,
        threading.Event(),
        run="one",
    )

    (stats,) = (e for e in events if e["event"] == "stats")
    assert stats["changed"] == {"good.est": 1, "bad.est": 1}
    assert stats["failures"] == {"bad.est": 1}
    assert stats["skipped"] == {"good.est": {"audit": "there is none"}}
    failed = [(e["host"], e["task"], e["message"]) for e in events if e["event"] == "failed"]
    assert failed == [("bad.est", "Fail on one", "the disk is full")]
    assert (folder / "good.est").read_text() == SECRET
    assert artifacts == tmp_path / "est" / "artifacts" / "one"
    kept = [path for path in (tmp_path / "est").rglob("*") if path.is_file()]
    assert len(kept) > 5
    assert [path for path in kept if SECRET.encode() in path.read_bytes()] == []


def test_a_playbook_that_ansible_does_not_take_is_an_error_with_its_words(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match="nothing was played") as failed:
        play(_play(tmp_path, "- hosts: all\n  tasks: {"), lambda _: None, threading.Event(), run="one")

    assert "artifacts" in (failed.value.hint or "")


def test_an_input_of_the_wrong_type_is_named_with_its_host_and_nothing_is_done_there(tmp_path: Path) -> None:
    each = _play(tmp_path, INPUTS, collector_clients=[{"name": "est"}], collector_port="none")
    role = tmp_path / "playbooks" / "roles" / "collector"
    (role / "tasks").mkdir(parents=True)
    (role / "tasks" / "main.yml").write_text("- ansible.builtin.debug:\n    msg: something is done\n", encoding="utf-8")
    shutil.copytree(ROLES / "collector" / "meta", role / "meta")
    events: list[dict[str, Any]] = []

    play(each, events.append, threading.Event(), run="one")

    failed = {e["host"]: e["message"] for e in events if e["event"] == "failed"}
    assert failed.keys() == {"good.est", "bad.est"}
    assert all("collector_port" in message or "cidr" in message for message in failed.values()), failed
    assert not [e for e in events if e["event"] == "ok" and e["task"] == "ansible.builtin.debug"]


def left(folder: Path) -> list[int]:
    """List what is still at work of the runs of a folder, on this machine."""
    return marked(f"{PLAYER}={folder}".encode())


def test_a_run_that_the_user_stops_ends_with_all_that_it_started(tmp_path: Path) -> None:
    stop = threading.Event()
    seen: list[int] = []

    def on_event(event: dict[str, Any]) -> None:
        seen.extend(left(tmp_path))
        stop.set()

    with pytest.raises(Interrupted):
        play(_play(tmp_path, ENDLESS), on_event, stop, run="one")

    assert seen
    assert left(tmp_path) == []


@pytest.mark.parametrize("victim", ["range.configure.player", "ansible-playbook"])
def test_a_run_of_which_something_is_killed_is_not_taken_for_one_that_came_to_its_end(
    tmp_path: Path, victim: str
) -> None:
    events: list[dict[str, Any]] = []

    def on_event(event: dict[str, Any]) -> None:
        events.append(event)
        for process in left(tmp_path):
            with contextlib.suppress(OSError):
                if victim in Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8"):
                    os.kill(process, signal.SIGKILL)

    with pytest.raises(ConfigureError, match="the run broke off") as failed:
        play(_play(tmp_path, ENDLESS), on_event, threading.Event(), run="one")

    assert "host" in events[0]
    assert "goes over these hosts again" in (failed.value.hint or "")


def test_a_run_whose_player_is_killed_ends_with_all_that_it_started(tmp_path: Path) -> None:
    def on_event(_event: dict[str, Any]) -> None:
        until(lambda: len(left(tmp_path)) >= AT_WORK)
        for process in left(tmp_path):
            if started_by(process) == os.getpid():
                os.kill(process, signal.SIGKILL)

    with pytest.raises(ConfigureError, match="the run broke off"):
        play(_play(tmp_path, ENDLESS), on_event, threading.Event(), run="one")

    until(lambda: not left(tmp_path))
    assert left(tmp_path) == []


AT_WORK = 7
"""Processes of a run that has come to its hosts: player, guard, Ansible and its workers."""


def started_by(process: int) -> int:
    """Give the process that started another; 0 where it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return 0
    return int(status.partition("PPid:")[2].split()[0])


def test_all_that_a_run_starts_on_a_host_bears_the_runs_mark(tmp_path: Path) -> None:
    each = _play(tmp_path, ENDLESS_PROGRAM)
    for told in each.inventory["all"]["hosts"].values():
        told["ansible_python_interpreter"] = PYTHON
    run = f"run-{tmp_path.name}"
    stop = threading.Event()
    found: set[str] = set()

    def on_event(_event: dict[str, Any]) -> None:
        until = time.monotonic() + 60
        while "sleep" not in found and time.monotonic() < until:
            for process in marked(MARK + run.encode()):
                with contextlib.suppress(OSError):
                    found.add(Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip())
        stop.set()

    with pytest.raises(Interrupted):
        play(each, on_event, stop, run=run)

    assert found >= {"python3", "sleep"}
    end(MARK + run.encode())
    assert marked(MARK + run.encode()) == []


def test_a_run_whose_command_was_killed_ends_with_all_that_it_started(tmp_path: Path) -> None:
    each = _play(tmp_path, ENDLESS)
    script = f"""
import subprocess
import sys
import threading
import time
from pathlib import Path
from range.configure.runs import Play, play
each = Play(Path({str(each.playbooks)!r}), "site.yml", Path({str(each.folder)!r}), {each.inventory!r})
play(each, lambda event: print(event, flush=True), threading.Event(), run="one")
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        assert "start" in command.stdout.readline()
        assert left(tmp_path)
        command.kill()

    until(lambda: not left(tmp_path))
    assert left(tmp_path) == []
