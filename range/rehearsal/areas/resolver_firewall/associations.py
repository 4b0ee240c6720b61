"""Which VPCs use which groups of rules, and what their resolvers do when the firewall doesn't answer."""

from __future__ import annotations

import hashlib

from range.rehearsal.areas.ec2_records import records
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

_CONFIGS = "firewall-config"
_PRIORITIES = range(101, 9900)
"""Source: botocore's model of AssociateFirewallRuleGroup (Priority), read 2026-11-22."""


def associate(call: Call) -> Shape:
    """Let a VPC use a group; a VPC's groups have different priorities."""
    params = call.params
    group_id = found(call, RULE_GROUPS, params["FirewallRuleGroupId"])["Id"]
    _vpc(call, params["VpcId"])
    if any(each["FirewallRuleGroupId"] == group_id for each in _of_vpc(call, params["VpcId"])):
        raise Refusal("ConflictException", f"[RSLVR-02019] {group_id} is associated with {params['VpcId']} already.")
    _check_priority(call, params["VpcId"], params["Priority"])
    made_association = made(
        call,
        ASSOCIATIONS,
        new_id("rslvr-frgassoc"),
        FirewallRuleGroupId=group_id,
        VpcId=params["VpcId"],
        Priority=params["Priority"],
        MutationProtection=params.get("MutationProtection", "DISABLED"),
    )
    return {"FirewallRuleGroupAssociation": {**made_association, "Status": "UPDATING"}}


def _vpc(call: Call, vpc_id: str) -> None:
    """Check that a VPC is there."""
    if vpc_id not in records(call).vpcs:
        raise Refusal("ResourceNotFoundException", f"[RSLVR-02025] Can't find the resource with ID '{vpc_id}'.")


def _of_vpc(call: Call, vpc_id: str) -> list[Shape]:
    """Give the associations of a VPC."""
    return [each for each in shelf(call, ASSOCIATIONS).values() if each["VpcId"] == vpc_id]


def _check_priority(call: Call, vpc_id: str, priority: int, *, of: str = "") -> None:
    """Refuse a priority that is reserved, or taken by another association of the VPC."""
    if priority not in _PRIORITIES:
        message = f"[RSLVR-02015] The priority must be from {_PRIORITIES.start} to {_PRIORITIES.stop - 1}."
        raise Refusal("ValidationException", message)
    if any(each["Priority"] == priority and each["Id"] != of for each in _of_vpc(call, vpc_id)):
        raise Refusal("ValidationException", f"[RSLVR-02014] {vpc_id} has an association with the priority {priority}.")


def get(call: Call) -> Shape:
    """Show an association."""
    return {"FirewallRuleGroupAssociation": _association(call)}


def describe(call: Call) -> Shape:
    """List associations."""
    wanted = {key: value for key, value in call.params.items() if key not in ("MaxResults", "NextToken")}
    every = shelf(call, ASSOCIATIONS).values()
    chosen = [each for each in every if all(each[key] == value for key, value in wanted.items())]
    return listed(call, "FirewallRuleGroupAssociations", chosen)


def update(call: Call) -> Shape:
    """Change an association; one that is protected allows nothing but to lift the protection."""
    association = _association(call)
    changes: Shape = {key: call.params[key] for key in ("Priority", "Name", "MutationProtection") if key in call.params}
    if association["MutationProtection"] == "ENABLED" and changes != {"MutationProtection": "DISABLED"}:
        raise _protected(association)
    if "Priority" in changes:
        _check_priority(call, association["VpcId"], changes["Priority"], of=association["Id"])
    association |= {**changes, "ModificationTime": moment()}
    return {"FirewallRuleGroupAssociation": {**association, "Status": "UPDATING"}}


def disassociate(call: Call) -> Shape:
    """Let a VPC use a group no longer."""
    association = _association(call)
    if association["MutationProtection"] == "ENABLED":
        raise _protected(association)
    return {"FirewallRuleGroupAssociation": removed(call, ASSOCIATIONS, association["Id"])}


def _association(call: Call) -> Shape:
    """Find the association that a call names."""
    return found(call, ASSOCIATIONS, call.params["FirewallRuleGroupAssociationId"])


def _protected(association: Shape) -> Refusal:
    """Word the refusal to change a protected association."""
    return Refusal("ValidationException", f"[RSLVR-02020] Mutation protection is enabled for {association['Id']}.")


def get_config(call: Call) -> Shape:
    """Show what a VPC's resolver does without an answer of the firewall."""
    _vpc(call, call.params["ResourceId"])
    return {"FirewallConfig": _config(call, call.params["ResourceId"])}


def update_config(call: Call) -> Shape:
    """Say what a VPC's resolver does without an answer of the firewall."""
    vpc_id = call.params["ResourceId"]
    _vpc(call, vpc_id)
    shelf(call, _CONFIGS)[vpc_id] = call.params["FirewallFailOpen"]
    return {"FirewallConfig": _config(call, vpc_id)}


def describe_configs(call: Call) -> Shape:
    """List what the resolvers of all VPCs do."""
    return listed(call, "FirewallConfigs", [_config(call, vpc_id) for vpc_id in records(call).vpcs])


def _config(call: Call, vpc_id: str) -> Shape:
    """Give a VPC's configuration; each has one, closed unless it is opened."""
    return {
        "Id": "rslvr-fc-" + hashlib.sha256(vpc_id.encode()).hexdigest()[:16],
        "ResourceId": vpc_id,
        "OwnerId": call.account,
        "FirewallFailOpen": shelf(call, _CONFIGS).get(vpc_id, "DISABLED"),
    }


OPERATIONS = {
    "AssociateFirewallRuleGroup": associate,
    "GetFirewallRuleGroupAssociation": get,
    "ListFirewallRuleGroupAssociations": describe,
    "UpdateFirewallRuleGroupAssociation": update,
    "DisassociateFirewallRuleGroup": disassociate,
    "GetFirewallConfig": get_config,
    "UpdateFirewallConfig": update_config,
    "ListFirewallConfigs": describe_configs,
}
