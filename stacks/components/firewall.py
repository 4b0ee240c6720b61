"""Which names hosts may ask for at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import route53

_ALLOWED_FIRST, _REST_AFTER = 100, 200
_GROUP_PRIORITY = 101
"""The lowest that AWS leaves to its users.

Source: Route 53 Resolver API Reference, AssociateFirewallRuleGroup, Priority (read 2026-11-22).
"""


@dataclass(frozen=True)
class NameFirewallArgs:
    """Which names a VPC's hosts may ask for."""

    name: str
    vpc_id: pulumi.Output[str]
    allowed: tuple[str, ...]
    """Domains; each stands for what is below it too."""
    rest: Literal["ALERT", "BLOCK"]
    """What happens to all others: blocked, or where the file allows egress, let through and noted."""


class NameFirewall(pulumi.ComponentResource):
    """A fence around the VPC's resolver, which answers whatever groups and ACLs say, and could carry data out."""

    def __init__(self, name: str, args: NameFirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Make the lists and rules, then put them before the VPC's resolver, which stays silent where they fail."""
        super().__init__("range:names:NameFirewall", name, None, opts)
        self._name = args.name
        domains = [pattern for domain in args.allowed for pattern in (domain, f"*.{domain}")]
        group = route53.ResolverFirewallRuleGroup(name, name=args.name, opts=self._within())
        rules = [
            self._rule(group, "allowed", domains, _ALLOWED_FIRST, "ALLOW"),
            self._rule(group, "rest", ["*"], _REST_AFTER, args.rest),
        ]
        route53.ResolverFirewallConfig(
            name, resource_id=args.vpc_id, firewall_fail_open="DISABLED", opts=self._within()
        )
        route53.ResolverFirewallRuleGroupAssociation(
            name,
            name=args.name,
            firewall_rule_group_id=group.id,
            vpc_id=args.vpc_id,
            priority=_GROUP_PRIORITY,
            mutation_protection="DISABLED",
            opts=pulumi.ResourceOptions(parent=self, depends_on=rules),
        )
        self.register_outputs({})

    def _within(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _rule(
        self, group: route53.ResolverFirewallRuleGroup, which: str, domains: list[str], priority: int, action: str
    ) -> pulumi.Resource:
        full_name = f"{self._name}-{which}"
        listed = route53.ResolverFirewallDomainList(which, name=full_name, domains=domains, opts=self._within())
        return route53.ResolverFirewallRule(
            which,
            name=full_name,
            firewall_rule_group_id=group.id,
            firewall_domain_list_id=listed.id,
            priority=priority,
            action=action,
            block_response="NXDOMAIN" if action == "BLOCK" else None,
            opts=self._within(),
        )
