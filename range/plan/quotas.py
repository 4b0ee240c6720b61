"""How near an exercise comes to AWS's quotas, account by account, from the quota table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from range.facts import rows
from range.plan.rules import AclEntry, GroupRule, acl_entries, group_rules
from range.plan.sizes import vcpus
from range.records.plan import Enclave, Plan, QuotaUse, ZoneName

GROUP_RULES = "inbound or outbound rules per security group (each direction, each IP version)"
ACL_RULES = "rules per network ACL (each direction, each IP version)"
VCPUS = "running On-Demand Standard (A C D H I M R T Z) vCPUs"

POLICIES_PER_ACCOUNT = 5
"""Service control policies on each account: four guardrails of ours, and AWS's FullAWSAccess."""

ENDPOINT_INTERFACES = 4
"""In the hub: Session Manager's three endpoints in every availability zone, and Instance Connect's one; rounded up."""


def quota_uses(plan: Plan) -> tuple[QuotaUse, ...]:
    """Give every quota that the exercise uses, per account: the default, and what is needed."""
    table = {row["quota"]: row for row in rows("quotas")}
    needs = [*_organisation(plan), *_hub(plan)]
    for enclave in (plan.hub, *plan.enclaves):
        needs += [(enclave.account, quota, needed) for quota, needed in _account(plan, enclave)]
    return tuple(_use(table[quota], account, needed, plan.quotas.get(quota)) for account, quota, needed in needs)


def tightest(uses: tuple[QuotaUse, ...]) -> tuple[QuotaUse, ...]:
    """Give for each quota the account that needs most, what is nearest to its limit first."""
    most: dict[str, QuotaUse] = {}
    for use in uses:
        if use.quota not in most or use.needed > most[use.quota].needed:
            most[use.quota] = use
    return tuple(sorted(most.values(), key=lambda use: (-use.needed / max(use.limit, 1), use.quota)))


def _use(row: dict[str, Any], account: str, needed: int, granted: int | None) -> QuotaUse:
    """Put a need beside the quota's row."""
    return QuotaUse(
        quota=row["quota"],
        code=row.get("code"),
        account=account,
        default=row["default"],
        limit=row["default"] if granted is None else granted,
        needed=needed,
        adjustable=bool(row.get("adjustable")),
        source=f"{row['source']} ({row['confidence']})",
    )


def _organisation(plan: Plan) -> Iterator[tuple[str, str, int]]:
    """Needs of the organisation: its accounts, and the service control policies on each of them."""
    accounts = len(plan.enclaves) + 2
    yield plan.management_account, "accounts per organisation", accounts
    yield plan.management_account, "SCPs attached per root, OU or account", POLICIES_PER_ACCOUNT


def _hub(plan: Plan) -> Iterator[tuple[str, str, int]]:
    """Needs that only the hub's account has: the gateway, and the archives."""
    routes = sum(len(table.learns) + len(table.blackholes) + table.default_to_hub for table in plan.tables)
    hub = plan.hub.account
    yield hub, "transit gateways per account", 1
    yield hub, "attachments per transit gateway", len(plan.enclaves) + 1
    yield hub, "route tables per transit gateway", len(plan.tables)
    yield hub, "routes per transit gateway (all tables)", routes
    yield hub, "S3 general purpose buckets per account", len(plan.enclaves) + 1
    if plan.egress:
        yield hub, "internet gateways per Region", 1
        yield hub, "NAT gateways per Availability Zone", 1
        yield hub, "Elastic IPs per Region", 1


def _account(plan: Plan, enclave: Enclave) -> Iterator[tuple[str, int]]:
    """Needs of each account with an enclave, and of the hub's."""
    zones = [ZoneName(enclave=enclave.name, zone=zone.name) for zone in enclave.zones]
    with_hosts = {host.zone for host in enclave.hosts}
    places = len(plan.availability_zone_ids)
    endpoints = ENDPOINT_INTERFACES * places if enclave.kind == "hub" else 0
    yield "VPCs per Region", 1
    yield "subnets per VPC", len(zones) * places
    yield "route tables per VPC", len(zones) + 1
    yield "network ACLs per VPC", len(zones) + 1
    yield "security groups per Region", len(with_hosts) + 1
    yield "network interfaces per Region", len(enclave.hosts) + places + endpoints
    yield GROUP_RULES, max(_most_of_a_direction(group_rules(plan, zone)) for zone in zones)
    yield ACL_RULES, max(_most_of_a_direction(acl_entries(plan, zone)) for zone in zones)
    yield VCPUS, sum(vcpus(host.size) for host in enclave.hosts)
    yield "gp3 storage per Region TiB", -(-sum(host.disk_gib for host in enclave.hosts) // 1024)
    yield "KMS customer managed keys per Region", 1
    yield "Route 53 hosted zones per account", 1
    yield "DNS Firewall rule groups associated per VPC", 1
    yield "CloudTrail trails per Region", 1
    yield "gateway endpoints per Region", 1
    if enclave.mirrors:
        yield "traffic mirror sessions per account", len(enclave.mirrors)
        yield "sources per target, small instance target", len(enclave.mirrors)


def _most_of_a_direction(rules: Sequence[GroupRule | AclEntry]) -> int:
    """Count the rules of the direction that has more."""
    inward = [rule for rule in rules if rule.direction == "ingress"]
    return max(len(inward), len(rules) - len(inward))
