"""The plan as `range plan --json` has it; what would change per stack comes from the engine."""

from __future__ import annotations

from typing import Any

from range.plan.cost import cost_items, priced_region, usd_per_h
from range.plan.names import controller_role_arn
from range.plan.quotas import quota_uses, tightest
from range.records.plan import Plan, PlannedFlow

Row = dict[str, Any]


def summary(plan: Plan) -> Row:
    """Give everything that is known without asking the engine, ready for JSON."""
    return {
        "exercise": plan.exercise,
        "region": plan.region,
        "accounts": account_rows(plan),
        "addresses": address_rows(plan),
        "flows": flow_rows(plan),
        "quotas": quota_rows(plan),
        "cost": cost_rows(plan),
        "priced_as": priced_region(plan),
        "usd_per_h": usd_per_h(plan),
    }


def account_rows(plan: Plan) -> list[Row]:
    """Give the accounts that the controller enters, and by which role; the management account isn't one of them."""
    return [
        {
            "name": enclave.name,
            "account": enclave.account,
            "role_arn": controller_role_arn(plan, enclave.account),
            "external_id": plan.external_id,
        }
        for enclave in (plan.hub, *plan.enclaves)
    ]


def address_rows(plan: Plan) -> list[Row]:
    """Give each enclave's block, zones and hosts."""
    return [
        {
            "name": enclave.name,
            "cidr": str(enclave.cidr),
            "zones": {zone.name: str(zone.cidr) for zone in enclave.zones},
            "hosts": {host.name: str(host.address) for host in enclave.hosts},
        }
        for enclave in (plan.hub, *plan.enclaves)
    ]


def flow_rows(plan: Plan) -> list[Row]:
    """Give the flow table."""
    return [
        {
            "from": str(flow.source),
            "to": str(flow.target),
            "protocol": flow.protocol,
            "ports": ports_text(flow),
            "kind": flow.kind,
            "why": flow.why,
        }
        for flow in plan.flows
    ]


def ports_text(flow: PlannedFlow) -> str | None:
    """Write a flow's ports: `22`, `8000-8080`, None for icmp."""
    if flow.ports is None:
        return None
    first, last = flow.ports.first, flow.ports.last
    return str(first) if first == last else f"{first}-{last}"


def quota_rows(plan: Plan) -> list[Row]:
    """Give each quota with the account that needs most of it, the nearest first; `ask` is the value to ask AWS for."""
    uses = quota_uses(plan)
    short: dict[str, list[str]] = {}
    for use in uses:
        if not use.within:
            short.setdefault(use.quota, []).append(use.account)
    return [
        {
            **use.model_dump(),
            "within": use.within,
            "ask": None if use.within else use.needed,
            "short": short.get(use.quota, []),
        }
        for use in tightest(uses)
    ]


def cost_rows(plan: Plan) -> list[Row]:
    """Give what is paid for, per hour."""
    return [item.model_dump() for item in cost_items(plan)]
