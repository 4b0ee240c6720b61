"""Terraform on a rehearsal cloud: found where it is installed with its AWS provider, and kept away from the network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import boto3

from range.rehearsal import administration, process
from range.rehearsal.administration import Credentials
from range.rehearsal.record import Rehearsal

CONFIGURATION = Path(__file__).parent / "terraform"
MIRROR = "TF_PLUGIN_MIRROR"
"""Names a folder with Terraform providers, where it is none of the usual ones."""
USUAL_MIRRORS = (
    "~/.terraform.d/plugins",
    "~/.local/share/terraform/plugins",
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt/tf-plugins",
)
"""Source: Terraform CLI documentation, "Implied Local Mirror Directories"; the last is our own habit (2026-11-22)."""
MANAGEMENT = "100000000001"
ACCOUNTS = {"hub": "100000000002", "est": "200000000001", "pol": "200000000002"}
REGION = "eu-west-2"
_FOREIGN = ("AWS_", "TF_")


def mirror() -> Path | None:
    """Find a folder with Terraform's AWS provider in it."""
    named = os.environ.get(MIRROR)
    folders = [Path(each).expanduser() for each in ([named] if named else USUAL_MIRRORS)]
    return next((folder for folder in folders if any(folder.glob("*/hashicorp/aws"))), None)


def missing() -> str:
    """Say what is missing for Terraform to run here; nothing where nothing is."""
    if shutil.which("terraform") is None:
        return "there is no `terraform` on PATH"
    if mirror() is None:
        return f"Terraform's AWS provider is in none of {', '.join(USUAL_MIRRORS)}; {MIRROR} may name another folder"
    return ""


@dataclass(frozen=True)
class Terraform:
    """A working directory with a configuration in it, for a rehearsal cloud."""

    folder: Path
    rehearsal: Rehearsal
    operator: Credentials

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Type a `terraform` command that asks nothing."""
        command = ["terraform", *arguments, "-input=false", "-no-color"]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, check=False
        )

    def session(self) -> boto3.Session:
        """Enter the management account as its operator."""
        return boto3.Session(self.operator.access_key, self.operator.secret, region_name=REGION)

    @property
    def environment(self) -> Mapping[str, str]:
        """The endpoint and credentials, as anybody would export them; a proxy that refuses keeps it on loopback."""
        own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
        return {
            **own,
            "AWS_ENDPOINT_URL": self.rehearsal.endpoint,
            "AWS_ACCESS_KEY_ID": self.operator.access_key,
            "AWS_SECRET_ACCESS_KEY": self.operator.secret,
            "AWS_EC2_METADATA_DISABLED": "true",
            "HTTPS_PROXY": self.rehearsal.endpoint,
            "HTTP_PROXY": self.rehearsal.endpoint,
            "NO_PROXY": "127.0.0.1",
            "TF_CLI_CONFIG_FILE": str(self.folder / "terraform.rc"),
            "CHECKPOINT_DISABLE": "1",
            "TF_VAR_accounts": json.dumps(ACCOUNTS),
            "TF_VAR_region": REGION,
        }


@contextmanager
def terraform(folder: Path, configuration: Path = CONFIGURATION) -> Iterator[Terraform]:
    """Start a rehearsal cloud and prepare a working directory; stop the cloud in the end.

    Raises:
        RuntimeError: Terraform can't even be initialised.
    """
    where = folder / "terraform"
    shutil.copytree(configuration, where)
    (where / "terraform.rc").write_text(
        f'provider_installation {{\n  filesystem_mirror {{ path = "{mirror()}" }}\n}}\n'
    )
    rehearsal = process.start(folder)
    try:
        operator = administration.accounts(rehearsal, MANAGEMENT, ACCOUNTS)
        ready = Terraform(where, rehearsal, operator)
        ready.session().client("ram", endpoint_url=rehearsal.endpoint).enable_sharing_with_aws_organization()
        begun = ready.run("init")
        if begun.returncode:
            raise RuntimeError(begun.stderr)
        yield ready
    finally:
        process.stop(folder)
