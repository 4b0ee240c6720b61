"""An enclave's stack: an ally's, red's or white's account, and what the hub's account has of it."""

from __future__ import annotations

import pulumi

from range.plan import names
from range.plan.ranges import ANYWHERE
from range.spec.models import TRANSIT
from stacks.components.attachment import Attachment, AttachmentArgs, Invitation, Membership
from stacks.components.buckets import Bucket, BucketArgs
from stacks.components.guardrails import GuardedAccount, GuardedAccountArgs
from stacks.components.mirroring import Mirroring, MirroringArgs
from stacks.documents.buckets import archive_policy
from stacks.documents.guardrails import GUARDRAIL_NAMES
from stacks.foundation import Foundation, foundation
from stacks.outputs import ENTRY, GUARDRAILS, ROUTE_TABLES, SHARE, TRANSIT_GATEWAY, HubOutputs
from stacks.site import Site


def build(site: Site) -> dict[str, pulumi.Input[object]]:
    """Build the enclave, and give its outputs."""
    hub = HubOutputs(site.plan)
    _guard(site, hub)
    base = foundation(site)
    archive = _archive(site, base)
    attachment = _attach(site, base, hub)
    _mirror(site, base)
    return {
        **base.outputs(),
        ENTRY: {"account": site.enclave.account, "profile": site.enclave.profile, "contact": site.enclave.contact},
        "archive_bucket_arn": archive.arn,
        "attachment_id": attachment.attachment_id,
    }


def _guard(site: Site, hub: HubOutputs) -> None:
    policy_ids = {name: hub.entry(GUARDRAILS, name) for name in GUARDRAIL_NAMES}
    GuardedAccount("guarded", GuardedAccountArgs(site.enclave.account, policy_ids), site.in_hub())


def _archive(site: Site, base: Foundation) -> Bucket:
    """In the hub's account, but with the ally's key: without the ally's account nobody can read it."""
    name = names.archive_bucket(site.plan, site.enclave)
    policy = archive_policy(site.hub_place, name)
    return Bucket("archive", BucketArgs(bucket=name, key_arn=base.key.arn, policy=policy), site.in_hub())


def _attach(site: Site, base: Foundation, hub: HubOutputs) -> Attachment:
    plan, name, network = site.plan, site.enclave.name, base.network
    table = next(table for table in plan.tables if name in table.associated)
    learned_by = {t.name: hub.entry(ROUTE_TABLES, t.name) for t in plan.tables if name in t.learns}
    return Attachment(
        "attachment",
        AttachmentArgs(
            name=site.name("attachment"),
            gateway_id=hub.value(TRANSIT_GATEWAY),
            vpc_id=network.vpc_id,
            subnets=list(network.subnets[TRANSIT].values()),
            routes={
                zone: (route_table, (plan.supernet, *((ANYWHERE,) if zone in site.zones_let_out else ())))
                for zone, route_table in network.route_tables.items()
                if zone != TRANSIT
            },
            membership=Membership(hub.entry(ROUTE_TABLES, table.name), learned_by),
            after=base.fenced,
        ),
        Invitation(account=site.enclave.account, share_arn=hub.value(SHARE), owner=site.hub),
        site.in_account(),
    )


def _mirror(site: Site, base: Foundation) -> None:
    if not site.enclave.mirrors:
        return
    args = MirroringArgs(
        name=site.name("mirroring"),
        cidr=site.enclave.cidr,
        mirrors=site.enclave.mirrors,
        addresses={host.name: host.address for host in site.enclave.hosts},
        interfaces={name: made.primary_network_interface_id for name, made in base.hosts.instances.items()},
    )
    Mirroring("mirroring", args, site.in_account())
