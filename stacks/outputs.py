"""What the hub's stack tells the enclaves', and how they read it."""

from __future__ import annotations

from typing import Any

import pulumi

from range.errors import ProvisionError
from range.records.plan import Plan

TRANSIT_GATEWAY = "transit_gateway_id"
SHARE = "resource_share_arn"
ROUTE_TABLES = "route_table_ids"
GUARDRAILS = "guardrail_ids"
ENTRY = "entry"
"""What the exercise file says of an enclave: an ally that left the file is known by it until it is taken down."""


class HubOutputs:
    """The outputs of an exercise's hub, read from its stack's state.

    In a preview before the hub was ever up they are unknown, as they would be if both were one stack.
    """

    def __init__(self, plan: Plan) -> None:
        """Refer to the hub's stack of the same exercise, project and backend."""
        self._stack = plan.stack(plan.hub.name)
        self._reference = pulumi.StackReference(f"{pulumi.get_organization()}/{pulumi.get_project()}/{self._stack}")

    def value(self, name: str) -> pulumi.Output[str]:
        """Give one output."""
        return self._reference.outputs.apply(lambda outputs: self._present(outputs, name, name))

    def entry(self, name: str, key: str) -> pulumi.Output[str]:
        """Give one entry of an output that is a mapping."""
        return self._reference.outputs.apply(
            lambda outputs: self._present(outputs.get(name) or {}, key, f"{name}[{key}]")
        )

    def _present(self, values: dict[str, Any], key: str, shown: str) -> Any:
        if key in values:
            return values[key]
        if pulumi.runtime.is_dry_run():
            return pulumi.UNKNOWN
        raise ProvisionError(f"the stack {self._stack} has no output {shown}", hint="bring the hub up first: range up")
