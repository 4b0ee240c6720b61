"""In which order stacks are made, as data: sets of enclaves that may go side by side, one set after another."""

from __future__ import annotations

from range.records.plan import Plan


def order_up(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Give the hub first, since enclaves attach to its gateway; then all enclaves side by side."""
    return ((plan.hub.name,), tuple(enclave.name for enclave in plan.enclaves))


def order_down(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """Give the reverse: the hub goes when nothing is attached to it."""
    return tuple(reversed(order_up(plan)))
