"""The rehearsal as a process: found, started once, stopped, and back after a kill with all that it had answered."""

from __future__ import annotations

import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from range.errors import CloudError, InputError, RangeError
from range.rehearsal import process
from range.rehearsal.administration import Credentials, accounts
from range.rehearsal.environment import environment
from range.rehearsal.record import Rehearsal, birth, read, write

MANAGEMENT, HUB = "100000000001", "100000000002"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A `.range` whose rehearsal is stopped afterwards."""
    yield tmp_path
    process.stop(tmp_path)


def client(service: str, rehearsal: Rehearsal, operator: Credentials) -> Any:
    """Give a client as anybody's program has it, over HTTP; the same one for a rehearsal that was started again."""
    return client_at(service, rehearsal.endpoint, operator)


@cache
def client_at(service: str, endpoint: str, operator: Credentials) -> Any:
    """Make a client."""
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="eu-west-2",
        aws_access_key_id=operator.access_key,
        aws_secret_access_key=operator.secret,
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_two_that_start_at_once_start_one(home: Path) -> None:
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(process.start, [home, home])

    assert first == second == process.status(home)


def test_two_folders_have_rehearsals_side_by_side(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    try:
        here, there = process.start(home), process.start(other)

        assert here.port != there.port
        operator = accounts(here, MANAGEMENT, {"hub": HUB})
        with pytest.raises(ClientError, match="AuthFailure"):
            client("ec2", there, operator).describe_vpcs()
    finally:
        process.stop(other)


def test_a_stopped_rehearsal_starts_at_its_ports_with_what_it_knew(home: Path) -> None:
    before = process.start(home)
    operator = accounts(before, MANAGEMENT, {"hub": HUB})
    vpc = client("ec2", before, operator).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    assert process.stop(home)
    assert process.status(home) is None

    after = process.start(home)

    assert (after.port, after.provider_port) == (before.port, before.provider_port)
    assert after.pid != before.pid
    assert accounts(after, MANAGEMENT, {"hub": HUB}) == operator
    assert client("ec2", after, operator).describe_vpcs(VpcIds=[vpc])["Vpcs"]


def test_stopping_what_does_not_run_is_said_not_done(home: Path) -> None:
    assert not process.stop(home)


def test_a_process_that_took_over_the_pid_is_left_alone(home: Path) -> None:
    running = process.start(home)
    process.stop(home)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        write(home / "rehearsal", replace(running, pid=stranger.pid, born="1"))

        assert process.status(home) is None
        assert not process.stop(home)
        assert stranger.poll() is None
        stranger.kill()


def test_a_port_that_somebody_took_is_named_with_what_to_do(home: Path) -> None:
    known = process.start(home)
    process.stop(home)
    with socket.create_server(("127.0.0.1", known.port)), pytest.raises(RangeError) as caught:
        process.start(home)

    assert "Address already in use" in caught.value.message
    assert caught.value.hint is not None
    assert str(home / "rehearsal" / "rehearsal.json") in caught.value.hint


def test_a_record_that_is_none_is_named(home: Path) -> None:
    (home / "rehearsal").mkdir()
    (home / "rehearsal" / "rehearsal.json").write_text('{"pid": 1}')

    with pytest.raises(RangeError, match="is no record of a rehearsal"):
        process.start(home)

    (home / "rehearsal" / "rehearsal.json").unlink()


def test_what_is_in_the_shell_does_not_confuse_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "999999999999")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")

    rehearsal = process.start(home)

    monkeypatch.undo()
    operator = accounts(rehearsal, MANAGEMENT, {"hub": HUB})
    assert client("sts", rehearsal, operator).get_caller_identity()["Account"] == MANAGEMENT


def test_its_accounts_may_use_only_the_regions_that_were_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANGE_REHEARSAL_REGIONS", "eu-west-2,mars-1")
    with pytest.raises(RangeError, match="names mars-1"):
        process.start(home, hosts=False)
    monkeypatch.setenv("RANGE_REHEARSAL_REGIONS", "eu-west-2,us-east-1")
    running = process.start(home, hosts=False)
    ec2 = client("ec2", running, accounts(running, MANAGEMENT, {"hub": HUB}))

    assert {each["RegionName"] for each in ec2.describe_regions()["Regions"]} == {"eu-west-2", "us-east-1"}
    assert "eu-west-1" in {each["RegionName"] for each in ec2.describe_regions(AllRegions=True)["Regions"]}


def test_it_keeps_nothing_that_was_left_open_for_whoever_started_it(home: Path) -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)

    process.start(home)

    os.close(writing)
    with open(reading, "rb") as rest:  # noqa: PTH123 - a descriptor
        assert rest.read() == b""


def test_accounts_are_refused_with_what_to_do(home: Path) -> None:
    rehearsal = process.start(home)
    accounts(rehearsal, MANAGEMENT, {"hub": HUB})

    with pytest.raises(InputError, match="belongs to the organisation"):
        accounts(rehearsal, "500000000001", {"hub": HUB})
    process.stop(home)
    with pytest.raises(CloudError, match="does not answer"):
        accounts(rehearsal, MANAGEMENT, {"hub": HUB})


class Streamer(threading.Thread):
    """Makes groups, one after another, until nobody answers; remembers which were answered."""

    def __init__(self, ec2: Any, vpc: str, number: int) -> None:
        """Make groups in a VPC."""
        super().__init__()
        self.ec2, self.vpc, self.number, self.answered = ec2, vpc, number, list[str]()

    def run(self) -> None:
        """Make them."""
        try:
            while True:
                name = f"{self.number}-{len(self.answered)}"
                made = self.ec2.create_security_group(GroupName=name, Description="d", VpcId=self.vpc)
                self.answered.append(made["GroupId"])
        except (BotoCoreError, ClientError):
            return  # killed


def test_what_was_answered_before_a_kill_is_there_after(home: Path) -> None:
    rehearsal = process.start(home)
    operator = accounts(rehearsal, MANAGEMENT, {"hub": HUB})
    vpc = client("ec2", rehearsal, operator).create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    answered = set()
    for kill in range(3):
        streamers = [Streamer(client("ec2", rehearsal, operator), vpc, kill * 4 + number) for number in range(4)]
        for streamer in streamers:
            streamer.start()
        time.sleep(0.5)
        os.kill(rehearsal.pid, signal.SIGKILL)
        for streamer in streamers:
            streamer.join()
            answered |= set(streamer.answered)

        rehearsal = process.start(home)

        found = client("ec2", rehearsal, operator).describe_security_groups(
            Filters=[{"Name": "vpc-id", "Values": [vpc]}]
        )
        there = {group["GroupId"] for group in found["SecurityGroups"]}
        assert answered <= there
        assert len(there) <= len(answered) + 1 + 4 * (kill + 1), (
            "one may have been under way per client, and one is default"
        )
    assert len(answered) > 10


def test_one_that_dies_while_it_is_waited_for_is_started_again(home: Path) -> None:
    dying = process.start(home)
    os.kill(dying.pid, signal.SIGSTOP)
    killer = threading.Timer(0.5, os.kill, (dying.pid, signal.SIGKILL))
    killer.start()

    started = process.start(home)

    killer.join()
    assert started.is_alive
    assert (started.pid != dying.pid, started.port) == (True, dying.port)


@pytest.mark.parametrize("then", [process.start, process.stop])
def test_one_whose_starter_was_killed_before_it_answered_is_waited_for(home: Path, then: Any) -> None:
    folder = home / "rehearsal"
    command = [sys.executable, "-m", "range.rehearsal", "--home", str(folder), "--no-hosts"]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL) as orphan:
        until = time.monotonic() + process.START_S
        while not (folder / "state.lock").exists() or not (folder / "state.lock").read_text():
            assert time.monotonic() < until
            time.sleep(0.01)
        orphan.send_signal(signal.SIGSTOP)  # before it has written where it is
        going_on = threading.Timer(1, orphan.send_signal, [signal.SIGCONT])
        going_on.start()

        found = then(home)

        assert found is True or found.pid == orphan.pid
        process.stop(home)
        assert orphan.wait(process.START_S) == 0


def test_a_shell_gets_all_that_clients_need(tmp_path: Path) -> None:
    rehearsal = Rehearsal(1, "1", "http://127.0.0.1:4566", 4566, 4567, "2026-11-22T10:00:00+00:00")
    operator = Credentials("AKIAOPERATOR", "secret", "o-1")

    variables = environment(
        rehearsal,
        operator,
        spec=tmp_path / "steadfast.yaml",
        home=tmp_path / ".range",
        ssh_key=tmp_path / "controller",
        region="eu-west-2",
        programs=Path("/venv/bin"),
        path="/usr/bin",
        entry="10.64.8.4",
    )

    assert variables["AWS_ENDPOINT_URL"] == variables["HTTPS_PROXY"] == variables["http_proxy"] == rehearsal.endpoint
    assert (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) == ("AKIAOPERATOR", "secret")
    assert variables["AWS_SESSION_TOKEN"] == ""
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "eu-west-2"
    assert variables["PULUMI_DEBUG_PROVIDERS"] == "aws:4567"
    assert variables["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/.range/state"
    assert variables["PATH"] == "/venv/bin:/usr/bin"
    assert variables["RANGE_SSH_KEY"] == str(tmp_path / "controller")
    assert variables["RANGE_SPEC"] == str(tmp_path / "steadfast.yaml")
    relay = f"-m range.rehearsal.relay --home {tmp_path}/.range/rehearsal --from 10.64.8.4 %h %p"
    assert variables["RANGE_ENTRY"] == f"{shlex.quote(sys.executable)} {relay}"


def test_the_environment_names_a_way_in_or_says_why_there_is_none(tmp_path: Path) -> None:
    rehearsal = Rehearsal.of_this_process(port=1, provider_port=2)
    operator = Credentials("AKIAOPERATOR", "secret", "o-1")
    told: dict[str, Any] = {"spec": tmp_path, "home": tmp_path, "ssh_key": tmp_path, "region": "eu-west-2"}
    told |= {"programs": tmp_path, "path": "/usr/bin"}

    with_hosts = environment(rehearsal, operator, **told, entry="10.64.1.4")
    without = environment(rehearsal, operator, **told, entry="10.64.1.4", hostless="hosts are left out")

    assert "--from 10.64.1.4 %h %p" in with_hosts["RANGE_ENTRY"]
    assert "RANGE_HOSTLESS" not in with_hosts
    assert without["RANGE_HOSTLESS"] == "hosts are left out"
    assert "RANGE_ENTRY" not in without


def test_a_process_is_known_by_when_it_was_born() -> None:
    me = Rehearsal.of_this_process(port=1, provider_port=2)

    assert me.is_alive
    assert not replace(me, born="0").is_alive
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    assert birth(gone.pid) is None


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read(tmp_path) is None
    rehearsal = Rehearsal.of_this_process(port=1, provider_port=2)

    write(tmp_path, rehearsal)

    assert read(tmp_path) == rehearsal
    assert json.loads((tmp_path / "rehearsal.json").read_text())["port"] == 1
