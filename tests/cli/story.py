"""The life of a small exercise, typed command by command once per test run; tests look at the answers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
import yaml

from tests.cli.conftest import EXAMPLES, FOREIGN, NO_HOSTS, Answer

ROOT = EXAMPLES.parent
PULUMI = Path(sys.prefix, "bin", "pulumi")
NEW_FLOW = {"from": "est.targets", "to": "hub.services", "protocol": "tcp", "ports": [8443], "why": "one more service"}
NEW_ALLY = {"code": "pol", "account": "200000000003", "profile": "standard", "contact": "range@example.pol.test"}
NEW_CELL = {"from": "est.targets", "to": "pol.targets", "protocol": "tcp", "ports": [443], "why": "a joint cell"}
CHANGES = ("created", "updated", "replaced", "deleted")


def small_exercise() -> dict[str, Any]:
    """Cut the example down to one ally in one availability zone; red and white have few hosts anyway."""
    content: dict[str, Any] = yaml.safe_load((EXAMPLES / "steadfast.yaml").read_text())
    content["name"] = "small"
    content["availability_zones"] = content["availability_zones"][:1]
    content["allies"] = [ally for ally in content["allies"] if ally["code"] == "est"]
    content["flows"] = []
    return content


class Place:
    """A directory with an exercise file and a rehearsal cloud of its own."""

    def __init__(self, folder: Path) -> None:
        """Write the file."""
        self.folder = folder
        self.spec = folder / "small.yaml"
        self.content = small_exercise()
        self.save()

    def save(self) -> None:
        """Write the exercise file again."""
        self.spec.write_text(yaml.safe_dump(self.content, sort_keys=False))

    def type(self, *arguments: str) -> Answer:
        """Type a command on the exercise."""
        done = subprocess.run(
            self.command(*arguments), cwd=self.folder, env=clean(), capture_output=True, text=True, check=False
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def type_bare(self, *arguments: str) -> Answer:
        """Type a command that takes no exercise file."""
        return self.typed([*arguments, "--json"])

    def typed(self, arguments: Sequence[str]) -> Answer:
        """Type a command just as it is."""
        words = [sys.executable, "-m", "range.cli.main", *arguments]
        done = subprocess.run(words, cwd=self.folder, env=clean(), capture_output=True, text=True, check=False)
        return Answer(done.returncode, done.stdout, done.stderr)

    def command(self, *arguments: str) -> list[str]:
        """Give a command's words."""
        return [sys.executable, "-m", "range.cli.main", *arguments, str(self.spec), "--json"]

    @property
    def environment(self) -> dict[str, str]:
        """What `range rehearsal env` prints."""
        return {**clean(), **self.type("rehearsal", "env").document}

    def by_hand(self, *arguments: str) -> Answer:
        """Type a `pulumi` command."""
        done = subprocess.run(
            [PULUMI, *arguments, "--non-interactive"],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    def session(self, account: str) -> boto3.Session:
        """Enter an account as the controller."""
        found = self.environment
        own = boto3.Session(found["AWS_ACCESS_KEY_ID"], found["AWS_SECRET_ACCESS_KEY"], region_name=found["AWS_REGION"])
        role = own.client("sts", endpoint_url=found["AWS_ENDPOINT_URL"]).assume_role(
            RoleArn=f"arn:aws:iam::{account}:role/{self.content['controller']['role']}",
            RoleSessionName="vandal",
            ExternalId=self.content["controller"]["external_id"],
        )["Credentials"]
        return boto3.Session(
            role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"], region_name=found["AWS_REGION"]
        )

    def client(self, service: str, account: str) -> Any:
        """Make a client that acts in an account."""
        return self.session(account).client(service, endpoint_url=self.environment["AWS_ENDPOINT_URL"])


def clean() -> dict[str, str]:
    """Give this process's environment, without what would lead a command elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN) or name == NO_HOSTS}


def lived(folder: Path) -> Iterator[tuple[str, Answer]]:
    """Type it all; give each answer under a name. What fails is an answer too: each test judges its own part."""
    place = Place(folder)
    try:
        yield "plan", place.type("plan")
        yield "up", place.type("up")
        yield "up again", place.type("up")
        yield "verify", place.type("verify")
        yield "preview by hand", place.by_hand("preview", "--expect-no-changes", "-s", "small.est")
        yield "status", place.type("status")
        place.content["flows"] = [NEW_FLOW]
        place.save()
        yield "plan of a flow", place.type("plan")
        yield "up with a flow", place.type("up")
        place.content["allies"].append(NEW_ALLY)
        place.save()
        yield "up with an ally", place.type("up")
        place.content["flows"].append({**NEW_CELL, "consent": ["est", "pol"]})
        place.save()
        yield "up with a cell", place.type("up")
        place.content["flows"].pop()
        place.content["allies"].pop()
        place.save()
        yield "up without the ally", place.type("up")
        yield "down of a stranger", place.type("down", "--ally", "fra", "--yes")
        yield "down of the ally", place.type("down", "--ally", "pol", "--yes")
        yield "up after that", place.type("up")
        _vandalise(place)
        yield "down without a terminal", place.type("down")
        yield "down", place.type("down", "--yes")
        _tidy(place)
        yield "down again", place.type("down", "--yes")
        yield "status at the end", place.type("status")
        yield "log", place.type("log")
    finally:
        place.type("rehearsal", "stop")


def _vandalise(place: Place) -> None:
    """Put things into est's network that nobody declared, and one beside it."""
    ec2 = place.client("ec2", "200000000002")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnet = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][0]["SubnetId"]
    group = ec2.create_security_group(GroupName="vandal", Description="in the way", VpcId=vpc)["GroupId"]
    ec2.create_network_interface(SubnetId=subnet, Groups=[group])
    ec2.create_key_pair(KeyName="beside")


def _tidy(place: Place) -> None:
    """Remove what was beside it."""
    place.client("ec2", "200000000002").delete_key_pair(KeyName="beside")
