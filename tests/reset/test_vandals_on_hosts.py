"""Players who are root on hosts, session after session, each followed by a reset: CLEAN means that nothing of them is left."""

from __future__ import annotations

import base64
import json
import os
import random
import shlex
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from range.receipts.bundles import unpacked
from tests.cli.conftest import Answer
from tests.rehearsal.hosts.conftest import means
from tests.reset.conftest import PREFIX, Range
from tests.reset.eyes import seen
from tests.reset.ids import Ids
from tests.reset.making import MADE
from tests.reset.mischief import played
from tests.reset.observer import photograph

__all__ = ["means"]
pytestmark = [pytest.mark.engine, pytest.mark.timeout(1800)]

LONG = [pytest.mark.prove, pytest.mark.timeout(86_400)]
HOSTS = ("est/web-1", "est/sensor-1")
_SERVICE = "[Service]\\nExecStart=/bin/sleep 9999\\n[Install]\\nWantedBy=multi-user.target\\n"
DEEDS = {
    "adds a user": "useradd -m -G sudo mallory && echo mallory:mallory | chpasswd",
    "takes a user away": "userdel -r -f est",
    "adds a cron job": "echo '* * * * * root id' > /etc/cron.d/mallory",
    "adds a service": f"printf '{_SERVICE}' > /etc/systemd/system/mallory.service && systemctl enable --now mallory",
    "stops the shipping of events": "systemctl disable --now syslog-ng",
    "masks cron": "systemctl mask --now cron",
    "lets a key in": "mkdir -p /root/.ssh && echo 'ssh-ed25519 AAAA mallory' >> /root/.ssh/authorized_keys",
    "opens sshd": "echo PermitRootLogin yes > /etc/ssh/sshd_config.d/00-mallory.conf && systemctl reload ssh",
    "replaces a program": "cp /bin/true /usr/bin/id",
    "hides a program": "cp /bin/sh /usr/local/bin/.sh && chmod 4755 /usr/local/bin/.sh",
    "gives somebody rights": "setfacl -m u:nobody:rwx /etc/shadow",
    "leaves a library": "touch /usr/lib/mallory.so",
    "changes a password": "echo root:mallory | chpasswd",
    "listens": "systemd-run --unit listener nc -lk -p 4444",
    "mounts over a folder": "mount -t tmpfs mallory /srv",
    "deletes what services are told": "rm -rf /etc/nginx /etc/suricata",
    "writes a lot": "dd if=/dev/urandom of=/var/lib/loot bs=1M count=16",
    "breaks the way in": "rm -f /etc/ssh/ssh_host_* && systemctl disable --now ssh.socket ssh",
    "names a file by rubbish": "touch \"$(printf '/srv/\\377\\n')\"",
    "writes where nothing is kept": "echo x > /dev/shm/mallory && echo x > /tmp/mallory",
}
"""Scripts that root runs, by what they are; whatever fails does."""


@pytest.fixture(scope="module")
def ground(means: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    """The exercise, up, with machines; gone at the end."""
    place = Range(tmp_path_factory.mktemp("reset"))
    try:
        place.enter(hosts=True)
        yield place
    finally:
        place.type("down", "--yes")
        place.type("rehearsal", "stop")


def as_root(ground: Range, host: str, script: str) -> str:
    """Run a script on a host as root; gives what it printed."""
    words = ["ssh", str(ground.spec), host, "sudo", "sh", "-c", shlex.quote(script)]
    return ground.typed(words).stdout


def row_of(answer: Answer) -> dict[str, Any]:
    """Give est's row."""
    (row,) = answer.document["enclaves"]
    found: dict[str, Any] = row
    return found


def statement(receipt: str) -> dict[str, Any]:
    """Give what a receipt states."""
    envelope = json.loads(Path(receipt).read_text(encoding="utf-8"))
    found: dict[str, Any] = json.loads(base64.b64decode(envelope["payload"]))
    return found


@pytest.mark.parametrize("sessions", [5, pytest.param(50, marks=LONG)])
def test_what_root_did_to_hosts_is_undone_whatever_it_was(sessions: int, ground: Range, record_property: Any) -> None:
    seed = int(os.environ.get("VANDAL_SEED", random.randrange(10**9)))
    print(f"VANDAL_SEED={seed}")
    chance, deeds = random.Random(seed), Counter[str]()
    hosts, account = seen(partial(as_root, ground), HOSTS), photograph(ground.mallory)
    assert len(hosts) > 1000

    for number in range(1, sessions + 1):
        assert ground.type("session", "start", "--ally", "est").code == 0
        wanted = chance.sample(sorted(DEEDS), chance.randint(1, 8))
        for name in wanted:
            as_root(ground, chance.choice(HOSTS), DEEDS[name])
        ids = Ids(ground.mallory, 100 + number, PREFIX)
        played(ground.mallory, ids, chance.sample(sorted(MADE), chance.randint(0, 3)))
        deeds.update(wanted)
        assert ground.type("session", "end").code == 0

        answer = ground.reset()

        told = f"seed {seed}, session {number}, {wanted}: {answer}"
        row = row_of(answer)
        assert (answer.code, row["verdict"], row["baseline"]) == (0, "CLEAN", row["observed"]), told
        now = seen(partial(as_root, ground), HOSTS)
        assert now == hosts, (told, sorted(now ^ hosts)[:20])
        assert photograph(ground.mallory) == account, told

    record_property("counted", f"seed {seed}, {sum(deeds.values())} deeds of {len(deeds)} kinds")


def test_the_evidence_of_an_ally_has_the_alerts_of_its_sensors(ground: Range) -> None:
    alert = {"event_type": "alert", "alert": {"signature": "seen by est"}}
    told = json.dumps(alert, separators=(",", ":"))  # as Suricata writes it
    as_root(ground, "est/sensor-1", f"logger -t suricata {shlex.quote(told)}")
    until = time.monotonic() + 60
    while told not in ground.type("events", "--ally", "est").stdout.replace("\\", "") and time.monotonic() < until:
        time.sleep(0.5)
    assert ground.reset().code == 0
    path = ground.folder / "est.tar.gz"

    answer = ground.type("evidence", "--ally", "est", "--out", str(path))

    assert (answer.code, answer.document["no_alerts"]) == (0, None), answer
    (line,) = unpacked(path)["alerts.jsonl"].decode().splitlines()
    assert json.loads(json.loads(line)["message"]) == alert


def test_every_host_gets_its_disk_back_on_request_and_the_disks_that_they_had_are_kept(ground: Range) -> None:
    as_root(ground, HOSTS[0], "echo loot > /srv/loot")
    hosts = seen(partial(as_root, ground), HOSTS)

    answer = ground.reset("--all-hosts", "--keep-evidence")

    row = row_of(answer)
    assert (answer.code, row["verdict"]) == (0, "CLEAN"), answer
    predicate = statement(row["receipt"])["predicate"]
    assert {each.partition(":")[0] for each in predicate["evidence_kept"]} == {"web-1", "sensor-1"}
    assert not [each for each in predicate["skipped"] if each.startswith("packets")], predicate["skipped"]
    assert {line.split()[-1] for line in hosts - seen(partial(as_root, ground), HOSTS)} >= {"srv/loot"}


def test_an_enclave_that_is_made_anew_with_its_hosts_is_clean(ground: Range) -> None:
    as_root(ground, HOSTS[1], DEEDS["deletes what services are told"])

    answer = ground.reset("--level", "enclave")

    row = row_of(answer)
    assert (answer.code, row["verdict"], row["baseline"]) == (0, "CLEAN", row["observed"]), answer
    assert as_root(ground, HOSTS[1], "ls /etc/suricata").strip()


def test_a_teardown_leaves_kept_disks_alone_and_nothing_else(ground: Range) -> None:
    answer = ground.reset("--all-hosts", "--keep-evidence")
    kept = [each.partition(": ")[2] for each in statement(row_of(answer)["receipt"])["predicate"]["evidence_kept"]]

    down = ground.type("down", "--yes")

    assert down.code == 0, down
    found = ground.mallory("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert len(kept) == 2
    assert len(found) == 4, "those that were kept before the enclave was made anew are there, too"
    assert all(each["SnapshotId"] in down.stderr for each in found), "what stays is said"
