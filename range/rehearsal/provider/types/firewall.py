"""The DNS firewall: which names a network may look up."""

from __future__ import annotations

import uuid
from typing import Any

from range.rehearsal.provider.rows import (
    DROP,
    ID,
    PUT,
    Mark,
    Row,
    Tags,
    call,
    changed,
    fixed,
    later,
    mutable,
    output,
    status,
    the,
)
from range.rehearsal.provider.shapes import Many, Shape, Text, Whole
from range.rehearsal.provider.types.names import DomainName
from range.rehearsal.provider.work import Work

_GONE = ("ResourceNotFoundException",)
_TOKEN = Mark(lambda work: uuid.uuid4().hex)
_ARN = Mark(lambda work: work.old["arn"])


def _tags() -> Tags:
    return Tags(
        put=call("tag_resource", ResourceArn=_ARN, Tags=PUT),
        drop=call("untag_resource", ResourceArn=_ARN, TagKeys=DROP),
    )


def _with_tags(operation: str, key: str, result: str) -> Any:
    """Look at something of the firewall, and at its tags."""

    def look(work: Work) -> Any:
        found = work.ask(operation, **{key: work.id})[result]
        tags = work.ask("list_tags_for_resource", ResourceArn=found["Arn"])["Tags"]
        return {**found, "Tags": tags}

    return look


def _domain_list(work: Work) -> Any:
    """Look at a list and the names on it."""
    found = _with_tags("get_firewall_domain_list", "FirewallDomainListId", "FirewallDomainList")(work)
    domains = [
        name for page in work.pages("list_firewall_domains", FirewallDomainListId=work.id) for name in page["Domains"]
    ]
    return {**found, "Domains": domains}


def _write_domains(work: Work) -> None:
    """Write the names that are wanted in place of those that are there, and wait until it is done."""
    domains = work.value("domains") or []
    operation, some = ("REPLACE", domains) if domains else ("REMOVE", work.old.get("domains") or [])
    work.ask("update_firewall_domains", FirewallDomainListId=work.id, Operation=operation, Domains=some)


DOMAIN_LIST = Row(
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
    "Route 53 Resolver Firewall Domain List",
    "route53resolver",
    create=call("create_firewall_domain_list", "FirewallDomainList", CreatorRequestId=_TOKEN),
    id="Id",
    read=_domain_list,
    delete=(call("delete_firewall_domain_list", FirewallDomainListId=ID),),
    absent=_GONE,
    busy=("ConflictException",),
    tags=_tags(),
    status=status("Status", "COMPLETE COMPLETE_IMPORT_FAILED", failed="COMPLETE_IMPORT_FAILED"),
    fields=(
        fixed("name", auto=str),
        later("domains", _write_domains, shape=Many(DomainName()), default=[]),
        output("arn"),
    ),
)

RULE_GROUP = Row(
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
    "Route 53 Resolver Firewall Rule Group",
    "route53resolver",
    create=call("create_firewall_rule_group", "FirewallRuleGroup", CreatorRequestId=_TOKEN),
    id="Id",
    read=_with_tags("get_firewall_rule_group", "FirewallRuleGroupId", "FirewallRuleGroup"),
    delete=(call("delete_firewall_rule_group", FirewallRuleGroupId=ID),),
    absent=_GONE,
    busy=("ConflictException",),
    tags=_tags(),
    fields=(fixed("name", auto=str), output("arn"), output("ownerId"), output("shareStatus")),
)


def _rule(work: Work) -> Any:
    """Find a rule of a group by the list that it is about."""
    for page in work.pages("list_firewall_rules", FirewallRuleGroupId=work.value("firewallRuleGroupId")):
        for rule in page["FirewallRules"]:
            if rule.get("FirewallDomainListId") == work.value("firewallDomainListId"):
                return rule
    return None


_RULE = {
    "FirewallRuleGroupId": the("firewallRuleGroupId"),
    "FirewallDomainListId": the("firewallDomainListId"),
    "Qtype": the("qType"),
}
_UPDATE_RULE = call(
    "update_firewall_rule",
    **_RULE,
    Name=the("name"),
    Priority=the("priority"),
    Action=the("action"),
    BlockResponse=the("blockResponse"),
    BlockOverrideDomain=the("blockOverrideDomain"),
    BlockOverrideDnsType=the("blockOverrideDnsType"),
    BlockOverrideTtl=the("blockOverrideTtl"),
    FirewallDomainRedirectionAction=the("firewallDomainRedirectionAction"),
)


def _of_rule(name: str, shape: Shape = Text(), **more: Any) -> Any:
    return mutable(name, _UPDATE_RULE, "", shape, **more)


RULE = Row(
    "aws:route53/resolverFirewallRule:ResolverFirewallRule",
    "Route 53 Resolver Firewall Rule",
    "route53resolver",
    create=call("create_firewall_rule", CreatorRequestId=_TOKEN),
    id="{firewallRuleGroupId}:{firewallDomainListId}",
    imports="{firewallRuleGroupId}:{firewallDomainListId}",
    read=_rule,
    delete=(call("delete_firewall_rule", **_RULE),),
    absent=_GONE,
    fields=(
        fixed("firewallRuleGroupId", required=True),
        fixed("firewallDomainListId", required=True),
        fixed("qType", "Qtype"),
        _of_rule("name", auto=str),
        _of_rule("action", required=True),
        _of_rule("priority", Whole(), required=True),
        _of_rule("blockResponse", default=None),
        _of_rule("blockOverrideDomain", default=None),
        _of_rule("blockOverrideDnsType", default=None),
        _of_rule("blockOverrideTtl", Whole(), default=None),
        _of_rule("firewallDomainRedirectionAction", default="INSPECT_REDIRECTION_DOMAIN"),
    ),
)

_UPDATE_ASSOCIATION = call(
    "update_firewall_rule_group_association",
    FirewallRuleGroupAssociationId=ID,
    Name=changed("name"),
    Priority=changed("priority"),
    MutationProtection=changed("mutationProtection"),
)


ASSOCIATION = Row(
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
    "Route 53 Resolver Firewall Rule Group Association",
    "route53resolver",
    create=call("associate_firewall_rule_group", "FirewallRuleGroupAssociation", CreatorRequestId=_TOKEN),
    id="Id",
    read=_with_tags(
        "get_firewall_rule_group_association", "FirewallRuleGroupAssociationId", "FirewallRuleGroupAssociation"
    ),
    delete=(call("disassociate_firewall_rule_group", FirewallRuleGroupAssociationId=ID),),
    absent=_GONE,
    tags=_tags(),
    status=status("Status", "COMPLETE", gone="DELETED"),
    fields=(
        mutable("name", _UPDATE_ASSOCIATION, auto=str),
        fixed("firewallRuleGroupId", required=True),
        fixed("vpcId", required=True),
        mutable("priority", _UPDATE_ASSOCIATION, "", Whole(), required=True),
        mutable("mutationProtection", _UPDATE_ASSOCIATION),
        output("arn"),
    ),
)


def _configure(work: Work) -> Any:
    """Say whether names resolve while the firewall can't be asked."""
    return work.ask(
        "update_firewall_config",
        ResourceId=work.value("resourceId"),
        FirewallFailOpen=work.value("firewallFailOpen") or "DISABLED",
    )["FirewallConfig"]


def _config(work: Work) -> Any:
    """Find a VPC's configuration."""
    if work.value("resourceId"):
        return work.ask("get_firewall_config", ResourceId=work.value("resourceId"))["FirewallConfig"]
    configs = (config for page in work.pages("list_firewall_configs") for config in page["FirewallConfigs"])
    return next((config for config in configs if config["Id"] == work.id), None)


CONFIG = Row(
    "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
    "Route 53 Resolver Firewall Config",
    "route53resolver",
    create=_configure,
    id="Id",
    read=_config,
    delete=(call("update_firewall_config", ResourceId=the("resourceId"), FirewallFailOpen="DISABLED"),),
    absent=_GONE,
    fields=(
        fixed("resourceId", required=True),
        mutable("firewallFailOpen", _configure),
        output("ownerId"),
    ),
)

ROWS = (DOMAIN_LIST, RULE_GROUP, RULE, ASSOCIATION, CONFIG)
