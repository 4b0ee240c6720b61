"""What the hub's stack would be rid of while enclaves still hold on to it: the table of an ally that has no flow to allies left.

A transit gateway's table can't go while an attachment is associated with it (`IncorrectState`), and an ally's stack takes its
attachment to another table only after the hub is up. So such a table is kept, and goes once they have let go of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from range.provision.engine import Engine
from range.provision.state import Known, State
from range.records.plan import Plan

TABLE = "aws:ec2transitgateway/routeTable:RouteTable"
ASSOCIATION = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"


def held(engine: Engine, plan: Plan) -> frozenset[str]:
    """Name, by URN, what an `up` of the hub's stack has to leave alone: tables that are in use, and what is in them."""
    hub = engine.state(plan.stack(plan.hub.name))
    if not (unwanted := _unwanted(hub, plan)):
        return frozenset()
    used = set(_used(engine, plan))
    return hub.with_dependents(table.urn for table in unwanted if table.id in used)


def is_let_go(engine: Engine, plan: Plan) -> bool:
    """Say whether the hub's stack has a table that an `up` would delete now."""
    hub = engine.state(plan.stack(plan.hub.name))
    unwanted = _unwanted(hub, plan)
    return bool(unwanted) and not {table.urn for table in unwanted} <= held(engine, plan)


def _unwanted(hub: State, plan: Plan) -> tuple[Known, ...]:
    """List the tables that the hub's stack has, and the file needs no more."""
    wanted = {table.name for table in plan.tables}
    return tuple(known for known in hub.real if known.type == TABLE and known.name not in wanted)


def _used(engine: Engine, plan: Plan) -> Iterator[str]:
    """Give the ids of all tables that attachments are associated with: also those of allies that left the file."""
    for stack in engine.stacks():
        if stack.startswith(plan.stack("")):
            associations = (known for known in engine.state(stack).real if known.type == ASSOCIATION)
            yield from (str(known.inputs.get("transitGatewayRouteTableId", "")) for known in associations)
