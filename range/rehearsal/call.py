"""One call on its way through the door, as areas and truths see it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from range.rehearsal.callers import Caller
from range.rehearsal.emulator import emulate
from range.rehearsal.messages import Answer, Request
from range.rehearsal.services import Service

Shape = dict[str, Any]
"""Parameters or a result, as boto3 takes and gives them."""


@dataclass(frozen=True)
class Call:
    """A request whose caller, service and operation are known."""

    request: Request
    service: Service
    operation: str
    region: str
    caller: Caller

    @property
    def name(self) -> str:
        """Service and operation, as in `ec2.DeleteSubnet`."""
        return f"{self.service.name}.{self.operation}"

    @property
    def account(self) -> str:
        """The account that the caller works in."""
        return self.caller.account

    @cached_property
    def params(self) -> Shape:
        """The parameters."""
        return self.service.params(self.operation, self.request)

    def by_moto(self, params: Shape | None = None, *, account: str | None = None) -> Answer:
        """Let moto answer, with other parameters or for another account where they are given."""
        request = self.request if params is None else self.service.request(self.operation, params, self.request)
        return emulate(self.service, request, account=account or self.account, region=self.region)

    def result_by_moto(self, params: Shape | None = None, *, account: str | None = None) -> Shape:
        """Let moto answer, and read what it says.

        Raises:
            Refusal: moto refused.
        """
        return self.service.result(self.operation, self.by_moto(params, account=account))
