"""Mirror filters and their rules: which packets are copied."""

from __future__ import annotations

from typing import Any

from range.rehearsal.areas.ec2_records import forget_tags, tag, tags_of
from range.rehearsal.areas.filters import matching, page, tag_facts
from range.rehearsal.areas.shelves import new_id, shelf
from range.rehearsal.call import Call, Shape
from range.rehearsal.refusals import Refusal

FILTERS = "mirror-filters"
_RULES = "mirror-rules"
_SESSIONS = "mirror-sessions"
_REMOVABLE = {
    "destination-port-range": "DestinationPortRange",
    "source-port-range": "SourcePortRange",
    "protocol": "Protocol",
    "description": "Description",
}


def create(call: Call) -> Shape:
    """Make a filter; without rules it lets nothing through."""
    made = {
        "TrafficMirrorFilterId": new_id("tmf"),
        "Description": call.params.get("Description", ""),
        "NetworkServices": [],
    }
    shelf(call, FILTERS)[made["TrafficMirrorFilterId"]] = made
    tag(call, made["TrafficMirrorFilterId"], call.params.get("TagSpecifications", []), "traffic-mirror-filter")
    return {"TrafficMirrorFilter": _filter_shape(call, made), "ClientToken": call.params.get("ClientToken")}


def filter_of(call: Call, filter_id: str) -> Shape:
    """Find a filter.

    Raises:
        Refusal: there is none.
    """
    found: Shape | None = shelf(call, FILTERS).get(filter_id)
    if found is None:
        message = f"The specified TrafficMirrorFilterId '{filter_id}' does not exist."
        raise Refusal("InvalidTrafficMirrorFilterId.NotFound", message)
    return found


def describe(call: Call) -> Shape:
    """List filters with their rules."""
    wanted = call.params.get("TrafficMirrorFilterIds")
    chosen = [filter_of(call, filter_id) for filter_id in wanted] if wanted else list(shelf(call, FILTERS).values())
    shapes = [_filter_shape(call, each) for each in chosen]
    facts = {"traffic-mirror-filter-id": "TrafficMirrorFilterId", "description": "Description"}
    found = matching(shapes, call.params.get("Filters", []), lambda each: _facts(each, facts))
    return page(call.params, "TrafficMirrorFilters", found)


def change_services(call: Call) -> Shape:
    """Mirror, or mirror no longer, what AWS's own services send: amazon-dns."""
    found = filter_of(call, call.params["TrafficMirrorFilterId"])
    services = [*found["NetworkServices"], *call.params.get("AddNetworkServices", [])]
    removed = call.params.get("RemoveNetworkServices", [])
    found["NetworkServices"] = [each for each in dict.fromkeys(services) if each not in removed]
    return {"TrafficMirrorFilter": _filter_shape(call, found)}


def delete(call: Call) -> Shape:
    """Delete a filter with its rules, unless a session uses it."""
    filter_id = filter_of(call, call.params["TrafficMirrorFilterId"])["TrafficMirrorFilterId"]
    if any(session["TrafficMirrorFilterId"] == filter_id for session in shelf(call, _SESSIONS).values()):
        raise Refusal("TrafficMirrorFilterInUse", f"The TrafficMirrorFilter '{filter_id}' is in use by a session.")
    del shelf(call, FILTERS)[filter_id]
    for rule in _rules_of(call, filter_id):
        del shelf(call, _RULES)[rule["TrafficMirrorFilterRuleId"]]
    forget_tags(call, filter_id)
    return {"TrafficMirrorFilterId": filter_id}


def create_rule(call: Call) -> Shape:
    """Add a rule to a filter; within a direction each number is used once."""
    filter_id = filter_of(call, call.params["TrafficMirrorFilterId"])["TrafficMirrorFilterId"]
    given = {
        key: value for key, value in call.params.items() if key not in ("DryRun", "ClientToken", "TagSpecifications")
    }
    _check_number(call, filter_id, given)
    made = {"TrafficMirrorFilterRuleId": new_id("tmfr"), **given}
    shelf(call, _RULES)[made["TrafficMirrorFilterRuleId"]] = made
    tag(call, made["TrafficMirrorFilterRuleId"], call.params.get("TagSpecifications", []), "traffic-mirror-filter-rule")
    return {"TrafficMirrorFilterRule": _rule_shape(call, made), "ClientToken": call.params.get("ClientToken")}


def _check_number(call: Call, filter_id: str, given: Shape) -> None:
    """Refuse a rule whose number is taken."""
    for rule in _rules_of(call, filter_id):
        same = all(rule[key] == given[key] for key in ("TrafficDirection", "RuleNumber"))
        if same and rule.get("TrafficMirrorFilterRuleId") != given.get("TrafficMirrorFilterRuleId"):
            message = (
                f"A rule with the number {given['RuleNumber']} exists for {given['TrafficDirection']} in {filter_id}."
            )
            raise Refusal("TrafficMirrorFilterRuleAlreadyExists", message)


def _rules_of(call: Call, filter_id: str) -> list[Shape]:
    """Give the rules of a filter, by number."""
    rules = (rule for rule in shelf(call, _RULES).values() if rule["TrafficMirrorFilterId"] == filter_id)
    return sorted(rules, key=lambda rule: int(rule["RuleNumber"]))


def _rule(call: Call) -> Shape:
    """Find the rule that a call names."""
    rule_id = call.params["TrafficMirrorFilterRuleId"]
    found: Shape | None = shelf(call, _RULES).get(rule_id)
    if found is None:
        message = f"The specified TrafficMirrorFilterRuleId '{rule_id}' does not exist."
        raise Refusal("InvalidTrafficMirrorFilterRuleId.NotFound", message)
    return found


def modify_rule(call: Call) -> Shape:
    """Change a rule."""
    found = _rule(call)
    changed = {**found, **{key: value for key, value in call.params.items() if key not in ("DryRun", "RemoveFields")}}
    for name in call.params.get("RemoveFields", []):
        changed.pop(_REMOVABLE[name], None)
    _check_number(call, found["TrafficMirrorFilterId"], changed)
    shelf(call, _RULES)[found["TrafficMirrorFilterRuleId"]] = changed
    return {"TrafficMirrorFilterRule": _rule_shape(call, changed)}


def delete_rule(call: Call) -> Shape:
    """Remove a rule."""
    rule_id = _rule(call)["TrafficMirrorFilterRuleId"]
    del shelf(call, _RULES)[rule_id]
    forget_tags(call, rule_id)
    return {"TrafficMirrorFilterRuleId": rule_id}


def describe_rules(call: Call) -> Shape:
    """List rules, of one filter or of all."""
    wanted, filter_id = call.params.get("TrafficMirrorFilterRuleIds"), call.params.get("TrafficMirrorFilterId")
    if filter_id is not None:
        filter_of(call, filter_id)
    shapes = [
        _rule_shape(call, rule)
        for rule in shelf(call, _RULES).values()
        if (wanted is None or rule["TrafficMirrorFilterRuleId"] in wanted)
        and rule["TrafficMirrorFilterId"] == (filter_id or rule["TrafficMirrorFilterId"])
    ]
    facts = {"traffic-mirror-filter-rule-id": "TrafficMirrorFilterRuleId", "rule-number": "RuleNumber"}
    found = matching(shapes, call.params.get("Filters", []), lambda each: _facts(each, facts))
    return page(call.params, "TrafficMirrorFilterRules", found)


def _rule_shape(call: Call, rule: Shape) -> Shape:
    """Give a rule as the calls return it."""
    return {**rule, "Tags": tags_of(call, rule["TrafficMirrorFilterRuleId"])}


def _filter_shape(call: Call, each: Shape) -> Shape:
    """Give a filter as the calls return it, with its rules."""
    filter_id = each["TrafficMirrorFilterId"]
    rules = [_rule_shape(call, rule) for rule in _rules_of(call, filter_id)]
    return {
        **each,
        "IngressFilterRules": [rule for rule in rules if rule["TrafficDirection"] == "ingress"],
        "EgressFilterRules": [rule for rule in rules if rule["TrafficDirection"] == "egress"],
        "Tags": tags_of(call, filter_id),
    }


def _facts(shape: Shape, names: dict[str, str]) -> dict[str, Any]:
    """Give what something is filtered by."""
    return {**{name: shape.get(key, "") for name, key in names.items()}, **tag_facts(shape["Tags"])}


OPERATIONS = {
    "CreateTrafficMirrorFilter": create,
    "DescribeTrafficMirrorFilters": describe,
    "ModifyTrafficMirrorFilterNetworkServices": change_services,
    "DeleteTrafficMirrorFilter": delete,
    "CreateTrafficMirrorFilterRule": create_rule,
    "DescribeTrafficMirrorFilterRules": describe_rules,
    "ModifyTrafficMirrorFilterRule": modify_rule,
    "DeleteTrafficMirrorFilterRule": delete_rule,
}
