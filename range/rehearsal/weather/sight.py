"""What the weather sees of a call: enough to count it, to delay it, and to choose it for a fault."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from range.rehearsal.messages import Request


@dataclass(frozen=True)
class Origin:
    """Where a call comes from: over which connection, and for which resource of which program."""

    by: Literal["client", "provider"] = "client"
    port: int = 0
    """The caller's own end of the connection; 0 where there is none."""
    urn: str = ""
    doing: str = ""
    """What is done to the resource: creating, reading, updating, deleting."""


origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 -- frozen
"""Where the call under way in this thread comes from."""


@dataclass(frozen=True)
class Sight:
    """One call, as it comes in."""

    service: str
    operation: str
    account: str
    region: str
    request: Request

    @property
    def name(self) -> str:
        """Service and operation, as in `ec2.DeleteSubnet`."""
        return f"{self.service}.{self.operation}"

    @property
    def is_narrow(self) -> bool:
        """Whether a question of EC2's names ids, filters or pages; EC2 answers fewer that ask for everything."""
        return any(word in self.request.body for word in (b"Filter.", b"MaxResults=", b"NextToken=", b"Id.1="))

    @property
    def instances(self) -> int:
        """How many instances a call is about."""
        text = self.request.body.decode("latin-1")
        if self.operation == "RunInstances":
            counts = [part.partition("=")[2] for part in text.split("&") if part.startswith("MaxCount=")]
            return int(counts[0]) if counts and counts[0].isdigit() else 1
        return max(1, text.count("InstanceId."))
