"""What the rehearsal cloud costs beside the plain moto that is in it: the same boto3 calls, each in a process of its own."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from bench.calls import REGION, Client, enclave
from bench.figures import Figure

ENCLAVES = 12
MANY = 36
_MIB = 1024
_SERVICES = ("ec2", "iam", "kms", "s3", "logs")
Clients = Callable[[str], Client]
"""The clients of an account."""


def cloud() -> list[Figure]:
    """Compare CPU time for a thousand calls, and measure the memory of a cloud of many enclaves."""
    moto, memory, kept = (_measured(how, ENCLAVES) for how in ("moto", "memory", "kept"))
    many = _measured("kept", MANY)
    return [
        Figure("plain moto, 1,000 calls, CPU", moto["cpu_s"], "s"),
        Figure("the rehearsal cloud in memory", memory["cpu_s"], "s"),
        Figure("the rehearsal cloud with everything saved", kept["cpu_s"], "s", moto["cpu_s"] / 0.8),
        Figure("what saving adds", 100 * (kept["cpu_s"] / memory["cpu_s"] - 1), "%", 20),
        Figure(f"memory with {MANY} enclaves and their clients", many["rss_mib"], "MiB", 600),
    ]


def _measured(how: str, enclaves: int) -> dict[str, float]:
    """Measure in a process of its own: moto keeps what it knows in globals."""
    run = subprocess.run(
        [sys.executable, "-m", "bench.cloud", how, str(enclaves)], check=True, capture_output=True, text=True
    )
    figures: dict[str, float] = json.loads(run.stdout)
    return figures


@contextmanager
def _plain_moto() -> Iterator[Clients]:
    import boto3
    from moto import mock_aws

    with mock_aws():
        session = boto3.Session("key", "secret", region_name=REGION)

        def clients(account: str) -> Client:
            os.environ["MOTO_ACCOUNT_ID"] = account
            return _cached(session.client)

        yield clients


@contextmanager
def _rehearsal(folder: Path | None, enclaves: int) -> Iterator[Clients]:
    from range.rehearsal.accounts import Member
    from range.rehearsal.door import Cloud
    from range.rehearsal.transport import session

    opened = Cloud(folder)
    members = [Member(_account(number), f"ally{number}") for number in range(enclaves)]
    operator = opened.seed(Member("111111111111", "management"), members)
    sts = session(opened, operator.access_key, operator.secret).client("sts", region_name=REGION)

    def clients(account: str) -> Client:
        role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        keys = sts.assume_role(RoleArn=role, RoleSessionName="bench")["Credentials"]
        made = session(opened, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
        return _cached(lambda service: made.client(service, region_name=REGION))

    yield clients
    opened.close()


def _cached(make: Callable[[str], Any]) -> Client:
    return cache(make)


def _account(number: int) -> str:
    return str(200000000000 + number)


def _run(how: str, enclaves: int) -> dict[str, float]:
    """Make enclaves one after another; the first, which loads everything, isn't counted."""
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) if how == "kept" else None
        with _plain_moto() if how == "moto" else _rehearsal(where, enclaves) as clients:
            enclave(_account(0), clients(_account(0)))
            calls, cpu_s = 0, 0.0
            for number in range(1, enclaves):
                client = clients(_account(number))
                for service in _SERVICES:
                    client(service)
                began = time.process_time()
                calls += enclave(_account(number), client)
                cpu_s += time.process_time() - began
    rss_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MIB
    return {"cpu_s": 1000 * cpu_s / calls, "rss_mib": rss_mib}


if __name__ == "__main__":
    print(json.dumps(_run(sys.argv[1], int(sys.argv[2]))))
