"""Hosts of two real allies, from their first configuration over drift and a lost host to golden images. Long, and with hosts."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from range.rehearsal.hosts.images import image
from range.rehearsal.hosts.means import lacking

EXAMPLE = Path(__file__).parents[2] / "examples" / "steadfast.yaml"
FOREIGN = ("AWS_", "PULUMI_", "RANGE_")
CALL = """
import json, sys
from pathlib import Path
from range.cli import surroundings
from range.cli.options import CloudName
spec = Path("two.yaml")
planned = surroundings.plan(spec)
surroundings.enter(spec, planned, CloudName.rehearsal, as_it_is=True)
from range.cloud.sessions import Sessions
account = Sessions.of_plan(planned).account(planned.enclave(sys.argv[1]).account)
print(json.dumps(account.call("ec2", sys.argv[2], **json.loads(sys.argv[3])), default=str))
"""
KILLS = 10
pytestmark = [pytest.mark.prove, pytest.mark.timeout(3600)]


@dataclass
class Operator:
    """Who types commands in a folder with an exercise file."""

    folder: Path

    def type(self, *words: str, code: int = 0) -> str:
        """Type a command on the exercise; give what it printed."""
        done = subprocess.run(
            self.words(*words), cwd=self.folder, env=self.env(), capture_output=True, text=True, check=False
        )
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def words(self, *words: str) -> list[str]:
        """Give the command line of a command."""
        command, *more = words
        subcommand = [more.pop(0)] if command in ("image", "rehearsal") else []
        spec = [] if command == "rehearsal" else ["two.yaml"]
        return [sys.executable, "-m", "range.cli.main", command, *subcommand, *spec, *more]

    def env(self) -> dict[str, str]:
        """Give an environment in which nothing is said of another rehearsal."""
        return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}

    def configured(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Configure; give the rows by enclave."""
        found = json.loads(self.type("configure", "--json", *words, code=code))
        return {each["name"]: each for each in found["enclaves"]}

    def ec2(self, enclave: str, operation: str, **asked: Any) -> Any:
        """Call EC2 as an enclave's controller."""
        words = [sys.executable, "-c", CALL, enclave, operation, json.dumps(asked)]
        done = subprocess.run(words, cwd=self.folder, env=self.env(), capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def runs(self, enclave: str) -> set[str]:
        """Name the runs of an enclave that something is kept of."""
        return {path.name for path in (self.folder / ".range/two/configure" / enclave / "artifacts").iterdir()}


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    """An exercise of two allies with a web server and a sensor each, that is up with its hosts configured."""
    lacks = lacking()
    if lacks:
        pytest.skip("; ".join(lack.why for lack in lacks))
    image()
    folder = tmp_path_factory.mktemp("two")
    content = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    content["name"] = "two"
    content["allies"] = [ally for ally in content["allies"] if ally["code"] in ("est", "pol")]
    for name in ("files", "shell"):
        del content["profiles"]["standard"]["hosts"][name]
    (folder / "two.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    operator = Operator(folder)
    try:
        operator.type("up", "--yes")
        yield operator
    finally:
        operator.type("rehearsal", "stop")


def test_a_second_run_changes_nothing_and_drift_is_put_right(operator: Operator) -> None:
    second = operator.configured()
    assert {row["updated"] for row in second.values()} == {0}
    assert all(row["unchanged"] > 0 for row in second.values())

    operator.type("ssh", "est/web-1", "sudo sh -c 'echo \\# >> /etc/nginx/nginx.conf; systemctl stop syslog-ng'")
    third = operator.configured()

    assert third["est"]["updated"] >= 2
    assert third["pol"]["updated"] == 0
    assert operator.type("ssh", "est/web-1", "systemctl", "is-active", "syslog-ng").strip() == "active"


def test_an_attack_is_seen_under_its_ally_and_under_no_other(operator: Operator) -> None:
    follower = subprocess.Popen(
        operator.words("events", "--ally", "est", "--follow", "--json"),
        cwd=operator.folder,
        env=operator.env(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert follower.stdout is not None
    told: list[dict[str, Any]] = []
    reader = threading.Thread(target=lambda: told.extend(map(json.loads, follower.stdout or ())))
    reader.start()
    try:
        until = time.monotonic() + 300
        while not told and time.monotonic() < until:
            operator.type("ssh", "est/web-1", "logger", "are-you-there")
        drilled = {each["ally"]: each for each in json.loads(operator.type("drill", "--json"))["drills"]}
        while not any(drilled["est"]["id"] in each["message"] for each in told) and time.monotonic() < until:
            time.sleep(0.2)
    finally:
        follower.send_signal(signal.SIGINT)
        follower.wait()
        reader.join()
        follower.stdout.close()

    assert {ally: each["wrong"] for ally, each in drilled.items()} == {"est": None, "pol": None}
    assert {each["ally"] for each in told} == {"est"}
    for ally, other in (("est", "pol"), ("pol", "est")):
        held = json.loads(operator.type("events", "--ally", ally, "--json", "--last", "5000"))["events"]
        assert {each["ally"] for each in held} == {ally}
        assert any(drilled[ally]["id"] in each["message"] for each in held)
        assert not any(drilled[other]["id"] in each["message"] for each in held)


def at_work(run: str) -> list[str]:
    """Name the processes of a run on this machine, where hosts' processes are seen, too."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"RANGE_RUN={run}".encode() in path.read_bytes():
                found.append((path.parent / "cmdline").read_text())
    return found


def test_a_run_that_is_stopped_leaves_nothing_at_work_on_hosts_and_the_next_one_goes_on(operator: Operator) -> None:
    operator.type("ssh", "est/sensor-1", "sudo sh -c 'echo \\# >> /etc/suricata/suricata.yaml'")
    before = operator.runs("est")
    command = operator.words("configure", "--ally", "est")
    with subprocess.Popen(
        command, cwd=operator.folder, env=operator.env(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        while not (begun := operator.runs("est") - before):
            assert running.poll() is None
            time.sleep(0.05)
        (run,) = begun
        while not at_work(run):
            assert running.poll() is None
        running.send_signal(signal.SIGINT)
        told, _ = running.communicate()

    assert running.returncode == 130, told
    assert at_work(run) == []
    assert operator.configured("--ally", "est")["est"]["error"] is None
    assert operator.configured("--ally", "est")["est"]["updated"] == 0


def test_killed_at_random_moments_while_calls_go_wrong_it_arrives_all_the_same(operator: Operator) -> None:
    seed = random.randrange(10**6)
    moments = random.Random(seed)
    print("seed", seed)
    operator.type("rehearsal", "faults", "--rate", "0.02", "--seed", str(seed))
    for _ in [None] * KILLS:
        operator.type("ssh", "est/sensor-1", "sudo sh -c 'echo \\# >> /etc/suricata/suricata.yaml'")
        with subprocess.Popen(
            operator.words("configure"),
            cwd=operator.folder,
            env=operator.env(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(moments.uniform(0.5, 8.0))
            running.kill()
    operator.type("rehearsal", "faults", "--clear")

    rows = operator.configured()

    assert {row["error"] for row in rows.values()} == {None}, seed
    assert {row["updated"] for row in operator.configured().values()} == {0}, seed


def test_a_host_that_is_lost_fails_its_enclave_and_no_other_and_is_taken_up_again(operator: Operator) -> None:
    web = [{"Name": "tag:range:host", "Values": ["web-1"]}]
    (reservation,) = operator.ec2("pol", "describe_instances", Filters=web)["Reservations"]
    ids = [each["InstanceId"] for each in reservation["Instances"]]
    operator.ec2("pol", "stop_instances", InstanceIds=ids)

    lost = operator.configured(code=1)

    assert "web-1 can't be reached at `Log in`" in lost["pol"]["error"]
    assert (lost["est"]["error"], lost["hub"]["error"]) == (None, None)
    operator.ec2("pol", "start_instances", InstanceIds=ids)
    found = operator.configured("--ally", "pol")["pol"]
    assert (found["error"], found["updated"]) == (None, 0)


def test_hosts_of_golden_images_need_only_what_is_their_own(operator: Operator) -> None:
    built = json.loads(operator.type("image", "build", "--json"))["images"]
    assert len(built) == 7
    assert [each["error"] for each in built] == [None] * 7

    operator.type("down", "--ally", "est", "--yes")
    operator.type("up", "--yes")
    est = operator.configured("--ally", "est")["est"]
    identities = {operator.type("ssh", f"est/{host}", "cat", "/etc/machine-id") for host in ("web-1", "sensor-1")}
    stamps = operator.type("ssh", "est/web-1", "cat", "/etc/range-image").strip()

    assert est["updated"] == 0
    assert len(identities) == 2
    assert stamps in {each["name"] for each in built}
    assert json.loads(operator.type("drill", "--ally", "est", "--json"))["drills"][0]["wrong"] is None
    assert json.loads(operator.type("image", "prune", "--json"))["removed"] == []
    assert len(json.loads(operator.type("image", "prune", "--all", "--yes", "--json"))["removed"]) == 7
