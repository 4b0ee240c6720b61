"""Groups of rules: what to do with a query for a listed domain."""

from __future__ import annotations

from typing import Any

from range.rehearsal.areas.resolver_firewall.domains import domain_list
from range.rehearsal.areas.resolver_firewall.records import (
    ASSOCIATIONS,
    RULE_GROUPS,
    found,
    listed,
    made,
    moment,
    removed,
)
from range.rehearsal.areas.shelves import new_id, shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal


def create_group(call: Call) -> Shape:
    """Make a group without rules."""
    group = made(call, RULE_GROUPS, new_id("rslvr-frg"), OwnerId=call.account, ShareStatus="NOT_SHARED", Rules=[])
    return {"FirewallRuleGroup": _shape(group)}


def get_group(call: Call) -> Shape:
    """Show a group."""
    return {"FirewallRuleGroup": _shape(_group(call))}


def describe_groups(call: Call) -> Shape:
    """List the groups."""
    return listed(call, "FirewallRuleGroups", [_shape(group) for group in shelf(call, RULE_GROUPS).values()])


def delete_group(call: Call) -> Shape:
    """Delete a group that has no rules and that no VPC uses."""
    group = _group(call)
    if any(each["FirewallRuleGroupId"] == group["Id"] for each in shelf(call, ASSOCIATIONS).values()):
        raise Refusal("ConflictException", f"[RSLVR-02008] Rule group {group['Id']} is associated with a VPC.")
    if group["Rules"]:
        raise Refusal("ConflictException", f"[RSLVR-02009] Rule group {group['Id']} has rules.")
    return {"FirewallRuleGroup": _shape(removed(call, RULE_GROUPS, group["Id"]))}


def create_rule(call: Call) -> Shape:
    """Add a rule to a group; each has its own priority, and each domain list one rule per type of query."""
    group = _group(call)
    rule = {key: value for key, value in call.params.items() if value is not None}
    if "FirewallDomainListId" in rule:
        domain_list(call, rule["FirewallDomainListId"])
    _check(group, rule, others=group["Rules"])
    rule |= {"CreationTime": moment(), "ModificationTime": moment()}
    rule.setdefault("FirewallDomainRedirectionAction", "INSPECT_REDIRECTION_DOMAIN")
    group["Rules"].append(rule)
    return {"FirewallRule": rule}


def _check(group: Shape, rule: Shape, others: list[Shape]) -> None:
    """Refuse a rule that contradicts itself or another."""
    if rule["Action"] == "BLOCK" and "BlockResponse" not in rule:
        raise Refusal("ValidationException", "[RSLVR-02001] BlockResponse is required when the action is BLOCK.")
    if rule["Action"] != "BLOCK" and "BlockResponse" in rule:
        raise Refusal("ValidationException", "[RSLVR-02002] BlockResponse is allowed only when the action is BLOCK.")
    if any(other["Priority"] == rule["Priority"] for other in others):
        message = f"[RSLVR-02012] Rule group {group['Id']} has a rule with the priority {rule['Priority']}."
        raise Refusal("ValidationException", message)
    if any(_key(other) == _key(rule) for other in others):
        message = f"[RSLVR-02013] Rule group {group['Id']} has a rule for {rule.get('FirewallDomainListId')}."
        raise Refusal("ValidationException", message)


def _key(fields: Shape) -> tuple[Any, Any]:
    """Give what a rule is named by."""
    return fields.get("FirewallDomainListId") or fields.get("FirewallThreatProtectionId"), fields.get("Qtype")


def _rule(call: Call, group: Shape) -> Shape:
    """Find the rule that a call names."""
    for rule in group["Rules"]:
        if _key(rule) == _key(call.params):
            named: Shape = rule
            return named
    message = f"[RSLVR-02025] Can't find the firewall rule of {_key(call.params)[0]} in {group['Id']}."
    raise Refusal("ResourceNotFoundException", message)


def update_rule(call: Call) -> Shape:
    """Change a rule."""
    group = _group(call)
    rule = _rule(call, group)
    changed = {**rule, **call.params}
    if changed["Action"] != "BLOCK":
        changed.pop("BlockResponse", None)
    _check(group, changed, others=[other for other in group["Rules"] if other is not rule])
    rule.clear()
    rule |= {**changed, "ModificationTime": moment()}
    return {"FirewallRule": rule}


def delete_rule(call: Call) -> Shape:
    """Remove a rule."""
    group = _group(call)
    rule = _rule(call, group)
    group["Rules"].remove(rule)
    return {"FirewallRule": rule}


def describe_rules(call: Call) -> Shape:
    """List a group's rules, by priority."""
    wanted = {key: call.params[key] for key in ("Priority", "Action") if key in call.params}
    rules = [rule for rule in _group(call)["Rules"] if all(rule[key] == value for key, value in wanted.items())]
    return listed(call, "FirewallRules", sorted(rules, key=lambda rule: int(rule["Priority"])))


def _group(call: Call) -> Shape:
    """Find the group that a call names."""
    return found(call, RULE_GROUPS, call.params["FirewallRuleGroupId"])


def _shape(group: Shape) -> Shape:
    """Give a group as the calls return it."""
    return {**{key: value for key, value in group.items() if key != "Rules"}, "RuleCount": len(group["Rules"])}


OPERATIONS = {
    "CreateFirewallRuleGroup": create_group,
    "GetFirewallRuleGroup": get_group,
    "ListFirewallRuleGroups": describe_groups,
    "DeleteFirewallRuleGroup": delete_group,
    "CreateFirewallRule": create_rule,
    "UpdateFirewallRule": update_rule,
    "DeleteFirewallRule": delete_rule,
    "ListFirewallRules": describe_rules,
}
