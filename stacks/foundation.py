"""What the hub and every enclave have in common: a key, records, a network with its rules, hosts, names, defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from range.plan import names
from range.plan.golden import golden_name
from range.plan.layout import EGRESS_ZONE, MANAGEMENT_ZONE
from range.plan.rules import acl_entries, group_rules
from range.records.plan import Zone, ZoneName
from range.spec.models import TRANSIT
from stacks.components.access import SESSION_MANAGER
from stacks.components.account import Account, AccountArgs, Budget, BudgetArgs
from stacks.components.buckets import Bucket, BucketArgs
from stacks.components.endpoints import StorageEndpoint, StorageEndpointArgs
from stacks.components.firewall import NameFirewall, NameFirewallArgs
from stacks.components.hosts import Hosts, HostsArgs
from stacks.components.identity import Identity, IdentityArgs
from stacks.components.keys import Key, KeyArgs
from stacks.components.names import PrivateZone, PrivateZoneArgs
from stacks.components.network import Network, NetworkArgs
from stacks.components.passwords import HostPassword, HostPasswordArgs
from stacks.components.records import FlowLogs, FlowLogsArgs, FlowLogSource, Trail, TrailArgs
from stacks.components.rules import ZoneAcl, ZoneAclArgs, ZoneGroup, ZoneGroupArgs
from stacks.documents.buckets import evidence_policy
from stacks.documents.keys import KeyUsers
from stacks.site import Site

HOSTLESS_ZONES = frozenset({TRANSIT, EGRESS_ZONE})
"""Zones for gateways, in which no host ever stands."""


@dataclass(frozen=True)
class Foundation:
    """What the rest of a stack builds on."""

    key: Key
    evidence: Bucket
    network: Network
    groups: Mapping[str, pulumi.Output[str]]
    """Security group ids by zone."""
    hosts: Hosts
    password: HostPassword
    fenced: tuple[pulumi.Resource, ...]
    """With these in place, what passes is filtered and written down."""

    def outputs(self) -> dict[str, pulumi.Input[object]]:
        """Give what later stages read of any stack."""
        return {
            "hosts": self.hosts.described(),
            "vpc_id": self.network.vpc_id,
            "key_arn": self.key.arn,
            "evidence_bucket_arn": self.evidence.arn,
            "host_password_secret_arn": self.password.secret_arn,
        }


def foundation(site: Site) -> Foundation:
    """Build it, in the enclave's own account."""
    key = _key(site)
    evidence = _evidence(site, key)
    network = Network(
        "network",
        NetworkArgs(
            name=site.name("vpc"),
            cidr=site.enclave.cidr,
            zones=site.enclave.zones,
            domain=names.dns_zone(site.plan),
        ),
        site.in_account(),
    )
    groups = {zone.name: _group(site, network, zone) for zone in site.enclave.zones if zone.name not in HOSTLESS_ZONES}
    acls = [_acl(site, network, zone) for zone in site.enclave.zones]
    flow_logs = flow_logs_of(site, "flow", FlowLogSource(vpc_id=network.vpc_id), evidence, key)
    hosts = _hosts(site, key, network, groups)
    _names(site, network)
    _account(site, key)
    return Foundation(
        key=key,
        evidence=evidence,
        network=network,
        groups=groups,
        hosts=hosts,
        password=HostPassword("hosts", HostPasswordArgs(secret=site.secret, key_arn=key.arn), site.in_account()),
        fenced=(*(ready for acl in acls for ready in acl.ready), *flow_logs.ready),
    )


def flow_logs_of(site: Site, name: str, watched: FlowLogSource, evidence: Bucket, key: Key) -> FlowLogs:
    """Write down the traffic of a VPC or gateway of this account."""
    return FlowLogs(
        name,
        FlowLogsArgs(
            place=site.place,
            watched=watched,
            log_group=site.log_group(name),
            role=names.flow_logs_role(site.plan, site.enclave.name, name),
            evidence=evidence,
            key_arn=key.arn,
        ),
        site.in_account(),
    )


def _key(site: Site) -> Key:
    """The hub keeps each ally's archive, so the hub's controller may use each ally's key."""
    archivist = names.controller_role_arn(site.plan, site.hub_place.account, site.place.partition)
    users = KeyUsers(
        place=site.place,
        log_groups=site.log_group("*"),
        trail=site.name("trail"),
        archivist=None if site.enclave.kind == "hub" else archivist,
    )
    description = f"Everything of {site.enclave.name} in exercise {site.plan.exercise}"
    return Key("key", KeyArgs(alias=site.name("key"), description=description, users=users), site.in_account())


def _evidence(site: Site, key: Key) -> Bucket:
    name, trail = names.evidence_bucket(site.plan, site.enclave), site.name("trail")
    policy = evidence_policy(site.place, name, trail)
    bucket = Bucket("evidence", BucketArgs(bucket=name, key_arn=key.arn, policy=policy), site.in_account())
    Trail("trail", TrailArgs(trail=trail, evidence=bucket, evidence_bucket=name, key_arn=key.arn), site.in_account())
    return bucket


def _group(site: Site, network: Network, zone: Zone) -> pulumi.Output[str]:
    rules = group_rules(site.plan, ZoneName(enclave=site.enclave.name, zone=zone.name))
    args = ZoneGroupArgs(name=site.name(zone.name), vpc_id=network.vpc_id, rules=rules)
    return ZoneGroup(zone.name, args, site.in_account()).group_id


def _acl(site: Site, network: Network, zone: Zone) -> ZoneAcl:
    entries = acl_entries(site.plan, ZoneName(enclave=site.enclave.name, zone=zone.name))
    args = ZoneAclArgs(
        name=site.name(zone.name), vpc_id=network.vpc_id, subnets=network.subnets[zone.name], entries=entries
    )
    return ZoneAcl(zone.name, args, site.in_account())


def _hosts(site: Site, key: Key, network: Network, groups: Mapping[str, pulumi.Output[str]]) -> Hosts:
    enclave = site.enclave
    managed = {host.role for host in enclave.hosts if enclave.kind == "hub" and host.zone == MANAGEMENT_ZONE}
    identity = Identity(
        "identity",
        IdentityArgs(
            name=site.prefix,
            place=site.place,
            boundary=site.boundary,
            kept_buckets=(names.evidence_bucket(site.plan, enclave),),
            host_roles=tuple(sorted({host.role for host in enclave.hosts})),
            session_manager=frozenset(managed),
            secret_pattern=None if enclave.kind == "hub" else f"{site.secret}-*",
        ),
        site.in_account(),
    )
    args = HostsArgs(
        name=site.prefix,
        hosts=enclave.hosts,
        images=site.plan.images,
        golden={host.name: golden_name(site.plan, enclave, host) for host in enclave.hosts},
        golden_owner=site.plan.hub.account,
        subnets=network.subnets,
        groups=groups,
        profiles=identity.profiles,
        key_arn=key.arn,
        public_key=site.public_key,
        tags=site.tags,
    )
    return Hosts("hosts", args, site.in_account())


def _names(site: Site, network: Network) -> None:
    """The hub's services by name, and S3 for the endpoint; all else only where the file lets the enclave out."""
    plan, region = site.plan, site.plan.region
    domain = names.dns_zone(plan)
    comment = f"Services of the hub, for {site.enclave.name}"
    zone = PrivateZoneArgs(domain=domain, comment=comment, vpc_id=network.vpc_id, services=plan.services)
    PrivateZone("services", zone, site.in_account())
    services = ("s3", *(SESSION_MANAGER if site.enclave.kind == "hub" else ()))
    firewall = NameFirewallArgs(
        name=site.name("names"),
        vpc_id=network.vpc_id,
        allowed=(domain, *(f"{service}.{region}.amazonaws.com" for service in services)),
        rest="ALERT" if site.zones_let_out else "BLOCK",
    )
    NameFirewall("names", firewall, site.in_account())
    within = [table for zone_name, table in network.route_tables.items() if zone_name not in HOSTLESS_ZONES]
    endpoint = StorageEndpointArgs(site.name("s3"), site.place, network.vpc_id, within)
    StorageEndpoint("s3", endpoint, site.in_account())


def _account(site: Site, key: Key) -> None:
    enclave = site.enclave
    Account("account", AccountArgs(account=enclave.account, key_arn=key.arn), site.in_account())
    budget = BudgetArgs(
        name=site.name("budget"),
        account=enclave.account,
        usd_per_month=site.plan.budget_usd,
        contact=enclave.contact,
    )
    Budget("budget", budget, site.in_account())
