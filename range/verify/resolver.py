"""Which names an enclave's hosts may ask for: a question that leaves is a way out, whatever groups and ACLs say.

The VPC's resolver carries questions to the internet for everybody. Where no zone of an enclave may reach the internet,
the resolver's firewall must block all but the range's own names and AWS's.

Source: Amazon Route 53 Developer Guide, "How Route 53 Resolver DNS Firewall works" (read 2026-11-22).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from range.plan import names
from range.records.plan import Plan
from range.verify.gathering import Items

_EVERYTHING = "*"
_IN_FORCE = frozenset({"COMPLETE", "UPDATING"})


@dataclass(frozen=True, slots=True)
class Leak:
    """A way by which questions leave a VPC."""

    vpc: str
    resource: str
    why: str
    resources: tuple[str, ...] = ()


def leaks(plan: Plan, items: Items) -> list[Leak]:
    """Give the ways by which the questions of an account's VPCs leave; where nothing is, nothing asks."""
    found: list[Leak] = []
    lived_in = {interface["VpcId"] for interface in items.of("DescribeNetworkInterfaces")}
    for vpc in items.of("DescribeVpcs"):
        if vpc["VpcId"] in lived_in and vpc.get("OwnerId", items.account) == items.account:
            found += _of_vpc(plan, items, vpc["VpcId"])
    return found


def _of_vpc(plan: Plan, items: Items, vpc: str) -> Iterator[Leak]:
    """Follow a question through the firewall's rules until one blocks everything."""
    for config in items.of("ListFirewallConfigs"):
        if config["ResourceId"] == vpc and config.get("FirewallFailOpen") != "DISABLED":
            yield Leak(vpc, vpc, "its resolver answers everything when the firewall fails")
    rules = list(_rules(items, vpc))
    passed: list[str] = []
    for rule in rules:
        domains = _domains(items, rule["FirewallDomainListId"])
        every_type = not rule.get("Qtype")
        if rule["Action"] == "BLOCK":
            if _EVERYTHING in domains and every_type:
                return
            continue
        strange = sorted(domain for domain in domains if not _permitted(plan, domain))
        if strange:
            where = rule["FirewallDomainListId"]
            yield Leak(vpc, where, f"its firewall lets questions for {', '.join(strange[:3])} out", (vpc,))
        passed.append(rule["FirewallDomainListId"])
        if _EVERYTHING in domains and every_type:
            return
    said = "no rule of its firewall blocks the rest" if rules else "no firewall stands before its resolver"
    yield Leak(vpc, vpc, f"{said}, so its hosts may ask for any name", tuple(passed))


def _rules(items: Items, vpc: str) -> Iterator[dict[str, Any]]:
    """Give the rules that a VPC's questions meet, in order."""
    associations = [one for one in items.of("ListFirewallRuleGroupAssociations") if one["VpcId"] == vpc]
    in_force = [one for one in associations if str(one.get("Status", "COMPLETE")) in _IN_FORCE]
    for association in sorted(in_force, key=lambda one: int(one.get("Priority", 0))):
        group = association["FirewallRuleGroupId"]
        rules = [rule for rule in items.of("ListFirewallRules") if rule["FirewallRuleGroupId"] == group]
        yield from sorted(rules, key=lambda rule: int(rule["Priority"]))


def _domains(items: Items, name: str) -> set[str]:
    """Give the domains of a list, without the final dot."""
    found: set[str] = set()
    for asked, domains in items.with_parameters("ListFirewallDomains"):
        if asked["FirewallDomainListId"] == name:
            found |= {domain["Domain"].rstrip(".") for domain in domains}
    return found


def _permitted(plan: Plan, domain: str) -> bool:
    """Say whether a domain is the range's own or AWS's in its Region."""
    bare = domain.removeprefix("*.")
    own = (names.dns_zone(plan), f"{plan.region}.amazonaws.com")
    return any(bare == one or bare.endswith(f".{one}") for one in own)
