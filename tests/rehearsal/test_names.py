"""Names: the resolver's firewall, and private zones that VPCs of other accounts see."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.rehearsal.conftest import HUB, REGION

Client = Callable[..., Any]
Refused = Callable[[str], Any]
RULE = {"CreatorRequestId": "1", "Name": "block", "Action": "BLOCK", "BlockResponse": "NXDOMAIN"}


@pytest.fixture
def resolver(client: Client) -> Any:
    """The resolver of the ally's account."""
    return client("route53resolver")


@pytest.fixture
def domains(resolver: Any) -> str:
    """A list of one domain."""
    made = resolver.create_firewall_domain_list(CreatorRequestId="1", Name="all")["FirewallDomainList"]["Id"]
    resolver.update_firewall_domains(FirewallDomainListId=made, Operation="ADD", Domains=["*"])
    return str(made)


@pytest.fixture
def rules(resolver: Any) -> str:
    """A group of rules without any."""
    return str(resolver.create_firewall_rule_group(CreatorRequestId="1", Name="wall")["FirewallRuleGroup"]["Id"])


@pytest.mark.parametrize(
    ("operation", "asked", "left"),
    [
        ("ADD", ["a.example", "*."], ["*.", "a.example."]),
        ("REMOVE", ["*"], []),
        ("REPLACE", ["b.example"], ["b.example."]),
    ],
)
def test_domains_are_added_removed_and_replaced(
    resolver: Any, domains: str, operation: str, asked: list[str], left: list[str]
) -> None:
    resolver.update_firewall_domains(FirewallDomainListId=domains, Operation=operation, Domains=asked)

    assert resolver.list_firewall_domains(FirewallDomainListId=domains)["Domains"] == left
    seen = resolver.get_firewall_domain_list(FirewallDomainListId=domains)["FirewallDomainList"]
    assert (seen["DomainCount"], seen["Status"]) == (len(left), "COMPLETE")


def test_rules_are_listed_by_priority_and_used_once(resolver: Any, domains: str, rules: str, refused: Refused) -> None:
    managed = next(
        each["Id"]
        for each in resolver.list_firewall_domain_lists()["FirewallDomainLists"]
        if each["Name"] == "AWSManagedDomainsMalwareDomainList"
    )
    for priority, listed in ((2, domains), (1, managed)):
        resolver.create_firewall_rule(**RULE, FirewallRuleGroupId=rules, FirewallDomainListId=listed, Priority=priority)

    with refused("ValidationException"):
        resolver.create_firewall_rule(**RULE, FirewallRuleGroupId=rules, FirewallDomainListId=domains, Priority=3)
    with refused("ConflictException"):
        resolver.delete_firewall_domain_list(FirewallDomainListId=domains)
    with refused("ConflictException"):
        resolver.delete_firewall_rule_group(FirewallRuleGroupId=rules)
    found = resolver.list_firewall_rules(FirewallRuleGroupId=rules)["FirewallRules"]
    assert [rule["FirewallDomainListId"] for rule in found] == [managed, domains]


@pytest.mark.parametrize("wrong", [{"BlockResponse": None}, {"Action": "ALLOW"}])
def test_a_rule_says_how_it_blocks_if_it_blocks(
    resolver: Any, domains: str, rules: str, refused: Refused, wrong: dict[str, Any]
) -> None:
    rule = {key: value for key, value in {**RULE, **wrong}.items() if value}

    with refused("ValidationException"):
        resolver.create_firewall_rule(**rule, FirewallRuleGroupId=rules, FirewallDomainListId=domains, Priority=1)


def test_a_rule_changes_and_goes(resolver: Any, domains: str, rules: str, refused: Refused) -> None:
    named = {"FirewallRuleGroupId": rules, "FirewallDomainListId": domains}
    resolver.create_firewall_rule(**RULE, **named, Priority=1)

    changed = resolver.update_firewall_rule(**named, Action="ALERT", Priority=7)["FirewallRule"]

    assert (changed["Action"], changed["Priority"], changed.get("BlockResponse")) == ("ALERT", 7, None)
    resolver.delete_firewall_rule(**named)
    with refused("ResourceNotFoundException"):
        resolver.delete_firewall_rule(**named)


def test_a_vpc_uses_a_group_until_it_is_parted(resolver: Any, rules: str, vpc: str, refused: Refused) -> None:
    wanted = {"CreatorRequestId": "1", "FirewallRuleGroupId": rules, "VpcId": vpc, "Name": "wall"}
    with refused("ValidationException"):
        resolver.associate_firewall_rule_group(**wanted, Priority=100)
    made = resolver.associate_firewall_rule_group(**wanted, Priority=101, MutationProtection="ENABLED")
    known = {"FirewallRuleGroupAssociationId": made["FirewallRuleGroupAssociation"]["Id"]}
    with refused("ConflictException"):
        resolver.delete_firewall_rule_group(FirewallRuleGroupId=rules)
    with refused("ValidationException"):
        resolver.disassociate_firewall_rule_group(**known)
    resolver.update_firewall_rule_group_association(**known, MutationProtection="DISABLED")

    resolver.disassociate_firewall_rule_group(**known)

    resolver.delete_firewall_rule_group(FirewallRuleGroupId=rules)
    assert resolver.list_firewall_rule_group_associations(VpcId=vpc)["FirewallRuleGroupAssociations"] == []


def test_a_vpc_fails_closed_unless_it_is_opened(resolver: Any, vpc: str, refused: Refused) -> None:
    before = resolver.get_firewall_config(ResourceId=vpc)["FirewallConfig"]["FirewallFailOpen"]

    resolver.update_firewall_config(ResourceId=vpc, FirewallFailOpen="ENABLED")

    configs = {
        each["ResourceId"]: each["FirewallFailOpen"] for each in resolver.list_firewall_configs()["FirewallConfigs"]
    }
    assert (before, configs[vpc]) == ("DISABLED", "ENABLED")
    with refused("ResourceNotFoundException"):
        resolver.get_firewall_config(ResourceId="vpc-0")


def test_things_of_the_firewall_are_tagged(resolver: Any) -> None:
    tags = [{"Key": "range:ally", "Value": "est"}]
    arn = resolver.create_firewall_rule_group(CreatorRequestId="1", Name="wall", Tags=tags)["FirewallRuleGroup"]["Arn"]

    resolver.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    resolver.untag_resource(ResourceArn=arn, TagKeys=["range:ally"])

    assert resolver.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]


@pytest.fixture
def zone(client: Client) -> str:
    """A private zone of the hub, in a VPC of the hub."""
    vpc = client("ec2", HUB).create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    made = client("route53", HUB).create_hosted_zone(
        Name="hub.range",
        CallerReference="1",
        VPC={"VPCRegion": REGION, "VPCId": vpc},
        HostedZoneConfig={"PrivateZone": True},
    )
    return str(made["HostedZone"]["Id"])


def test_a_vpc_of_another_account_sees_a_zone_once_its_owner_authorises_it(
    client: Client, zone: str, vpc: str, refused: Refused
) -> None:
    pair = {"HostedZoneId": zone, "VPC": {"VPCRegion": REGION, "VPCId": vpc}}
    hub, ally = client("route53", HUB), client("route53")
    for side in (hub, ally):
        with refused("NotAuthorizedException"):
            side.associate_vpc_with_hosted_zone(**pair)
    hub.create_vpc_association_authorization(**pair)
    with refused("NotAuthorizedException"):
        hub.associate_vpc_with_hosted_zone(**pair)

    ally.associate_vpc_with_hosted_zone(**pair)
    hub.delete_vpc_association_authorization(**pair)

    assert vpc in [each["VPCId"] for each in hub.get_hosted_zone(Id=zone)["VPCs"]]
    summary = ally.list_hosted_zones_by_vpc(VPCId=vpc, VPCRegion=REGION)["HostedZoneSummaries"]
    assert [each["Owner"]["OwningAccount"] for each in summary] == [HUB]
    assert hub.list_vpc_association_authorizations(HostedZoneId=zone)["VPCs"] == []
    ally.disassociate_vpc_from_hosted_zone(**pair)
    assert vpc not in [each["VPCId"] for each in hub.get_hosted_zone(Id=zone)["VPCs"]]


def test_what_is_not_there_is_not_associated(client: Client, zone: str, vpc: str, refused: Refused) -> None:
    hub = client("route53", HUB)
    with refused("NoSuchHostedZone"):
        hub.associate_vpc_with_hosted_zone(HostedZoneId="Z0", VPC={"VPCRegion": REGION, "VPCId": vpc})
    with refused("InvalidVPCId"):
        hub.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC={"VPCRegion": REGION, "VPCId": "vpc-0"})
    with refused("VPCAssociationAuthorizationNotFound"):
        hub.delete_vpc_association_authorization(HostedZoneId=zone, VPC={"VPCRegion": REGION, "VPCId": vpc})
    with refused("AccessDenied"):
        client("route53").list_vpc_association_authorizations(HostedZoneId=zone)
