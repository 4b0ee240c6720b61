"""The hub's stack: shared tooling, the transit gateway, the guardrails, and the way out where there is one."""

from __future__ import annotations

import pulumi

from range.plan.layout import EGRESS_ZONE, MANAGEMENT_ZONE
from range.spec.models import TRANSIT
from stacks.components.access import Access, AccessArgs
from stacks.components.attachment import Attachment, AttachmentArgs, Membership
from stacks.components.egress import Egress, EgressArgs
from stacks.components.gateway import Gateway, GatewayArgs, WayOut, WayOutArgs
from stacks.components.guardrails import GuardedAccount, GuardedAccountArgs, Guardrails, GuardrailsArgs
from stacks.components.network import Network
from stacks.components.records import FlowLogSource
from stacks.documents.guardrails import Scope
from stacks.foundation import Foundation, flow_logs_of, foundation
from stacks.outputs import GUARDRAILS, ROUTE_TABLES, SHARE, TRANSIT_GATEWAY
from stacks.site import Site


def build(site: Site) -> dict[str, pulumi.Input[object]]:
    """Build the hub, and give its outputs: what enclaves read, and what later stages do."""
    base = foundation(site)
    gateway = _gateway(site, base)
    guardrails = _guardrails(site)
    _attach(site, base, gateway)
    _let_people_in(site, base)
    if site.plan.egress:
        _egress(site, base.network)
    return {
        **base.outputs(),
        TRANSIT_GATEWAY: gateway.gateway_id,
        SHARE: gateway.share_arn,
        ROUTE_TABLES: dict(gateway.route_tables),
        GUARDRAILS: dict(guardrails.policy_ids),
    }


def _gateway(site: Site, base: Foundation) -> Gateway:
    """The gateway's own flow logs see what passes between enclaves, where no enclave can change them."""
    args = GatewayArgs(
        name=site.name("gateway"),
        description=f"Enclaves of exercise {site.plan.exercise}",
        tables=site.plan.tables,
    )
    gateway = Gateway("gateway", args, site.in_account())
    flow_logs_of(site, "gateway", FlowLogSource(transit_gateway_id=gateway.gateway_id), base.evidence, base.key)
    return gateway


def _guardrails(site: Site) -> Guardrails:
    scope = Scope(
        place=site.place,
        exercise=site.plan.exercise,
        controller=site.plan.controller_role,
        boundary=site.boundary,
    )
    made = Guardrails("guardrails", GuardrailsArgs(name=site.plan.exercise, scope=scope), site.in_account())
    account = GuardedAccountArgs(account=site.enclave.account, policy_ids=made.policy_ids)
    GuardedAccount("guarded", account, site.in_account())
    return made


def _attach(site: Site, base: Foundation, gateway: Gateway) -> None:
    plan, network = site.plan, base.network
    table = next(table for table in plan.tables if site.enclave.name in table.associated)
    learned_by = {
        table.name: gateway.route_tables[table.name] for table in plan.tables if site.enclave.name in table.learns
    }
    attachment = Attachment(
        "attachment",
        AttachmentArgs(
            name=site.name("attachment"),
            gateway_id=gateway.gateway_id,
            vpc_id=network.vpc_id,
            subnets=list(network.subnets[TRANSIT].values()),
            routes={
                zone: (route_table, (plan.supernet,))
                for zone, route_table in network.route_tables.items()
                if zone != TRANSIT
            },
            membership=Membership(gateway.route_tables[table.name], learned_by),
            after=base.fenced,
        ),
        opts=site.in_account(),
    )
    to_internet = {table.name: gateway.route_tables[table.name] for table in plan.tables if table.default_to_hub}
    WayOut("way-out", WayOutArgs(attachment.attachment_id, to_internet), site.in_account())


def _let_people_in(site: Site, base: Foundation) -> None:
    zone = site.enclave.zone(MANAGEMENT_ZONE)
    Access(
        "access",
        AccessArgs(
            name=site.name("access"),
            place=site.place,
            vpc_id=base.network.vpc_id,
            subnets=base.network.subnets[MANAGEMENT_ZONE],
            cidrs={subnet.availability_zone_id: subnet.cidr for subnet in zone.subnets},
            group_id=base.groups[MANAGEMENT_ZONE],
        ),
        site.in_account(),
    )


def _egress(site: Site, network: Network) -> None:
    """Enclaves' packets come in by the transit zone; the hub's own zones go out where the file says so."""
    Egress(
        "egress",
        EgressArgs(
            name=site.name("egress"),
            vpc_id=network.vpc_id,
            public_subnet=next(iter(network.subnets[EGRESS_ZONE].values())),
            public_route_table=network.route_tables[EGRESS_ZONE],
            private_route_tables={zone: network.route_tables[zone] for zone in (TRANSIT, *site.zones_let_out)},
        ),
        site.in_account(),
    )
