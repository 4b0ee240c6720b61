"""How long an exercise lead waits between two teams: freezing, and resets of enclaves with their hosts, beside making them anew.

RANGE_SPEC names an exercise whose hosts are configured in RANGE_HOME (or `.range`); without it, nothing is measured.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import yaml

from bench.figures import Figure
from bench.run import RANGE

ONE_S, THREE_S, NONE_S, FREEZE_S = 60.0, 120.0, 15.0, 3.0
_VANDAL = (
    "useradd mallory; echo '* * * * * root id' > /etc/cron.d/mallory; "
    "rm /etc/ssh/sshd_config.d/10-range.conf; systemctl mask cron"
)


class Exercise:
    """An exercise that stands in this directory."""

    def __init__(self, spec: Path) -> None:
        """Find out who plays in it."""
        self.spec = spec
        rows: Any = self.typed("status")[1]["enclaves"]
        self.enclaves: list[str] = [row["name"] for row in rows if row["name"] != "hub"][:3]
        self._content: dict[str, Any] = yaml.safe_load(spec.read_text(encoding="utf-8"))
        self._environment: dict[str, str] = self.typed("rehearsal", "env")[1]

    def typed(self, *words: str) -> tuple[float, Any]:
        """Type a command; gives its seconds and its answer.

        Raises:
            RuntimeError: it failed; a figure of a command that failed would be worth nothing.
        """
        began = time.monotonic()
        done = subprocess.run([*RANGE, *words, str(self.spec), "--json"], stdout=subprocess.PIPE, check=False)
        seconds = time.monotonic() - began
        if done.returncode:
            raise RuntimeError(f"range {' '.join(words)} ended with {done.returncode}: {done.stdout.decode()[:2000]}")
        print(f"{' '.join(words)}: {seconds:.1f} s", file=sys.stderr, flush=True)
        return seconds, json.loads(done.stdout)

    def vandalised(self, enclave: str) -> None:
        """Do to an enclave's account and hosts what players do."""
        rows = self.typed("status")[1]["enclaves"]
        hosts = next(row["hosts"] for row in rows if row["name"] == enclave)
        for host in hosts:
            words = [
                *RANGE,
                "ssh",
                str(self.spec),
                f"{enclave}/{host['name']}",
                "sudo",
                "sh",
                "-c",
                shlex.quote(_VANDAL),
            ]
            subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        vandalised_account(self, enclave)

    @property
    def endpoint(self) -> str:
        """Where the rehearsal listens."""
        return self._environment["AWS_ENDPOINT_URL"]

    def team(self, enclave: str) -> boto3.Session:
        """Enter an enclave's account as somebody who may do anything there."""
        found, controller = self._environment, self._content["controller"]
        accounts = {each["code"]: each["account"] for each in self._content["allies"]}
        accounts |= {name: each["account"] for name, each in self._content["teams"].items()}
        own = boto3.Session(found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"], region_name=found["AWS_REGION"])
        role = own.client("sts", endpoint_url=self.endpoint).assume_role(
            RoleArn=f"arn:aws:iam::{accounts[enclave]}:role/{controller['role']}",
            RoleSessionName="mallory",
            ExternalId=controller["external_id"],
        )["Credentials"]
        keys = (role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])
        return boto3.Session(*keys, region_name=found["AWS_REGION"])

    def changes(self, enclave: str) -> int:
        """Count the changing calls that an enclave's account has seen."""
        pages = (
            self.team(enclave)
            .client("cloudtrail", endpoint_url=self.endpoint)
            .get_paginator("lookup_events")
            .paginate(LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}])
        )
        return sum(len(page["Events"]) for page in pages)


def vandalised_account(at: Exercise, enclave: str) -> None:
    """Do to an enclave's account what players do."""
    session = at.team(enclave)
    session.client("iam", endpoint_url=at.endpoint).create_user(UserName="mallory")
    session.client("sqs", endpoint_url=at.endpoint).create_queue(QueueName="loot")
    ec2 = session.client("ec2", endpoint_url=at.endpoint)
    groups = ec2.describe_security_groups(Filters=[{"Name": "tag-key", "Values": ["range:stack"]}])["SecurityGroups"]
    ec2.authorize_security_group_ingress(GroupId=groups[0]["GroupId"], IpProtocol="-1", CidrIp="192.0.2.0/24")
    ec2.create_tags(Resources=[groups[0]["GroupId"]], Tags=[{"Key": "owner", "Value": "mallory"}])


def resets() -> list[Figure]:
    """Measure all of it on an exercise that stands; its enclaves are as they were afterwards."""
    if "RANGE_SPEC" not in os.environ:
        print("resets: not measured: RANGE_SPEC names no exercise that stands", file=sys.stderr)
        return []
    at = Exercise(Path(os.environ["RANGE_SPEC"]))
    first = at.enclaves[0]
    before = at.changes(first)
    untouched, _ = at.typed("reset", "--ally", first, "--yes")
    changed = at.changes(first) - before
    freeze, _ = at.typed("freeze", "--ally", first)
    at.typed("thaw", "--ally", first)
    at.vandalised(first)
    one, _ = at.typed("reset", "--ally", first, "--yes")
    for enclave in at.enclaves:
        at.vandalised(enclave)
    named = [word for enclave in at.enclaves for word in ("--ally", enclave)]
    all_of_them, _ = at.typed("reset", *named, "--yes")
    anew = at.typed("down", "--ally", first, "--yes")[0] + at.typed("up", "--ally", first)[0]
    return [
        Figure("reset of an untouched enclave with its hosts", untouched, "s", NONE_S),
        Figure("changing calls in it", changed, "", 0),
        Figure("freeze", freeze, "s", FREEZE_S),
        Figure("reset of one vandalised enclave with its hosts", one, "s", ONE_S),
        Figure(f"reset of {len(at.enclaves)} vandalised enclaves with their hosts", all_of_them, "s", THREE_S),
        Figure("down and up of one of them", anew, "s"),
        Figure("reset to down and up", one / anew, "times"),
    ]
