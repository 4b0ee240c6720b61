"""Hosted zones and resolver rules, as AWS refuses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Refused = Callable[[str], Any]
Clients = Callable[..., Any]
OTHER_ALLY = "200000000002"
PRIVATE = {"HostedZoneConfig": {"PrivateZone": True}}


@pytest.fixture
def route53(clients: Clients) -> Any:
    """Route 53 of the ally's account."""
    return clients("route53")


@pytest.fixture
def place(vpc: str) -> dict[str, str]:
    """The VPC, as Route 53 names one."""
    return {"VPCRegion": "eu-west-2", "VPCId": vpc}


@pytest.fixture
def zone(route53: Any, place: dict[str, str]) -> str:
    """A private zone `range.internal` that the VPC sees."""
    made = route53.create_hosted_zone(Name="range.internal", CallerReference="one", VPC=place, **PRIVATE)
    return str(made["HostedZone"]["Id"])


def change(route53: Any, zone: str, action: str, **record: Any) -> None:
    """Change one record of a zone."""
    asked = {"Name": "collector.range.internal", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.1.0.10"}]}
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": asked | record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def elsewhere(clients: Clients) -> dict[str, str]:
    """Make a VPC in another ally's account."""
    made = clients("ec2", OTHER_ALLY).create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    return {"VPCRegion": "eu-west-2", "VPCId": made}


@pytest.mark.truth("zone-reference-used", "zone-domain-seen-twice")
def test_a_zone_is_made_once_and_seen_once_per_domain(
    route53: Any, place: dict[str, str], zone: str, refused: Refused
) -> None:
    with refused("HostedZoneAlreadyExists"):
        route53.create_hosted_zone(Name="other.internal", CallerReference="one", VPC=place, **PRIVATE)
    with refused("ConflictingDomainExists"):
        route53.create_hosted_zone(Name="range.internal", CallerReference="two", VPC=place, **PRIVATE)


@pytest.mark.truth("zone-with-records", "record-twice", "record-absent", "record-outside-the-zone")
def test_records_are_made_once_and_hold_their_zone(route53: Any, zone: str, refused: Refused) -> None:
    with refused("InvalidChangeBatch"):
        change(route53, zone, "DELETE")
    with refused("InvalidChangeBatch"):
        change(route53, zone, "CREATE", Name="collector.example.test")
    change(route53, zone, "CREATE")
    for address in ("10.1.0.10", "10.1.0.11"):
        with refused("InvalidChangeBatch"):
            change(route53, zone, "CREATE", ResourceRecords=[{"Value": address}])
    with refused("HostedZoneNotEmpty"):
        route53.delete_hosted_zone(Id=zone)

    change(route53, zone, "DELETE")
    route53.delete_hosted_zone(Id=zone)


def test_a_record_that_was_deleted_is_made_again_beside_others(route53: Any, zone: str) -> None:
    for name in ("collector.range.internal", "intel.range.internal"):
        change(route53, zone, "CREATE", Name=name)
    change(route53, zone, "DELETE")
    change(route53, zone, "CREATE")


@pytest.mark.truth("record-alias-name-in-company")
@pytest.mark.parametrize("name", ["collector.range.internal", "range.internal"])
def test_an_alias_name_stands_alone(name: str, route53: Any, zone: str, refused: Refused) -> None:
    change(route53, zone, "CREATE")
    with refused("InvalidChangeBatch"):
        change(route53, zone, "CREATE", Name=name, Type="CNAME", ResourceRecords=[{"Value": "intel.range.internal"}])


@pytest.mark.truth("zone-forced-on-a-vpc", "zone-taken-unasked", "zone-with-a-strangers-vpc")
def test_a_zone_and_another_accounts_vpc_meet_when_both_want_it(
    clients: Clients, route53: Any, zone: str, refused: Refused
) -> None:
    other = elsewhere(clients)
    theirs = clients("route53", OTHER_ALLY)
    with refused("NotAuthorizedException"):
        route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=other)
    with refused("NotAuthorizedException"):
        theirs.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=other)
    with refused("InvalidVPCId"):
        route53.create_hosted_zone(Name="other.internal", CallerReference="two", VPC=other, **PRIVATE)

    route53.create_vpc_association_authorization(HostedZoneId=zone, VPC=other)
    theirs.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=other)


@pytest.mark.truth("zone-public-with-a-vpc", "zone-last-vpc", "zone-not-seen")
def test_a_private_zone_keeps_its_last_vpc(
    clients: Clients, ec2: Any, route53: Any, place: dict[str, str], zone: str, refused: Refused
) -> None:
    second = {**place, "VPCId": ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]}
    with refused("VPCAssociationNotFound"):
        route53.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=second)
    with refused("LastVPCAssociation"):
        route53.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=place)
    public = route53.create_hosted_zone(Name="example.test", CallerReference="two")["HostedZone"]["Id"]
    with refused("PublicZoneVPCAssociation"):
        route53.associate_vpc_with_hosted_zone(HostedZoneId=public, VPC=second)

    route53.associate_vpc_with_hosted_zone(HostedZoneId=zone, VPC=second)
    route53.disassociate_vpc_from_hosted_zone(HostedZoneId=zone, VPC=place)


@pytest.mark.truth("delegation-set-used", "health-check-unknown")
def test_a_delegation_set_stays_while_zones_use_it(route53: Any, refused: Refused) -> None:
    shared = route53.create_reusable_delegation_set(CallerReference="set")["DelegationSet"]["Id"]
    route53.create_hosted_zone(Name="example.test", CallerReference="two", DelegationSetId=shared)
    with refused("DelegationSetInUse"):
        route53.delete_reusable_delegation_set(Id=shared)
    with refused("NoSuchHealthCheck"):
        route53.delete_health_check(HealthCheckId="11111111-1111-1111-1111-111111111111")


@pytest.mark.truth("resolver-rule-for-the-same-domain")
def test_a_vpc_has_one_resolver_rule_per_domain(clients: Clients, vpc: str, refused: Refused) -> None:
    resolver = clients("route53resolver")
    asked = {"RuleType": "SYSTEM", "DomainName": "partner.test"}
    one, two = (
        resolver.create_resolver_rule(CreatorRequestId=each, **asked)["ResolverRule"]["Id"] for each in ("one", "two")
    )
    resolver.associate_resolver_rule(ResolverRuleId=one, VPCId=vpc)
    with refused("ResourceExistsException"):
        resolver.associate_resolver_rule(ResolverRuleId=two, VPCId=vpc)

    resolver.disassociate_resolver_rule(ResolverRuleId=one, VPCId=vpc)
    resolver.associate_resolver_rule(ResolverRuleId=two, VPCId=vpc)


@pytest.mark.truth("resolver-endpoint-used", "resolver-rule-used", "resolver-rule-twice")
def test_resolver_rules_and_endpoints_keep_each_other(
    clients: Clients, ec2: Any, vpc: str, subnet: str, group: str, refused: Refused
) -> None:
    resolver = clients("route53resolver")
    made = ec2.create_subnet(VpcId=vpc, CidrBlock="10.1.1.0/24", AvailabilityZone="eu-west-2b")
    addresses = [{"SubnetId": subnet}, {"SubnetId": made["Subnet"]["SubnetId"]}]
    asked = {"CreatorRequestId": "one", "Name": "out", "Direction": "OUTBOUND", "SecurityGroupIds": [group]}
    endpoint = resolver.create_resolver_endpoint(**asked, IpAddresses=addresses)["ResolverEndpoint"]["Id"]
    rule = resolver.create_resolver_rule(
        CreatorRequestId="two",
        Name="partner",
        RuleType="FORWARD",
        DomainName="partner.test",
        TargetIps=[{"Ip": "10.9.0.2", "Port": 53}],
        ResolverEndpointId=endpoint,
    )["ResolverRule"]["Id"]
    resolver.associate_resolver_rule(ResolverRuleId=rule, VPCId=vpc)
    with refused("ResourceExistsException"):
        resolver.associate_resolver_rule(ResolverRuleId=rule, VPCId=vpc)
    with refused("ResourceInUseException"):
        resolver.delete_resolver_rule(ResolverRuleId=rule)
    with refused("InvalidRequestException"):
        resolver.delete_resolver_endpoint(ResolverEndpointId=endpoint)

    resolver.disassociate_resolver_rule(ResolverRuleId=rule, VPCId=vpc)
    resolver.delete_resolver_rule(ResolverRuleId=rule)
    resolver.delete_resolver_endpoint(ResolverEndpointId=endpoint)


@pytest.mark.truth("resolver-rule-of-others")
def test_a_resolver_rule_of_others_must_be_shared(clients: Clients, vpc: str, refused: Refused) -> None:
    asked = {"CreatorRequestId": "one", "RuleType": "SYSTEM", "DomainName": "partner.test"}
    rule = clients("route53resolver", account="100000000002").create_resolver_rule(**asked)["ResolverRule"]["Id"]
    with refused("ResourceNotFoundException"):
        clients("route53resolver").associate_resolver_rule(ResolverRuleId=rule, VPCId=vpc)
