"""A small cloud in memory that answers a snapshot's calls, to make ranges and faults without any emulator.

Its methods are boto3's, and take and give what boto3's do as far as the tests need it: a fault is therefore written
once, and can be made here, in a rehearsal and on AWS. It keeps what it is told and refuses nothing, and shares no code
with what it tests. It shows neither local nor propagated routes: what follows by rule must be derived.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import cast

from range.cloud.sessions import Account
from range.records.snapshot import GLOBAL, Answer, Page, Snapshot, order
from range.verify.taking import about_identities
from tests.verify.cloud.others import Others
from tests.verify.cloud.shelf import Item
from tests.verify.identity.accounts import State, Told

TAKEN = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_EC2 = {
    "DescribeVpcs": "Vpcs",
    "DescribeSubnets": "Subnets",
    "DescribeRouteTables": "RouteTables",
    "DescribeNetworkInterfaces": "NetworkInterfaces",
    "DescribeSecurityGroups": "SecurityGroups",
    "DescribeSecurityGroupRules": "SecurityGroupRules",
    "DescribeNetworkAcls": "NetworkAcls",
    "DescribeInternetGateways": "InternetGateways",
    "DescribeEgressOnlyInternetGateways": "EgressOnlyInternetGateways",
    "DescribeNatGateways": "NatGateways",
    "DescribeVpcPeeringConnections": "VpcPeeringConnections",
    "DescribeTransitGateways": "TransitGateways",
    "DescribeTransitGatewayAttachments": "TransitGatewayAttachments",
    "DescribeTransitGatewayVpcAttachments": "TransitGatewayVpcAttachments",
    "DescribeTransitGatewayRouteTables": "TransitGatewayRouteTables",
    "DescribeManagedPrefixLists": "PrefixLists",
    "DescribeVpcEndpoints": "VpcEndpoints",
    "DescribeVpcEndpointServiceConfigurations": "ServiceConfigurations",
    "DescribeAddresses": "Addresses",
    "DescribeTrafficMirrorSessions": "TrafficMirrorSessions",
    "DescribeTrafficMirrorTargets": "TrafficMirrorTargets",
    "DescribeFlowLogs": "FlowLogs",
    "DescribeInstanceConnectEndpoints": "InstanceConnectEndpoints",
    "DescribeVpnGateways": "VpnGateways",
    "DescribeVpnConnections": "VpnConnections",
    "DescribeCarrierGateways": "CarrierGateways",
    "DescribeLocalGatewayVirtualInterfaceGroups": "LocalGatewayVirtualInterfaceGroups",
    "DescribeTransitGatewayConnects": "TransitGatewayConnects",
    "DescribeTransitGatewayMulticastDomains": "TransitGatewayMulticastDomains",
    "DescribeTransitGatewayPolicyTables": "TransitGatewayPolicyTables",
    "DescribeSecurityGroupVpcAssociations": "SecurityGroupVpcAssociations",
    "DescribeClientVpnEndpoints": "ClientVpnEndpoints",
    "DescribeVerifiedAccessEndpoints": "VerifiedAccessEndpoints",
    "DescribeSecondaryInterfaces": "SecondaryInterfaces",
}
_RESOLVER = {
    "ListResolverEndpoints": "ResolverEndpoints",
    "ListResolverRules": "ResolverRules",
    "ListResolverRuleAssociations": "ResolverRuleAssociations",
    "ListResolverQueryLogConfigs": "ResolverQueryLogConfigs",
    "ListResolverQueryLogConfigAssociations": "ResolverQueryLogConfigAssociations",
    "ListFirewallRuleGroupAssociations": "FirewallRuleGroupAssociations",
    "ListFirewallConfigs": "FirewallConfigs",
}
LISTED = (
    *(("ec2", operation, kind) for operation, kind in _EC2.items()),
    *(("route53resolver", operation, kind) for operation, kind in _RESOLVER.items()),
    ("vpc-lattice", "ListServiceNetworkVpcAssociations", "items"),
    ("route53", "ListHostedZones", "HostedZones"),
    ("s3", "ListBuckets", "Buckets"),
)


def part_of(what: str, block: str) -> str:
    """Give the first /64 of an IPv6 block, or an address in it."""
    whole = ip_network(block)
    return str(next(whole.subnets(new_prefix=64))) if what == "first_64" else str(whole[16])


class Cloud(Others):
    """Accounts, and everything in them. `call` is the door."""

    def __init__(self, exercise: str, region: str, accounts: tuple[str, ...]) -> None:
        super().__init__(region)
        self.exercise, self.accounts = exercise, accounts
        self.identities: dict[str, State] = {}
        """What accounts hold of identities; the hub's is the first account."""

    def call(self, account: str, operation: str, parameters: Item) -> Item:
        """Do what `boto3.client(service).method(**parameters)` does in an account; `service.method` is the operation."""
        act: Callable[[str, Item], Item] = getattr(self, operation.partition(".")[2])
        return act(account, copy.deepcopy(parameters))

    def look(self, _: str, what: str, of: str) -> str:
        """Look something up that no call gave: the association of a subnet with its ACL, or a part of a block."""
        if what != "acl_association":
            return part_of(what, of)
        every = [one for acl in self.of("NetworkAcls") for one in acl["Associations"]]
        return next(str(one["NetworkAclAssociationId"]) for one in every if one["SubnetId"] == of)

    def snapshot(self) -> Snapshot:
        """Give what a snapshot of all accounts would be."""
        answers = [answer for account in self.accounts for answer in self.answers(account)]
        return Snapshot(
            exercise=self.exercise,
            region=self.region,
            taken=TAKEN,
            steady=True,
            answers=tuple(sorted(answers, key=order)),
        )

    def answers(self, account: str) -> Iterator[Answer]:
        """Give one account's answers to every call of a snapshot."""
        for service, operation, kind in LISTED:
            yield self._answer(account, service, operation, {kind: self.seen(kind, account)})
        for table in self.own("TransitGatewayRouteTables", account):
            yield from self._table_answers(account, table)
        for one in self.own("PrefixLists", account):
            asked = {"PrefixListId": one["PrefixListId"]}
            entries = {"Entries": copy.deepcopy(one["_entries"])}
            yield self._answer(account, "ec2", "GetManagedPrefixListEntries", entries, asked)
        for zone in self.own("HostedZones", account):
            vpcs = {"VPCs": copy.deepcopy(zone["_vpcs"])}
            yield self._answer(account, "route53", "GetHostedZone", vpcs, {"Id": zone["Id"]})
        yield from self._firewall_answers(account)
        buckets = tuple(self.seen("Buckets", account))
        told = Told(account, self.region, self.identities.get(account, {}))
        yield from about_identities(cast("Account", told), self.region, self.accounts, buckets)

    def _table_answers(self, account: str, table: Item) -> Iterator[Answer]:
        """Give what is asked about a transit gateway's route table."""
        asked = {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"]}
        associations = {"Associations": copy.deepcopy(table["_associations"])}
        yield self._answer(account, "ec2", "GetTransitGatewayRouteTableAssociations", associations, asked)
        propagations = {"TransitGatewayRouteTablePropagations": copy.deepcopy(table["_propagations"])}
        yield self._answer(account, "ec2", "GetTransitGatewayRouteTablePropagations", propagations, asked)
        routes = {"Routes": copy.deepcopy(table["_routes"]), "AdditionalRoutesAvailable": False}
        every = [{"Name": "state", "Values": ["active", "blackhole"]}]
        yield self._answer(account, "ec2", "SearchTransitGatewayRoutes", routes, {**asked, "Filters": every})

    def _firewall_answers(self, account: str) -> Iterator[Answer]:
        """Give what is asked about rule groups that are in use, and the lists that their rules name."""
        groups = {one["FirewallRuleGroupId"] for one in self.own("FirewallRuleGroupAssociations", account)}
        named: set[str] = set()
        for group in sorted(groups):
            rules = [rule for rule in self.seen("FirewallRules", account) if rule["FirewallRuleGroupId"] == group]
            named |= {rule["FirewallDomainListId"] for rule in rules}
            asked = {"FirewallRuleGroupId": group}
            yield self._answer(account, "route53resolver", "ListFirewallRules", {"FirewallRules": rules}, asked)
        for name in sorted(named):
            domains = {"Domains": list(self.find("FirewallDomainLists", "Id", name)["_domains"])}
            asked = {"FirewallDomainListId": name}
            yield self._answer(account, "route53resolver", "ListFirewallDomains", domains, asked)

    def _answer(self, account: str, service: str, operation: str, result: Item, asked: Item | None = None) -> Answer:
        return Answer(
            account=account,
            region=GLOBAL if service in {"route53", "s3"} else self.region,
            service=service,
            operation=operation,
            parameters=asked or {},
            pages=(Page(token=None, result=result),),
        )
