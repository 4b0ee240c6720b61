"""By what a host is known again: what tasks' results say of it, and what a look at it says."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from range.cloud.ssh import HostName, Ran, Ways
from range.configure import surveyor
from range.configure.runs import Play, play
from range.configure.survey import survey
from range.configure.traits import _READ, ON_THE_CONTROLLER, Trait, traits

ROLES = Path(__file__).parents[2] / "playbooks" / "roles"
WEB = HostName("est", "web-1")
PLAYBOOK = """
- name: Hosts
  hosts: all
  gather_facts: false
  tasks:
    - name: Write a file
      ansible.builtin.copy:
        content: "as it is to be\\n"
        dest: "{{ folder }}/written"
        mode: "0640"
    - name: Write files
      ansible.builtin.template:
        src: "{{ folder }}/template.j2"
        dest: "{{ folder }}/{{ item }}"
        mode: "0644"
      loop: [one, two]
    - name: Leave what is there
      ansible.builtin.copy:
        content: "what was meant\\n"
        dest: "{{ folder }}/theirs"
        mode: "0600"
        force: false
    - name: Leave what is there, if it is of a file
      ansible.builtin.copy:
        src: "{{ folder }}/template.j2"
        dest: "{{ folder }}/theirs"
        mode: "0600"
        force: false
    - name: Make a folder
      ansible.builtin.file:
        path: "{{ folder }}/made"
        state: directory
        mode: "0700"
    - name: Leave none
      ansible.builtin.file:
        path: "{{ folder }}/never"
        state: absent
    - name: Look
      ansible.builtin.command:
        argv: [sh, -c, "echo one; echo two"]
      changed_when: false
    - name: Skip
      ansible.builtin.command:
        argv: ["false"]
      when: false
"""


class Here:
    """Ways that look at this machine, without ending anything on it."""

    def run(self, name: HostName, words: Any, *, timeout_s: float, stdin: str) -> Ran:
        script = stdin.replace("ended = end(MARK)", "ended = 0")
        done = subprocess.run([sys.executable, "-"], input=script, capture_output=True, text=True, check=False)
        return Ran(done.returncode, done.stdout, done.stderr)


HERE = cast(Ways, Here())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("host")
    (folder / "template.j2").write_text("a template\n")
    (folder / "theirs").write_text("something else\n")
    return folder


@pytest.fixture(scope="module")
def told(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Trait]:
    """What a run over this machine says of it."""
    base = tmp_path_factory.mktemp("run")
    (base / "site.yml").write_text(PLAYBOOK, encoding="utf-8")
    local = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
    each = Play(base, "site.yml", base / "est", {"all": {"hosts": {"a.est": local}}}, variables={"folder": str(folder)})
    events: list[dict[str, Any]] = []
    play(each, events.append, threading.Event(), run="one")
    return [Trait.model_validate(trait) for event in events if event["event"] == "ok" for trait in event["traits"]]


def test_a_run_tells_everything_that_its_tasks_look_at(told: list[Trait], folder: Path) -> None:
    names = {Path(each.name).name: each.told for each in told if each.kind == "path"}

    assert names.keys() == {"written", "one", "two", "theirs", "made", "never"}
    assert names["written"]["mode"] == "0640"
    assert names["never"] == {"type": "none"}
    assert "sha1" in names["one"]
    assert "sha1" not in names["theirs"]
    assert [each.told["code"] for each in told if each.kind == "output"] == ["0"]


def test_a_host_that_is_as_the_run_left_it_is_known_again(told: list[Trait]) -> None:
    seen = survey(HERE, WEB, told)

    assert (seen.blind, seen.otherwise) == (False, ())


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("echo more >> written", "printf 'as it is to be\\n' > written"),
        ("chmod 0644 written", "chmod 0640 written"),
        ("mv one away", "mv away one"),
        ("mv two away; ln -s one two", "rm two; mv away two"),
        ("chmod 0755 made", "chmod 0700 made"),
        ("touch never", "rm never"),
    ],
)
def test_whatever_is_otherwise_is_seen(told: list[Trait], folder: Path, change: str, back: str) -> None:
    subprocess.run(["sh", "-c", change], cwd=folder, check=True)
    otherwise = survey(HERE, WEB, told).otherwise
    subprocess.run(["sh", "-c", back], cwd=folder, check=True)

    assert len(otherwise) == 1
    assert survey(HERE, WEB, told).otherwise == ()


def test_another_answer_of_a_command_is_seen(told: list[Trait]) -> None:
    other = [each.model_copy(update={"told": {**each.told, "sha256": "0"}}) for each in told if each.kind == "output"]

    assert survey(HERE, WEB, other).otherwise == tuple(other)


def test_a_user_and_a_unit_that_are_not_there_are_otherwise() -> None:
    root = Trait(kind="user", name="root", told={"uid": "0", "home": "/root"})
    nobody = Trait(kind="user", name="nobody-of-that-name", told={"uid": "1"})
    unit = Trait(kind="unit", name="no-such-thing.service", told={"active": "active"})

    assert survey(HERE, WEB, [root, nobody, unit]).otherwise == (nobody, unit)


def test_a_host_that_cannot_be_looked_at_is_not_taken_for_right() -> None:
    class Broken:
        def run(self, *_: Any, **__: Any) -> Ran:
            return Ran(1, "", "sudo: python3: command not found")

    class Lying:
        def run(self, *_: Any, **__: Any) -> Ran:
            return Ran(0, "[]\n", "")

    assert survey(cast(Ways, Broken()), WEB, []).blind
    assert survey(cast(Ways, Lying()), WEB, []).blind


def test_a_result_that_nobody_can_read_is_told_as_such() -> None:
    assert traits("ansible.builtin.copy", {"censored": "no_log"}) is None
    assert traits("community.general.lvol", {"changed": False}) is None
    assert traits("ansible.builtin.copy", {"changed": False}) is None
    assert traits("ansible.builtin.assert", {"changed": False}) == ()


def test_a_unit_says_whether_it_runs_and_starts_at_boot() -> None:
    result = {"name": "syslog-ng", "state": "started", "enabled": True, "changed": False}

    (unit,) = traits("ansible.builtin.systemd_service", result) or ()

    assert unit.told == {"stale": "no", "active": "active", "enabled": "enabled"}


def test_every_module_of_a_role_is_one_whose_results_are_read() -> None:
    readable = {*_READ, *ON_THE_CONTROLLER}
    files = [path for path in ROLES.glob("*/*/*.yml") if path.parent.name in ("tasks", "handlers")]

    used = {
        key.removeprefix("ansible.builtin.")
        for path in files
        if path.name != "verify.yml"
        for task in yaml.safe_load(path.read_text(encoding="utf-8"))
        for key in task
        if key.startswith("ansible.builtin.")
    }

    assert used <= readable
    assert not [path for path in files if path.name != "verify.yml" and "no_log" in path.read_text(encoding="utf-8")]


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("unshare"), reason="needs root and unshare")
def test_tasks_of_earlier_runs_are_ended_with_what_they_started_and_nothing_else(tmp_path: Path) -> None:
    script = f"""
        RANGE_RUN=one sh -c 'trap "" TERM; sleep 300 & wait' & marked=$!
        sleep 300 & other=$!
        {sys.executable} - <<'EOF'
{Path(surveyor.__file__).read_text(encoding="utf-8")}
main("[]")
EOF
        kill -0 $other && ! kill -0 $marked 2>/dev/null && echo right; kill $other
    """
    namespace = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"]

    done = subprocess.run([*namespace, "sh", "-c", script], capture_output=True, text=True, check=False, timeout=60)

    told, right = done.stdout.splitlines()
    assert json.loads(told)["ended"] >= 2
    assert right == "right"
