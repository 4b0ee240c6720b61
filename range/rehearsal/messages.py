"""What goes in and out of the door: plain HTTP, whoever carried it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import SplitResult, parse_qs, urlsplit

_SCOPE = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/,\s]+)/(?P<service>[^/,\s]+)/aws4_request")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


@dataclass(frozen=True)
class Scope:
    """Whom and what a signature names: the access key, the Region, and the service's signing name."""

    access_key: str
    region: str
    service: str


@dataclass(frozen=True)
class Request:
    """One HTTP request, complete. Header names come in any case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    @cached_property
    def address(self) -> SplitResult:
        """The parts of the URL."""
        return urlsplit(self.url)

    @cached_property
    def lowered(self) -> dict[str, str]:
        """The headers under their lower-case names."""
        return {name.lower(): value for name, value in self.headers.items()}

    @cached_property
    def scope(self) -> Scope | None:
        """The credential scope of the signature, or None where nobody signed."""
        found = _SCOPE.search(self.lowered.get("authorization", "")) or _SCOPE.search(self._presigned)
        return Scope(found["key"], found["region"], found["service"]) if found else None

    @property
    def _presigned(self) -> str:
        """The credential of a presigned URL, written the way the header has it."""
        query = self.address.query
        return "Credential=" + parse_qs(query)["X-Amz-Credential"][0] if "X-Amz-Credential=" in query else ""

    @cached_property
    def host_scope(self) -> Scope | None:
        """What the host name alone says, for unsigned requests: `sts.eu-west-2.amazonaws.com`."""
        host = self.address.hostname or ""
        if not host.endswith(".amazonaws.com"):
            return None
        labels = host.removesuffix(".amazonaws.com").split(".")
        region = labels.pop() if _REGION.fullmatch(labels[-1]) else "us-east-1"
        return Scope("", region, labels[-1]) if labels else None


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, complete."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
