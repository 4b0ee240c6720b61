"""What the rehearsal cloud costs beside the plain moto that is in it: the same boto3 calls, each in a process of its own.

The cloud answers inside the client's process, as it does for the provider, and over HTTP, as it does for any other client;
moto answers inside the process only. CPU time counts client and server alike, whatever else the machine does.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.calls import REGION, Client, enclave
from bench.figures import Figure

if TYPE_CHECKING:
    from range.rehearsal.door import Cloud

ENCLAVES = 12
MANY = 36
SHARE = 0.8
"""The share of plain moto's throughput that the rehearsal cloud has at least."""
HOWS = ("moto", "memory", "kept", "http")
_MIB = 1024
_SERVICES = ("ec2", "iam", "kms", "s3", "logs")
Clients = Callable[[str], Client]
"""The clients of an account."""


def cloud() -> list[Figure]:
    """Compare CPU time for a thousand calls, and measure the memory of a cloud of many enclaves."""
    moto, memory, kept, http = (_measured(how, ENCLAVES)["cpu_s"] for how in HOWS)
    many = _measured("kept", MANY)
    return [
        Figure("plain moto in the process, 1,000 calls, CPU", moto, "s"),
        Figure("the rehearsal cloud in memory", memory, "s"),
        Figure("the rehearsal cloud with everything saved", kept, "s", moto / SHARE),
        Figure("what saving adds", 100 * (kept / memory - 1), "%", 20),
        Figure("the same over HTTP, client included", http, "s", moto / SHARE),
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
def _rehearsal_over_http(folder: Path, enclaves: int) -> Iterator[Clients]:
    import boto3

    from range.rehearsal.server import Front

    with _opened(folder, enclaves) as (opened, credentials), Front(opened) as front:
        threading.Thread(target=front.serve_forever, daemon=True).start()

        def clients(account: str) -> Client:
            session = boto3.Session(*credentials(account), region_name=REGION)
            return _cached(lambda service: session.client(service, endpoint_url=f"http://127.0.0.1:{front.port}"))

        yield clients
        front.shutdown()


@contextmanager
def _rehearsal(folder: Path | None, enclaves: int) -> Iterator[Clients]:
    from range.rehearsal.transport import session

    with _opened(folder, enclaves) as (opened, credentials):

        def clients(account: str) -> Client:
            made = session(opened, *credentials(account))
            return _cached(lambda service: made.client(service, region_name=REGION))

        yield clients


@contextmanager
def _opened(folder: Path | None, enclaves: int) -> Iterator[tuple[Cloud, Callable[[str], tuple[str, str, str]]]]:
    """Open a cloud with the accounts of an exercise; gives it, and who hands out an account's credentials."""
    from range.rehearsal.accounts import Member
    from range.rehearsal.door import Cloud
    from range.rehearsal.transport import session

    opened = Cloud(folder)
    members = [Member(_account(number), f"ally{number}") for number in range(enclaves)]
    operator = opened.seed(Member("111111111111", "management"), members)
    sts = session(opened, operator.access_key, operator.secret).client("sts", region_name=REGION)

    def credentials(account: str) -> tuple[str, str, str]:
        role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        keys = sts.assume_role(RoleArn=role, RoleSessionName="bench")["Credentials"]
        return keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]

    yield opened, credentials
    opened.close()


def _cached(make: Callable[[str], Any]) -> Client:
    return cache(make)


def _account(number: int) -> str:
    return str(200000000000 + number)


def _clients(how: str, folder: Path, enclaves: int) -> AbstractContextManager[Clients]:
    """Give the clients of one of the ways that are compared."""
    ways: dict[str, Callable[[], AbstractContextManager[Clients]]] = {
        "moto": _plain_moto,
        "memory": lambda: _rehearsal(None, enclaves),
        "kept": lambda: _rehearsal(folder, enclaves),
        "http": lambda: _rehearsal_over_http(folder, enclaves),
    }
    return ways[how]()


def _run(how: str, enclaves: int) -> dict[str, float]:
    """Make enclaves one after another; the first, which loads everything, isn't counted."""
    with tempfile.TemporaryDirectory() as folder, _clients(how, Path(folder), enclaves) as clients:
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
