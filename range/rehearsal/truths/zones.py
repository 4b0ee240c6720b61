"""Route 53: hosted zones, their records and their VPCs, and resolver rules."""

from __future__ import annotations

from typing import Any

from range.rehearsal.call import Call
from range.rehearsal.truths.rows import Truth
from range.rehearsal.truths.stores import store, stores

_MODEL = "botocore 1.44.5, Route 53 2013-04-01, {} (read 2026-11-22)"
_RESOLVER = "botocore 1.44.5, Route 53 Resolver 2018-04-01, {} (read 2026-11-22)"


def _zone(call: Call) -> Any:
    """Find the zone that a call names, whoever owns it; None where there is none."""
    named = str(call.params.get("HostedZoneId", "")).rpartition("/")[2]
    return next((kept.zones[named] for kept in stores(call, "route53") if named in kept.zones), None)


def _reference_used(call: Call) -> str | None:
    reference = call.params.get("CallerReference")
    if not any(zone.caller_reference == reference for zone in store(call).zones.values()):
        return None
    return f"The hosted zone with caller reference {reference} already exists."


def _changes(call: Call) -> list[Any]:
    """Give the changes of a batch."""
    return list(call.params.get("ChangeBatch", {}).get("Changes", ()))


def _name(record: Any) -> str:
    """Give a record's full name."""
    return str(record["Name"]).rstrip(".") + "."


def _creates_what_is_there(call: Call) -> str | None:
    zone = _zone(call)
    for change in _changes(call) if zone is not None else ():
        record = change["ResourceRecordSet"]
        kept = {(each.name.rstrip(".") + ".", each.type, each.set_identifier) for each in zone.rrsets}
        if change["Action"] == "CREATE" and (_name(record), record["Type"], record.get("SetIdentifier")) in kept:
            named = f"[name='{_name(record)}', type='{record['Type']}']"
            return f"[Tried to create resource record set {named} but it already exists]"
    return None


def _deletes_what_is_not_there(call: Call) -> str | None:
    zone = _zone(call)
    for change in _changes(call) if zone is not None else ():
        record = change["ResourceRecordSet"]
        kept = {(each.name.rstrip(".") + ".", each.type) for each in zone.rrsets}
        if change["Action"] == "DELETE" and (_name(record), record["Type"]) not in kept:
            return f"[Tried to delete resource record set [name='{_name(record)}', type='{record['Type']}'] but it was not found]"
    return None


def _alias_name_in_company(call: Call) -> str | None:
    zone = _zone(call)
    for change in _changes(call) if zone is not None else ():
        record = change["ResourceRecordSet"]
        if change["Action"] == "DELETE" or record["Type"] != "CNAME":
            continue
        others = {each.type for each in zone.rrsets if each.name.rstrip(".") + "." == _name(record)} - {"CNAME"}
        if others or _name(record) == zone.name.rstrip(".") + ".":
            return f"[RRSet of type CNAME with DNS name {_name(record)} is not permitted beside other types or at the apex]"
    return None


def _same_domain(call: Call) -> str | None:
    zone, vpc = _zone(call), call.params.get("VPC", {}).get("VPCId")
    name = zone.name if zone is not None else call.params.get("Name", "").rstrip(".") + "."
    every = (each for kept in stores(call, "route53") for each in kept.zones.values() if each is not zone)
    if not vpc or not any(each.name == name and any(seen["vpc_id"] == vpc for seen in each.vpcs) for each in every):
        return None
    return f"The VPC {vpc} in region {call.params['VPC'].get('VPCRegion')} has already been associated with the same domain"


def _not_associated(call: Call) -> str | None:
    zone, vpc = _zone(call), call.params.get("VPC", {}).get("VPCId")
    if zone is None or any(seen["vpc_id"] == vpc for seen in zone.vpcs):
        return None
    return f"The VPC: {vpc} is not associated with the hosted zone {zone.resource_id}."


def _delegation_set_used(call: Call) -> str | None:
    named = str(call.params.get("Id", "")).rpartition("/")[2]
    zones = (zone for zone in store(call).zones.values() if zone.delegation_set is not None)
    if not any(str(zone.delegation_set.id).rpartition("/")[2] == named for zone in zones):
        return None
    return f"Delegation set with id {named} can't be deleted: hosted zones use it."


def _unknown_health_check(call: Call) -> str | None:
    named = call.params.get("HealthCheckId")
    return None if named in store(call).health_checks else f"A health check with id {named} does not exist."


def _rules_of_the_vpc(call: Call) -> set[str]:
    """Give the resolver rules that the VPC that a call names has."""
    associations = store(call).resolver_rule_associations.values()
    return {each.resolver_rule_id for each in associations if each.vpc_id == call.params.get("VPCId")}


def _rule_twice(call: Call) -> str | None:
    if call.params.get("ResolverRuleId") not in _rules_of_the_vpc(call):
        return None
    return f"VPC {call.params['VPCId']} already has this rule."


def _rule_for_the_same_domain(call: Call) -> str | None:
    rules, known = store(call).resolver_rules, _rules_of_the_vpc(call)
    rule = rules.get(call.params.get("ResolverRuleId"))
    if rule is None or rule.domain_name not in {rules[each].domain_name for each in known if each in rules}:
        return None
    return f"VPC {call.params['VPCId']} already has a rule for {rule.domain_name}."


TRUTHS = (
    Truth(
        name="zone-reference-used",
        calls=("route53.CreateHostedZone",),
        when="the caller reference was used",
        code="HostedZoneAlreadyExists",
        source=_MODEL.format("CreateHostedZone"),
        confidence="documented",
        check=_reference_used,
        status=409,
    ),
    Truth(
        name="zone-with-records",
        calls=("route53.DeleteHostedZone",),
        when="it has records besides NS and SOA",
        code="HostedZoneNotEmpty",
        source=_MODEL.format("DeleteHostedZone"),
        confidence="documented",
    ),
    Truth(
        name="record-twice",
        calls=("route53.ChangeResourceRecordSets",),
        when="a record that exists is to be created",
        code="InvalidChangeBatch",
        source=_MODEL.format("ChangeResourceRecordSets"),
        confidence="documented",
        check=_creates_what_is_there,
    ),
    Truth(
        name="record-absent",
        calls=("route53.ChangeResourceRecordSets",),
        when="a record that doesn't exist is to be deleted",
        code="InvalidChangeBatch",
        source=_MODEL.format("ChangeResourceRecordSets"),
        confidence="documented",
        check=_deletes_what_is_not_there,
    ),
    Truth(
        name="record-alias-name-in-company",
        calls=("route53.ChangeResourceRecordSets",),
        when="a CNAME is to stand beside other types, or at the apex",
        code="InvalidChangeBatch",
        source=_MODEL.format("ChangeResourceRecordSets"),
        confidence="documented",
        check=_alias_name_in_company,
    ),
    Truth(
        name="record-outside-the-zone",
        calls=("route53.ChangeResourceRecordSets",),
        when="the name isn't in the zone",
        code="InvalidChangeBatch",
        source=_MODEL.format("ChangeResourceRecordSets"),
        confidence="documented",
    ),
    Truth(
        name="zone-forced-on-a-vpc",
        calls=("route53.AssociateVPCWithHostedZone",),
        when="the zone's owner associates another account's VPC",
        code="NotAuthorizedException",
        source="https://github.com/hashicorp/terraform/issues/12804",
        confidence="seen_in_issue",
    ),
    Truth(
        name="zone-taken-unasked",
        calls=("route53.AssociateVPCWithHostedZone",),
        when="the VPC's owner associates it and the zone's owner gave no authorisation",
        code="NotAuthorizedException",
        source="https://github.com/hashicorp/terraform/issues/24286",
        confidence="seen_in_issue",
    ),
    Truth(
        name="zone-domain-seen-twice",
        calls=("route53.AssociateVPCWithHostedZone", "route53.CreateHostedZone"),
        when="the VPC sees a private zone of that domain",
        code="ConflictingDomainExists",
        source="https://github.com/confluentinc/terraform-provider-confluent/issues/395",
        confidence="seen_in_issue",
        check=_same_domain,
    ),
    Truth(
        name="zone-with-a-strangers-vpc",
        calls=("route53.CreateHostedZone",),
        when="a private zone is to begin with another account's VPC",
        code="InvalidVPCId",
        source="https://github.com/aws/aws-app-mesh-examples/issues/432",
        confidence="seen_in_issue",
    ),
    Truth(
        name="zone-public-with-a-vpc",
        calls=("route53.AssociateVPCWithHostedZone",),
        when="the zone is public",
        code="PublicZoneVPCAssociation",
        source=_MODEL.format("AssociateVPCWithHostedZone"),
        confidence="documented",
    ),
    Truth(
        name="zone-last-vpc",
        calls=("route53.DisassociateVPCFromHostedZone",),
        when="it is the zone's last VPC",
        code="LastVPCAssociation",
        source=_MODEL.format("DisassociateVPCFromHostedZone"),
        confidence="documented",
    ),
    Truth(
        name="zone-not-seen",
        calls=("route53.DisassociateVPCFromHostedZone",),
        when="the VPC isn't associated with the zone",
        code="VPCAssociationNotFound",
        source=_MODEL.format("DisassociateVPCFromHostedZone"),
        confidence="documented",
        check=_not_associated,
        status=404,
    ),
    Truth(
        name="delegation-set-used",
        calls=("route53.DeleteReusableDelegationSet",),
        when="hosted zones use it",
        code="DelegationSetInUse",
        source=_MODEL.format("DeleteReusableDelegationSet"),
        confidence="documented",
        check=_delegation_set_used,
    ),
    Truth(
        name="health-check-unknown",
        calls=("route53.DeleteHealthCheck",),
        when="there is none of that id",
        code="NoSuchHealthCheck",
        source=_MODEL.format("DeleteHealthCheck"),
        confidence="documented",
        check=_unknown_health_check,
        status=404,
    ),
    Truth(
        name="resolver-endpoint-used",
        calls=("route53resolver.DeleteResolverEndpoint",),
        when="rules use it",
        code="InvalidRequestException",
        source=_RESOLVER.format("DeleteResolverEndpoint"),
        confidence="documented",
    ),
    Truth(
        name="resolver-rule-used",
        calls=("route53resolver.DeleteResolverRule",),
        when="a VPC uses it",
        code="ResourceInUseException",
        source=_RESOLVER.format("DeleteResolverRule"),
        confidence="documented",
    ),
    Truth(
        name="resolver-rule-twice",
        calls=("route53resolver.AssociateResolverRule",),
        when="the VPC has this rule",
        code="ResourceExistsException",
        source=_RESOLVER.format("AssociateResolverRule"),
        confidence="documented",
        check=_rule_twice,
    ),
    Truth(
        name="resolver-rule-for-the-same-domain",
        calls=("route53resolver.AssociateResolverRule",),
        when="the VPC has another rule for its domain",
        code="ResourceExistsException",
        source=f"{_RESOLVER.format('AssociateResolverRule')}; the choice of code is from memory",
        confidence="general_knowledge",
        check=_rule_for_the_same_domain,
    ),
    Truth(
        name="resolver-rule-of-others",
        calls=("route53resolver.AssociateResolverRule",),
        when="the rule is another account's and isn't shared with the caller",
        code="ResourceNotFoundException",
        source="https://github.com/hashicorp/terraform-provider-aws/issues/11902",
        confidence="seen_in_issue",
    ),
)
