"""Route 53: zones, and the resolver inside VPCs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from range.cloud.resources.kinds import Found, Item, Kind, Place, by, pages, tag_mapping, tagged

_OURS = "[?OwnerId!='Route 53 Resolver DNS Firewall']"
"""AWS offers lists of its own to every account."""
_BATCH = 500
"""AWS takes 1,000 record sets at once. Source: Route 53 API Reference, ChangeResourceRecordSets (read 2026-11-22)."""


def _zones(place: Place) -> Iterator[Item]:
    """List hosted zones with the VPC that the first of their associations names."""
    for zone in pages("route53", "list_hosted_zones", "HostedZones")(place):
        yield {**zone, "Zone": zone["Id"].rsplit("/", 1)[-1]}


def _empty_zone(place: Place, found: Found) -> object:
    """Delete a zone's records, all but its own NS and SOA, then the zone."""
    changes = [
        {"Action": "DELETE", "ResourceRecordSet": record}
        for page in place.pages("route53", "list_resource_record_sets", HostedZoneId=found.id)
        for record in page["ResourceRecordSets"]
        if not (record["Type"] in ("NS", "SOA") and record["Name"] == found.item["Name"])
    ]
    for start in range(0, len(changes), _BATCH):
        batch = {"Changes": changes[start : start + _BATCH]}
        place.call("route53", "change_resource_record_sets", HostedZoneId=found.id, ChangeBatch=batch)
    return place.call("route53", "delete_hosted_zone", Id=found.id)


def _zone_tags(place: Place, found: Found) -> Mapping[str, str]:
    answer = place.call("route53", "list_tags_for_resource", ResourceType="hostedzone", ResourceId=found.id)
    return tag_mapping(answer["ResourceTagSet"].get("Tags"))


_TAGGED = tagged("route53resolver", "list_tags_for_resource", "ResourceArn", key="Arn")


def _delete_domain_list(place: Place, found: Found) -> object:
    return place.call("route53resolver", "delete_firewall_domain_list", FirewallDomainListId=found.id)


def _empty_groups(place: Place, groups: Sequence[Found]) -> None:
    """Delete the rules of these groups, which AWS wants gone first."""
    for group in groups:
        for page in place.pages("route53resolver", "list_firewall_rules", FirewallRuleGroupId=group.id):
            for rule in page["FirewallRules"]:
                place.call("route53resolver", "delete_firewall_rule", FirewallRuleGroupId=group.id,
                           FirewallDomainListId=rule["FirewallDomainListId"])  # fmt: skip


def _delete_endpoint(place: Place, found: Found) -> object:
    return place.call("route53resolver", "delete_resolver_endpoint", ResolverEndpointId=found.id)


KINDS = (
    Kind("route53:zone", "route53", _zones, "Zone", _empty_zone, scope="global", tagger=_zone_tags),
    Kind("route53resolver:firewall-rule-group", "route53resolver",
         pages("route53resolver", "list_firewall_rule_groups", f"FirewallRuleGroups{_OURS}"), "Id",
         by("route53resolver", "delete_firewall_rule_group", "FirewallRuleGroupId"), prepare=_empty_groups,
         tagger=_TAGGED, after=("route53resolver:firewall-association",)),
    Kind("route53resolver:firewall-association", "route53resolver",
         pages("route53resolver", "list_firewall_rule_group_associations", "FirewallRuleGroupAssociations"), "Id",
         by("route53resolver", "disassociate_firewall_rule_group", "FirewallRuleGroupAssociationId"), parent="VpcId",
         tagger=_TAGGED, state="Status", ending=frozenset({"deleting"}), inside=("ec2:vpc",)),
    Kind("route53resolver:firewall-domain-list", "route53resolver",
         pages("route53resolver", "list_firewall_domain_lists", "FirewallDomainLists[?ManagedOwnerName==null]"), "Id",
         _delete_domain_list, tagger=_TAGGED, after=("route53resolver:firewall-rule-group",)),
    Kind("route53resolver:endpoint", "route53resolver",
         pages("route53resolver", "list_resolver_endpoints", "ResolverEndpoints"), "Id", _delete_endpoint,
         parent="HostVPCId", state="Status", ending=frozenset({"deleting"}), inside=("ec2:vpc",)),
    Kind("route53resolver:rule", "route53resolver",
         lambda place: (rule for rule in pages("route53resolver", "list_resolver_rules", "ResolverRules")(place)
                        if rule.get("OwnerId") == place.account.id), "Id",
         by("route53resolver", "delete_resolver_rule", "ResolverRuleId")),
    Kind("route53resolver:query-log-config", "route53resolver",
         pages("route53resolver", "list_resolver_query_log_configs", "ResolverQueryLogConfigs"), "Id",
         by("route53resolver", "delete_resolver_query_log_config", "ResolverQueryLogConfigId"), state="Status",
         ending=frozenset({"deleting"})),
)  # fmt: skip
"""One row per type of name service."""
