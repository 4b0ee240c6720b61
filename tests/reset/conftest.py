"""One exercise that is up, for all tests of sessions and resets: an ally with two hosts, red and white."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from range.rehearsal.enabled import VARIABLE
from tests.cli.conftest import NO_HOSTS, Answer
from tests.cli.story import Place, clean

REGIONS = ("eu-west-2", "us-west-2")
"""All that accounts have: the exercise's, and one where mischief is done."""
EST = "200000000002"
PREFIX = "small-est"
RENEWED_S = 1800.0


class Range(Place):
    """A place whose exercise is up, with somebody else in est's account."""

    def __init__(self, folder: Path) -> None:
        """Cut the exercise down further."""
        super().__init__(folder)
        hosts = self.content["profiles"]["standard"]["hosts"]
        self.content["profiles"]["standard"]["hosts"] = {name: hosts[name] for name in ("web", "sensor")}
        self.save()
        self.endpoint = ""
        self._session: boto3.Session | None = None
        self._since = 0.0

    def enter(self, *, hosts: bool = False) -> None:
        """Start the rehearsal, without machines unless they are asked for, and bring the exercise up."""
        words = self.command("rehearsal", "start", "--hosts" if hosts else "--no-hosts")
        found = {name: value for name, value in clean().items() if name != NO_HOSTS} if hosts else clean()
        few = {VARIABLE: ",".join(REGIONS)}
        subprocess.run(words, cwd=self.folder, env=found | few, stdout=subprocess.DEVNULL, check=True)
        self.up = self.type("up")
        assert self.up.code == 0, self.up
        self.endpoint = self.environment["AWS_ENDPOINT_URL"]

    def client_of(self, session: boto3.Session) -> Callable[..., Any]:
        """Make clients of a session, in its Region unless one is named."""

        def client(service: str, region: str | None = None) -> Any:
            made = session.client(service, region_name=region, endpoint_url=self.endpoint)
            made.meta.events.register("before-send", _stay_here)
            return made

        return client

    @property
    def mallory(self) -> Callable[..., Any]:
        """Somebody who may do anything in est's account, for as long as the tests take: AWS lets in for an hour at most."""
        now = time.monotonic()
        if self._session is None or now - self._since > RENEWED_S:
            self._session, self._since = self.session(EST), now
        return self.client_of(self._session)

    def reset(self, *options: str) -> Answer:
        """Reset est."""
        return self.type("reset", "--ally", "est", "--yes", *options)

    def changes(self) -> int:
        """Count the changing calls in est's account and Region."""
        pages = (
            self.mallory("cloudtrail")
            .get_paginator("lookup_events")
            .paginate(LookupAttributes=[{"AttributeKey": "ReadOnly", "AttributeValue": "false"}])
        )
        return sum(len(page["Events"]) for page in pages)


def _stay_here(request: Any, **_: object) -> None:
    """Take the account's number away that S3 Control puts before the endpoint's name."""
    request.url = re.sub(r"^http://\d{12}\.", "http://", request.url)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Range]:
    """The exercise, up; gone at the end."""
    place = Range(tmp_path_factory.mktemp("reset"))
    try:
        place.enter()
        yield place
    finally:
        place.type("rehearsal", "stop")
